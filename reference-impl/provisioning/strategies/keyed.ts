/** Class K: one reference per order, under which a repeat is harmless whenever it arrives. */
import type { GrantStrategy } from '../repeat-policy.ts';

/**
 * A look before each repeat saves a call. Only our attempt can have raised the quota (one open attempt per account);
 * any other figure means that somebody else changed it, and the reference keeps a repeat safe.
 */
export const keyed: GrantStrategy = {
  reference: (orderId) => orderId,
  waitsForArrival: false,
  startsFromOwnBooks: false,
  afterLostAnswer: async (cloud, { cloudAccountId, amountMinor, attempt }) => {
    const reading = await cloud.read(cloudAccountId, true);
    if (reading.kind !== 'reading') return reading;
    return reading.amountMinor === (attempt.quotaBeforeMinor ?? 0n) + amountMinor ? 'granted' : 'repeat';
  },
};
