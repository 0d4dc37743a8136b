/** INV5: one intent of a buyer, however often it is sent, becomes one order and at most one captured payment. */
import type { Books } from '../books.ts';
import { defineInvariant } from '../invariant.ts';

const secondOf = (momentsMs: readonly number[]): number | undefined => momentsMs.toSorted((a, b) => a - b)[1];

/** When each order came into the books, where its history tells. */
const createdMsOf = ({ transitions }: Books): ReadonlyMap<string, number> =>
  new Map(transitions.filter(({ from }) => from === null).map(({ orderId, atMs }) => [orderId, atMs]));

export const noDoubleCharge = defineInvariant({
  id: 'no-double-charge',
  covers: 'INV5',
  claim: 'Each intent of a buyer becomes one order, and is paid at most once.',
  meaning: 'A buyer who clicked twice pays twice. Look for the idempotency key in both orders; refund one.',
  severity: 'critical',
  unit: 'intents',
  signal: 'doubleCharged',
  bound: 0,
  exercised: (books) => books.intents.filter(({ orderIds }) => orderIds.length > 0).length,
  witnesses: (books) => {
    const references = new Map(books.orders.map((order) => [order.id, order.reference]));
    const payments = Map.groupBy(books.captured, (payment) => payment.reference);
    const createdMs = createdMsOf(books);
    return books.intents.flatMap(({ key, requests, orderIds }) => {
      const paid = orderIds.flatMap((id) => payments.get(references.get(id) ?? '') ?? []);
      if (orderIds.length <= 1 && paid.length <= 1) return [];
      const secondMs = [
        secondOf(orderIds.flatMap((id) => createdMs.get(id) ?? [])),
        secondOf(paid.map(({ atMs }) => atMs)),
      ].filter((momentMs) => momentMs !== undefined);
      return {
        subject: `idempotency key ${key}`,
        anomaly: 'K1' as const,
        story: `was sent ${requests} times and became ${orderIds.length} orders with ${paid.length} payments`,
        expected: '1 order, at most 1 payment',
        actual: `${orderIds.length} orders, ${paid.length} payments`,
        ...(orderIds[1] === undefined ? {} : { orderId: orderIds[1] }),
        evidence: [...orderIds, ...paid.map((payment) => payment.id)],
        ...(secondMs.length === 0 ? {} : { sinceMs: Math.min(...secondMs) }),
      };
    });
  },
});
