/** INV2: captured money ends as credit or as a case that somebody sees. Judged once the system has come to rest. */
import type { BookedUnmatched } from '../books.ts';
import { defineInvariant } from '../invariant.ts';

/** Number and amount: who keeps less than came has lost the rest. */
const nameOf = ({ paymentId, amountMinor, currency }: BookedUnmatched): string =>
  `${paymentId} ${amountMinor} ${currency}`;

export const noLostCredit = defineInvariant({
  id: 'no-lost-credit',
  covers: 'INV2',
  claim: 'Each captured payment is credited, or visibly kept: its order on hold, or itself as money of no order.',
  meaning:
    'A buyer has paid and received nothing. Query the provider for the order, then let reconciliation confirm it.',
  severity: 'critical',
  unit: 'minor units',
  signal: 'uncredited',
  bound: 0,
  exercised: (books) => books.captured.length,
  waits: ({ captured, credits }) =>
    captured.flatMap(({ id, atMs: fromMs }) => {
      const credit = credits.find(({ paymentId }) => paymentId === id);
      return credit === undefined ? [] : [{ fromMs, untilMs: credit.atMs }];
    }),
  witnesses: (books) => {
    const credited = new Set(books.credits.map((credit) => credit.paymentId));
    const acknowledged = books.traces.deliveries.filter((one) => one.acknowledged && one.forged === undefined);
    const heard = new Set(acknowledged.map(({ reference }) => reference));
    const kept = new Set((books.unmatched ?? []).map(nameOf));
    const orders = new Map(books.orders.map((order) => [order.reference, order]));
    return books.captured.flatMap((payment) => {
      const order = orders.get(payment.reference);
      const isHeard = heard.has(payment.reference);
      const isKept =
        (order !== undefined && order.hold !== null) || kept.has(nameOf({ ...payment, paymentId: payment.id }));
      if (credited.has(payment.id) || isKept) return [];
      return {
        subject: `payment ${payment.id}`,
        anomaly: isHeard ? ('C6' as const) : ('C2' as const),
        story: `was captured${isHeard ? ', its webhook acknowledged,' : ''} and never credited`,
        expected: '1 credit, an order on hold, or money kept for its owner',
        actual: order === undefined ? 'no credit and no order' : `no credit, order in ${order.state} without a hold`,
        ...(order === undefined ? {} : { orderId: order.id }),
        evidence: [payment.id],
        sinceMs: payment.atMs,
      };
    });
  },
});
