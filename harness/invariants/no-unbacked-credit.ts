/** INV3: credit comes from money that a provider took, and from nothing else. */
import { defineInvariant } from '../invariant.ts';

export const noUnbackedCredit = defineInvariant({
  id: 'no-unbacked-credit',
  covers: 'INV3',
  claim: 'Each credit points to a payment that the provider captured for that order.',
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
      const payment = payments.get(credit.paymentId);
      const order = orders.get(credit.orderId);
      if (payment !== undefined && order !== undefined && payment.reference === order.reference) return [];
      return {
        subject: `credit ${credit.entryId}`,
        anomaly: 'C3' as const,
        story: 'is not backed by a captured payment of its order',
        expected: `a captured payment for order ${credit.orderId}`,
        actual: payment === undefined ? `no payment ${credit.paymentId}` : `a payment for ${payment.reference}`,
        orderId: credit.orderId,
        evidence: [credit.entryId],
        sinceMs: credit.atMs,
      };
    });
  },
});
