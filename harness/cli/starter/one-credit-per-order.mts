import { defineInvariant } from 'topple';

/** An order is credited once in its life, whichever payment is named as the reason. */
export const oneCreditPerOrder = defineInvariant({
  id: 'one-credit-per-order',
  covers: 'our own rule 1',
  claim: 'Each order raises its wallet once.',
  meaning: 'A customer can spend money that was never paid. Look for the second ledger entry of the order.',
  severity: 'critical',
  unit: 'orders',
  bound: 0,
  exercised: (books) => new Set(books.credits.map(({ orderId }) => orderId)).size,
  witnesses: (books) =>
    books.orders.flatMap((order) => {
      const credits = books.credits.filter(({ orderId }) => orderId === order.id).sort((a, b) => a.atMs - b.atMs);
      const second = credits[1];
      if (second === undefined) return [];
      return {
        subject: `order ${order.id}`,
        story: `was credited ${credits.length} times`,
        expected: '1 credit',
        actual: `${credits.length} credits`,
        orderId: order.id,
        evidence: credits.slice(1).map(({ entryId }) => entryId),
        sinceMs: second.atMs,
      };
    }),
});
