/** INV12: what is not authentic is refused, and leaves no trace in orders, ledger or balances. */
import type { Books } from '../books.ts';
import { defineInvariant, type Witness } from '../invariant.ts';

/** Credits for payments, and moves of orders, that only a forged webhook ever spoke of. */
const effectsOf = (books: Books): readonly Witness[] => {
  const claimed = new Map(
    books.forged.flatMap((forged) => [forged.paymentId, forged.eventId].map((id) => [id, forged])),
  );
  const real = new Set(books.captured.map(({ id }) => id));
  const credits = books.credits.flatMap((credit) => {
    const forged = real.has(credit.paymentId) ? undefined : claimed.get(credit.paymentId);
    if (forged === undefined) return [];
    return {
      subject: `credit ${credit.entryId}`,
      story: `came from a forged webhook (${forged.forgery}), answered ${forged.status}`,
      expected: 'no credit for a payment that no provider knows',
      actual: `a credit for payment ${credit.paymentId}`,
      orderId: credit.orderId,
      evidence: [credit.entryId],
      sinceMs: credit.atMs,
    };
  });
  const moves = books.transitions.flatMap((row) => {
    const forged = claimed.get(row.reference ?? '');
    if (forged === undefined) return [];
    return {
      subject: `order ${row.orderId}`,
      story: `was moved to ${row.to} by a forged webhook (${forged.forgery}), answered ${forged.status}`,
      expected: 'no move for a webhook that no provider sent',
      actual: `${row.from ?? 'nothing'} -> ${row.to}, because of ${row.reference}`,
      orderId: row.orderId,
      evidence: [`${row.orderId}#${row.sequence}`],
      sinceMs: row.atMs,
    };
  });
  return [...credits, ...moves];
};

/** Orders on hold although what was captured for them is what they asked for, and a forged webhook spoke of them. */
const holdsOf = (books: Books): readonly Witness[] => {
  const attacked = new Map(books.forged.map((forged) => [forged.reference, forged]));
  const captured = Map.groupBy(books.captured, ({ reference }) => reference);
  return books.orders.flatMap((order) => {
    const forged = order.hold === null ? undefined : attacked.get(order.reference);
    const payments = captured.get(order.reference) ?? [];
    const isRight = payments.every(({ amountMinor, currency }) => {
      return amountMinor === order.amountMinor && currency === order.currency;
    });
    if (forged === undefined || !isRight || payments.length > 1) return [];
    return {
      subject: `order ${order.id}`,
      story: `was put on hold, and nothing but a forged webhook (${forged.forgery}) gives a reason`,
      expected: 'an order that strangers cannot stop',
      actual: `on hold: ${order.hold}`,
      orderId: order.id,
      evidence: [order.id],
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
