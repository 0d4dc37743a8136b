/** INV3: credit comes from money that a provider took, and from nothing else. */
import type { BookedCredit, BookedOrder } from '../books.ts';
import { defineInvariant } from '../invariant.ts';
import type { CapturedPayment } from '../provider.ts';

/** What the provider says instead of a payment captured for that order by then; undefined when it backs the credit. */
const contradiction = (
  credit: BookedCredit,
  payment: CapturedPayment | undefined,
  order: BookedOrder | undefined,
): string | undefined => {
  if (payment === undefined) return `no payment ${credit.paymentId}`;
  if (order === undefined || payment.reference !== order.reference) return `a payment for ${payment.reference}`;
  return payment.atMs > credit.atMs ? `a payment that was captured ${payment.atMs - credit.atMs} ms later` : undefined;
};

export const noUnbackedCredit = defineInvariant({
  id: 'no-unbacked-credit',
  covers: 'INV3',
  claim: 'Each credit points to a payment that the provider captured for that order before.',
  meaning: 'Credit exists without money behind it: a forged notice, or a payment booked to a foreign order.',
  severity: 'critical',
  unit: 'credits',
  signal: 'unbacked',
  bound: 0,
  exercised: (books) => books.credits.length,
  witnesses: (books) => {
    const payments = new Map(books.captured.map((payment) => [payment.id, payment]));
    const orders = new Map(books.orders.map((order) => [order.id, order]));
    return books.credits.flatMap((credit) => {
      const actual = contradiction(credit, payments.get(credit.paymentId), orders.get(credit.orderId));
      if (actual === undefined) return [];
      return {
        subject: `credit ${credit.entryId}`,
        anomaly: 'C3' as const,
        story: 'is not backed by a captured payment of its order',
        expected: `a captured payment for order ${credit.orderId}`,
        actual,
        orderId: credit.orderId,
        evidence: [credit.entryId],
        sinceMs: credit.atMs,
      };
    });
  },
});
