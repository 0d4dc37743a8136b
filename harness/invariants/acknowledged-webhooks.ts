/** INV9: a webhook whose payment is credited is acknowledged in the end, or its provider sends it until it gives up. */
import type { Books } from '../books.ts';
import { defineInvariant } from '../invariant.ts';
import type { Delivery } from '../provider.ts';

/** So many refusals in a row are no accident. */
const refusalsMin = 3;

/** When the payment of each order was credited first, by the order's reference at its provider. */
const creditedMsOf = ({ orders, credits }: Books): ReadonlyMap<string, number> => {
  const references = new Map(orders.map(({ id, reference }) => [id, reference]));
  const latestFirst = credits.toSorted((a, b) => b.atMs - a.atMs);
  return new Map(latestFirst.map(({ orderId, atMs }) => [references.get(orderId) ?? '', atMs]));
};

/** What was delivered after the credit, event by event. */
const afterCredit = (books: Books): ReadonlyMap<string, readonly Delivery[]> => {
  const creditedMs = creditedMsOf(books);
  const late = books.traces.deliveries.filter(
    ({ forged, reference, sentMs }) =>
      forged === undefined && sentMs > (creditedMs.get(reference) ?? Number.POSITIVE_INFINITY),
  );
  return Map.groupBy(late, ({ eventId }) => eventId);
};

export const acknowledgedWebhooks = defineInvariant({
  id: 'acknowledged-webhooks',
  covers: 'INV9',
  claim: 'A webhook whose payment is credited is acknowledged in the end.',
  meaning:
    'The provider sends what was done long ago until it gives up, and may stop webhooks altogether. Read the log.',
  severity: 'warning',
  unit: 'webhooks',
  bound: 0,
  exercised: (books) => afterCredit(books).size,
  witnesses: (books) =>
    [...afterCredit(books)].flatMap(([eventId, deliveries]) => {
      const refusals = deliveries.filter(({ status, acknowledged }) => status !== 0 && !acknowledged);
      if (refusals.length < refusalsMin || deliveries.some(({ acknowledged }) => acknowledged)) return [];
      const order = books.orders.find(({ reference }) => reference === refusals[0]?.reference);
      return {
        subject: `webhook ${eventId}`,
        anomaly: 'C7' as const,
        story: `was refused ${refusals.length} times after its payment had been credited`,
        expected: 'an acknowledgement',
        actual: `status ${[...new Set(refusals.map(({ status }) => status))].join(', ')}`,
        ...(order === undefined ? {} : { orderId: order.id }),
        evidence: [eventId],
        ...(refusals[0] === undefined ? {} : { sinceMs: refusals[0].sentMs }),
      };
    }),
});
