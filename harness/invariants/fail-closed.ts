/** INV12: what is not authentic is refused, and leaves no trace in orders, ledger or balances. */
import type { BookedOrder, Books, ForgedInput, OrderState } from '../books.ts';
import { defineInvariant, type Witness } from '../invariant.ts';
import type { CapturedPayment } from '../provider.ts';

/** The earliest moment is the input's own: on record it may be, and be seen, before anything follows from it. */
const came = ({ forgery, status, sentMs }: ForgedInput) => ({
  from: `a forged webhook (${forgery}), answered ${status}`,
  sinceMs: sentMs,
});

/** Credits for payments, and moves of orders, that only a forged webhook ever spoke of. */
const effectsOf = (books: Books): readonly Witness[] => {
  const latestFirst = books.forged.toSorted((a, b) => b.sentMs - a.sentMs); // so that the first to claim an id has it
  const claimed = new Map(
    latestFirst.flatMap((forged) => [forged.paymentId, forged.eventId].map((id) => [id, forged])),
  );
  for (const { id } of books.captured) claimed.delete(id);
  const credits = books.credits.flatMap((credit) => {
    const forged = claimed.get(credit.paymentId);
    if (forged === undefined) return [];
    const { from, sinceMs } = came(forged);
    return {
      subject: `credit ${credit.entryId}`,
      anomaly: 'C8' as const,
      story: `came from ${from}`,
      expected: 'no credit for a payment that no provider knows',
      actual: `a credit for payment ${credit.paymentId}`,
      orderId: credit.orderId,
      evidence: [credit.entryId],
      sinceMs,
    };
  });
  const moves = books.transitions.flatMap((row) => {
    const forged = claimed.get(row.reference ?? '');
    if (forged === undefined) return [];
    const { from, sinceMs } = came(forged);
    return {
      subject: `order ${row.orderId}`,
      anomaly: 'C8' as const,
      story: `was moved to ${row.to} by ${from}`,
      expected: 'no move for a webhook that no provider sent',
      actual: `${row.from ?? 'nothing'} -> ${row.to}, because of ${row.reference}`,
      orderId: row.orderId,
      evidence: [`${row.orderId}#${row.sequence}`],
      sinceMs,
    };
  });
  return [...credits, ...moves];
};

/** Where only a word about the payment can stop an order; elsewhere trouble of the ledger or the cloud may. */
const stoppedByWords: ReadonlySet<OrderState> = new Set([
  'CREATED',
  'PAYMENT_INITIATED',
  'PAYMENT_PENDING',
  'COMPLETED',
]);

/** The forged webhook that can have stopped the order: a believed one, or where no other reason is possible any. */
const stopperOf = ({ state }: BookedOrder, attacks: readonly ForgedInput[]): ForgedInput | undefined =>
  attacks.find(({ wasBelieved }) => wasBelieved) ?? (stoppedByWords.has(state) ? attacks[0] : undefined);

/** True when what the provider captured for the order is a reason for a person to look at it. */
const isDisputed = (order: BookedOrder, payments: readonly CapturedPayment[]): boolean =>
  payments.length > 1 ||
  payments.some(({ amountMinor, currency }) => amountMinor !== order.amountMinor || currency !== order.currency);

/** Orders on hold for which nothing but a forged webhook gives a reason. */
const holdsOf = (books: Books): readonly Witness[] => {
  const attacks = Map.groupBy(books.forged, ({ reference }) => reference);
  const captured = Map.groupBy(books.captured, ({ reference }) => reference);
  return books.orders.flatMap((order) => {
    const inOrder = (attacks.get(order.reference) ?? []).toSorted((a, b) => a.sentMs - b.sentMs);
    const stopper = order.hold === null ? undefined : stopperOf(order, inOrder);
    if (stopper === undefined || isDisputed(order, captured.get(order.reference) ?? [])) return [];
    const { from, sinceMs } = came(stopper);
    return {
      subject: `order ${order.id}`,
      anomaly: 'C8' as const,
      story: `was put on hold, and nothing but ${from}, gives a reason`,
      expected: 'an order that strangers cannot stop',
      actual: `on hold: ${order.hold}`,
      orderId: order.id,
      evidence: [order.id],
      sinceMs,
    };
  });
};

export const failClosed = defineInvariant({
  id: 'fail-closed',
  covers: 'INV12',
  claim: 'Input that is not authenticated changes no order, no ledger row and no balance.',
  meaning: 'A stranger can make credit, or stop an order. Stop taking webhooks until signatures are checked again.',
  severity: 'critical',
  unit: 'webhooks',
  signal: 'unauthentic',
  bound: 0,
  exercised: (books) => books.forged.length,
  witnesses: (books) => [...effectsOf(books), ...holdsOf(books)],
});
