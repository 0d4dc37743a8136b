/** INV1: however often a payment is reported, it raises a wallet once. */
import { defineInvariant } from '../invariant.ts';

export const noDoubleCredit = defineInvariant({
  id: 'no-double-credit',
  covers: 'INV1',
  claim: 'Each captured payment is credited at most once.',
  meaning: 'A buyer holds credit that nobody paid for. Stop crediting; list the journal entries of the payment.',
  severity: 'critical',
  unit: 'payments',
  signal: 'overcredited',
  bound: 0,
  exercised: (books) => {
    const credited = new Set(books.credits.map(({ paymentId }) => paymentId));
    return books.captured.filter(({ id }) => credited.has(id)).length;
  },
  witnesses: (books) => {
    const creditsByPayment = Map.groupBy(books.credits, (credit) => credit.paymentId);
    return books.captured.flatMap((payment) => {
      const credits = (creditsByPayment.get(payment.id) ?? []).toSorted((a, b) => a.atMs - b.atMs);
      const second = credits[1];
      if (second === undefined) return [];
      return {
        subject: `payment ${payment.id}`,
        anomaly: 'C1' as const,
        story: `was captured once and credited ${credits.length === 2 ? 'twice' : `${credits.length} times`}`,
        expected: '1 credit',
        actual: `${credits.length} credits`,
        orderId: second.orderId,
        evidence: credits.slice(1).map((credit) => credit.entryId),
        sinceMs: second.atMs,
      };
    });
  },
});
