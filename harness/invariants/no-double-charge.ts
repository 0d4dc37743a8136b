/** INV5: one intent of a buyer, however often it is sent, becomes one order and at most one captured payment. */
import type { BookedOrder, Books, Intent } from '../books.ts';
import { defineInvariant, type Witness } from '../invariant.ts';

const secondOf = (momentsMs: readonly number[]): number | undefined => momentsMs.toSorted((a, b) => a - b)[1];

/** When each order came into the books, where its history tells. */
const createdMsOf = ({ transitions }: Pick<Books, 'transitions'>): ReadonlyMap<string, number> =>
  new Map(transitions.filter(({ from }) => from === null).map(({ orderId, atMs }) => [orderId, atMs]));

/** What an order can be recognised by while no answer has named it. */
const likenessOf = ({ wallet, amountMinor }: Pick<BookedOrder, 'wallet' | 'amountMinor'>): string =>
  `${amountMinor} ${wallet}`;

/** Orders that no answer named, made by requests that were answered only when they were sent again. */
const repeatedEffects = ({ intents, orders, transitions }: Books): readonly Witness[] => {
  const named = new Set(intents.flatMap(({ orderIds }) => orderIds));
  const nameless = Map.groupBy(
    orders.filter(({ id }) => !named.has(id)),
    likenessOf,
  );
  const unanswered = Map.groupBy(
    intents.filter((intent) => intent.unanswered > 0),
    likenessOf,
  );
  const createdMs = createdMsOf({ transitions });
  return [...unanswered].flatMap(([likeness, alike]) => {
    const isAnswered = ({ orderIds }: Intent): boolean => orderIds.length > 0;
    const intent = alike.find(isAnswered);
    if (intent === undefined) return [];
    // A buyer who gave up explains one such order.
    const explained = alike.filter((one) => !isAnswered(one)).length;
    return (nameless.get(likeness) ?? []).slice(explained).map(({ id }) => {
      const sinceMs = createdMs.get(id);
      return {
        subject: `order ${id}`,
        anomaly: 'K3' as const,
        story: `was made by a request without an answer, which was sent again and made ${intent.orderIds[0]}`,
        expected: `1 order for idempotency key ${intent.key}`,
        actual: '2 orders, of which its buyer knows 1',
        orderId: id,
        evidence: [id],
        ...(sinceMs === undefined ? {} : { sinceMs }),
      };
    });
  });
};

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
    const doubled = books.intents.flatMap(({ key, requests, orderIds }) => {
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
    return [...doubled, ...repeatedEffects(books)];
  },
});
