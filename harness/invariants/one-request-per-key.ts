/** INV5: an idempotency key stands for one request; whoever uses it for another one is refused. */
import type { Books, Intent } from '../books.ts';
import { defineInvariant } from '../invariant.ts';

const isAccepted = ({ orderIds }: Intent): boolean => orderIds.length > 0;

/** What was asked under each key that came with different requests. */
const reused = ({ intents }: Books): readonly (readonly [key: string, requests: readonly Intent[]])[] =>
  [...Map.groupBy(intents, ({ key }) => key)].filter(([, requests]) => requests.length > 1);

export const oneRequestPerKey = defineInvariant({
  id: 'one-request-per-key',
  covers: 'INV5',
  claim: 'Of different requests under one idempotency key, one is accepted.',
  meaning: 'A client believes that it ordered what nobody will deliver. Compare the answer with what it asked for.',
  severity: 'warning',
  unit: 'keys',
  bound: 0,
  exercised: (books) =>
    reused(books).filter(([, requests]) => {
      const answered = requests.filter((request) => isAccepted(request) || request.refused > 0);
      return answered.length > 1 && answered.some(isAccepted);
    }).length,
  witnesses: (books) => {
    const createdMs = new Map(
      books.transitions.filter(({ from }) => from === null).map(({ orderId, atMs }) => [orderId, atMs]),
    );
    return reused(books).flatMap(([key, requests]) => {
      const accepted = requests.filter(isAccepted);
      const [first, second] = accepted;
      if (first === undefined || second === undefined) return [];
      const orderIds = [...new Set(accepted.flatMap((request) => request.orderIds))];
      const orderId = second.orderIds[0];
      const sinceMs = orderId === undefined ? undefined : createdMs.get(orderId);
      return {
        subject: `idempotency key ${key}`,
        anomaly: 'K2' as const,
        story: `was accepted for ${accepted.map(({ amountMinor }) => amountMinor).join(' and for ')} minor units`,
        expected: '1 request accepted, all others refused',
        actual: `${accepted.length} requests accepted, answered with ${orderIds.join(', ')}`,
        ...(orderId === undefined ? {} : { orderId }),
        evidence: orderIds,
        ...(sinceMs === undefined ? {} : { sinceMs }),
      };
    });
  },
});
