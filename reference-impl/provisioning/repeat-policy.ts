/** What to do about a grant whose answer was lost: it may have happened, and doing it again may grant twice. */

import type { Failure } from '../resilience/failure.ts';
import type { Cloud } from './alibaba.ts';
import type { Attempt } from './attempts.ts';

/** An attempt whose effect nobody knows. */
export interface LostAnswer {
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  readonly attempt: Attempt;
}

/** How attempts are named and when a lost one is repeated. */
export interface RepeatPolicy {
  /** The reference by which the cloud recognises a repeat of attempt `nth`; letters, digits and underscores. */
  outBizId(orderId: string, nth: number): string;
  /** `granted`: it did happen. `repeat`: send it again. A failure: the cloud cannot be asked, or refuses to tell. */
  afterLostAnswer(cloud: Cloud, lost: LostAnswer): Promise<'granted' | 'repeat' | Failure>;
}

/**
 * One reference per order, and a look at the quota before every repeat. Only our attempt can have raised it (one open
 * attempt per account); any other figure means that somebody else changed it, and the reference keeps a repeat safe.
 */
export const askBeforeRepeat: RepeatPolicy = {
  outBizId: (orderId) => orderId,
  afterLostAnswer: async (cloud, { cloudAccountId, amountMinor, attempt }) => {
    const reading = await cloud.quota(cloudAccountId, true);
    if (reading.kind !== 'quota') return reading;
    return reading.quotaMinor === (attempt.quotaBeforeMinor ?? 0n) + amountMinor ? 'granted' : 'repeat';
  },
};
