/**
 * Quota ledgers, one per cloud account. A change is applied once per OutBizId: the same change again is answered as
 * the first time, another change under the same OutBizId is refused.
 */

/** `decrease` lowers what counts as consumed, so more can be used; `increase` is the opposite. */
export interface QuotaChange {
  readonly outBizId: string;
  readonly ownerId: string;
  readonly adjustType: 'increase' | 'decrease';
  readonly amountMinor: bigint;
  readonly businessType: string;
  readonly source: string;
}

/** `applied` is false for a repeat; `availableMinor` is what can be used right after the change was first made. */
export interface QuotaAnswer {
  readonly applied: boolean;
  readonly availableMinor: bigint;
}

/** All quota ledgers of the reseller. */
export interface Quotas {
  change(change: QuotaChange): QuotaAnswer | 'other-parameters' | 'quota-spent';
  availableMinor(ownerId: string): bigint;
}

/** Every account starts with nothing. */
export const openQuotas = (): Quotas => {
  const available = new Map<string, bigint>();
  const changes = new Map<string, { fingerprint: string; availableMinor: bigint }>();
  const availableMinor = (ownerId: string): bigint => available.get(ownerId) ?? 0n;

  return {
    availableMinor,
    change: ({ outBizId, ownerId, adjustType, amountMinor, businessType, source }) => {
      const fingerprint = JSON.stringify([ownerId, adjustType, String(amountMinor), businessType, source]);
      const earlier = changes.get(outBizId);
      if (earlier) {
        if (earlier.fingerprint !== fingerprint) return 'other-parameters';
        return { applied: false, availableMinor: earlier.availableMinor };
      }
      const after = availableMinor(ownerId) + (adjustType === 'decrease' ? amountMinor : -amountMinor);
      if (after < 0n) return 'quota-spent';
      available.set(ownerId, after);
      changes.set(outBizId, { fingerprint, availableMinor: after });
      return { applied: true, availableMinor: after };
    },
  };
};
