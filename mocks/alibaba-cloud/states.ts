/**
 * Quota ledgers, one per cloud account: what can be used is the quota less what counts as consumed. A change is applied
 * once per OutBizId: the same change again is answered as the first time, another one under it is refused. A quota that
 * is set has no key and needs none; what it was before is gone.
 */
import { namelessIntent } from '../granting.ts';

/** Whose money it is. */
export type Reseller = 'rich' | 'poor';

/** `decrease` lowers what counts as consumed, so more can be used; `increase` is the opposite. */
export interface QuotaChange {
  readonly outBizId: string;
  readonly ownerId: string;
  readonly adjustType: 'increase' | 'decrease';
  readonly amountMinor: bigint;
  readonly businessType: string;
  readonly source: string;
}

/** The quota of an account as it shall be. */
export interface QuotaSetting {
  /** '' when there is none. */
  readonly outBizId: string;
  readonly ownerId: string;
  readonly quotaMinor: bigint;
}

/** `applied` is false for a repeat; `availableMinor` is what can be used right after the change was first made. */
export interface QuotaAnswer {
  readonly applied: boolean;
  readonly availableMinor: bigint;
}

/** Money that left a reseller for a customer, below zero for what came back. */
export interface Movement {
  readonly number: string;
  readonly reseller: Reseller;
  readonly ownerId: string;
  readonly outBizId: string;
  /** The OutBizId, or account and quota where there is none. */
  readonly reference: string;
  readonly amountMinor: bigint;
  /** What the reseller has after it. */
  readonly afterMinor: bigint;
  /** On the provider's clock. */
  readonly atMs: number;
}

/** All quota ledgers of the resellers. */
export interface Quotas {
  change(
    reseller: Reseller,
    change: QuotaChange,
    atMs: number,
  ): QuotaAnswer | 'other-parameters' | 'quota-spent' | 'float-spent';
  set(reseller: Reseller, setting: QuotaSetting, atMs: number): 'set' | 'float-spent';
  availableMinor(ownerId: string): bigint;
  floatMinor(reseller: Reseller): bigint;
  /** Of a reseller, newest first. */
  movements(reseller: Reseller): readonly Movement[];
}

/** Every account starts with nothing; `moved` is told of all that leaves a reseller or comes back. */
export const openQuotas = (
  startMinor: Readonly<Record<Reseller, bigint>>,
  moved: (movement: Movement) => void,
): Quotas => {
  const quotas = new Map<string, bigint>();
  const consumed = new Map<string, bigint>();
  const floats: Record<Reseller, bigint> = { ...startMinor };
  const done: Record<Reseller, Movement[]> = { rich: [], poor: [] };
  const changes = new Map<string, { fingerprint: string; availableMinor: bigint }>();
  const availableMinor = (ownerId: string): bigint => (quotas.get(ownerId) ?? 0n) - (consumed.get(ownerId) ?? 0n);

  /** False when the reseller has not enough. */
  const pay = (of: Omit<Movement, 'number' | 'afterMinor'>): boolean => {
    const afterMinor = floats[of.reseller] - of.amountMinor;
    if (afterMinor < 0n) return false;
    floats[of.reseller] = afterMinor;
    const number = String(done.rich.length + done.poor.length + 1).padStart(15, '0');
    const movement = { ...of, number, afterMinor };
    done[of.reseller].push(movement);
    moved(movement);
    return true;
  };

  return {
    availableMinor,
    floatMinor: (reseller) => floats[reseller],
    movements: (reseller) => done[reseller].toReversed(),
    change: (reseller, { outBizId, ownerId, adjustType, amountMinor, businessType, source }, atMs) => {
      const fingerprint = JSON.stringify([ownerId, adjustType, String(amountMinor), businessType, source]);
      const earlier = changes.get(outBizId);
      if (earlier) {
        if (earlier.fingerprint !== fingerprint) return 'other-parameters';
        return { applied: false, availableMinor: earlier.availableMinor };
      }
      const grantedMinor = adjustType === 'decrease' ? amountMinor : -amountMinor;
      const after = availableMinor(ownerId) + grantedMinor;
      if (after < 0n) return 'quota-spent';
      const movement = { reseller, ownerId, outBizId, reference: outBizId, amountMinor: grantedMinor, atMs };
      if (!pay(movement)) return 'float-spent';
      consumed.set(ownerId, (consumed.get(ownerId) ?? 0n) - grantedMinor);
      changes.set(outBizId, { fingerprint, availableMinor: after });
      return { applied: true, availableMinor: after };
    },
    set: (reseller, { outBizId, ownerId, quotaMinor }, atMs) => {
      const amountMinor = quotaMinor - (quotas.get(ownerId) ?? 0n);
      const reference = outBizId || namelessIntent(ownerId, { amountMinor: quotaMinor, currency: 'CNY' });
      const isPaid = amountMinor === 0n || pay({ reseller, ownerId, outBizId, reference, amountMinor, atMs });
      if (!isPaid) return 'float-spent';
      quotas.set(ownerId, quotaMinor);
      return 'set';
    },
  };
};
