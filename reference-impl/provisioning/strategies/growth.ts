/** Telling from an account's growth what became of an attempt: one attempt per account is open at a time. */
import type { Failure } from '../../resilience/failure.ts';
import type { Cloud } from '../cloud.ts';
import type { Decision, LostAnswer } from '../repeat-policy.ts';

/** Grown by the amount: granted. Not grown: repeat. Anything else was not our doing alone, and a person must look. */
export const decidedByGrowth = async (
  cloud: Cloud,
  { cloudAccountId, amountMinor, attempt }: LostAnswer,
): Promise<Decision | Failure> => {
  const reading = await cloud.read(cloudAccountId, true);
  if (reading.kind !== 'reading') return reading;
  const grownMinor = reading.amountMinor - (attempt.quotaBeforeMinor ?? 0n);
  if (grownMinor === amountMinor) return 'granted';
  return grownMinor === 0n ? 'repeat' : 'undecided';
};
