/**
 * Whose money it is: a partner, his reseller and an enterprise each own a float; what they hand to a customer leaves
 * it. Adjustments have no key, so the same one again is one more; transfers are done once for each trans_id.
 */

/** Who pays: the partner himself, the reseller below him, or the master of an enterprise. */
export type Payer = 'partner' | 'reseller' | 'enterprise';

/** Money handed to a customer (`adjust`) or taken back (`reclaim`), as the lists tell it. */
export interface Adjustment {
  readonly transId: string;
  readonly payer: Payer;
  readonly customerId: string;
  readonly type: 'adjust' | 'reclaim';
  /** Above zero for both. */
  readonly amountMinor: bigint;
  /** Whether the caller chose `transId`. */
  readonly isNamed: boolean;
  /** On the provider's clock. */
  readonly atMs: number;
}

/** What is asked for. */
export type AdjustmentRequest = Omit<Adjustment, 'transId' | 'isNamed'>;

/** All floats, and all that left them. */
export interface Floats {
  floatMinor(payer: Payer): bigint;
  /** What a customer has of a payer's money. */
  heldMinor(payer: Payer, customerId: string): bigint;
  /** Moves money, or says that whoever would lose it has not enough. */
  move(request: AdjustmentRequest): Adjustment | 'noFunds';
  /** Moves money of the enterprise's once for each `transId`; the one before must be over. */
  transfer(
    request: Omit<AdjustmentRequest, 'payer' | 'type'> & { readonly transId?: string },
    takesMs: number,
  ): Adjustment | 'noFunds' | 'usedTransId' | 'underWay';
  /** Newest first. */
  adjustments(payer: Payer): readonly Adjustment[];
}

/** `makeId` numbers what moves. */
export const openFloats = (startMinor: Readonly<Record<Payer, bigint>>, makeId: () => string): Floats => {
  const floats: Record<Payer, bigint> = { ...startMinor };
  const held = new Map<string, bigint>();
  const done: Record<Payer, Adjustment[]> = { partner: [], reseller: [], enterprise: [] };
  const usedTransIds = new Set<string>();
  let busyUntilMs = Number.NEGATIVE_INFINITY;

  const keyOf = (payer: Payer, customerId: string): string => `${payer} ${customerId}`;
  const heldMinor = (payer: Payer, customerId: string): bigint => held.get(keyOf(payer, customerId)) ?? 0n;

  const move = (request: AdjustmentRequest, transId?: string): Adjustment | 'noFunds' => {
    const { payer, customerId, type, amountMinor } = request;
    const toCustomerMinor = type === 'adjust' ? amountMinor : -amountMinor;
    const [floatAfter, heldAfter] = [floats[payer] - toCustomerMinor, heldMinor(payer, customerId) + toCustomerMinor];
    if (floatAfter < 0n || heldAfter < 0n) return 'noFunds';
    floats[payer] = floatAfter;
    held.set(keyOf(payer, customerId), heldAfter);
    const adjustment = { ...request, transId: transId ?? makeId(), isNamed: transId !== undefined };
    done[payer].push(adjustment);
    return adjustment;
  };

  return {
    floatMinor: (payer) => floats[payer],
    heldMinor,
    move: (request) => move(request),
    transfer: ({ transId, ...request }, takesMs) => {
      if (transId !== undefined && usedTransIds.has(transId)) return 'usedTransId';
      if (request.atMs < busyUntilMs) return 'underWay';
      const moved = move({ ...request, payer: 'enterprise', type: 'adjust' }, transId);
      if (moved === 'noFunds') return moved;
      usedTransIds.add(moved.transId);
      busyUntilMs = request.atMs + takesMs;
      return moved;
    },
    adjustments: (payer) => done[payer].toReversed(),
  };
};
