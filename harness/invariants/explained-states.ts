/** INV13: whatever state an order is in, and whatever it was credited, its history says how it came to that. */
import type { BookedOrder, Books } from '../books.ts';
import { defineInvariant } from '../invariant.ts';

/** What the history of an order does not tell, as expected and found; undefined when it tells all. */
const gapOf = (
  { state, hold }: BookedOrder,
  visited: readonly string[],
  isCredited: boolean,
): { readonly expected: string; readonly actual: string } | undefined => {
  const last = visited.at(-1);
  if (last !== state)
    return { expected: `a history that ends in ${state}`, actual: `one that ends in ${last ?? 'nothing'}` };
  if (!isCredited || hold !== null || visited.includes('CREDITED')) return undefined;
  return { expected: 'a row that says it was credited', actual: 'a credit without one' };
};

/** Each order's states, in the order of its rows. */
const visitedOf = ({ transitions }: Books): ReadonlyMap<string, readonly string[]> => {
  const rows = Map.groupBy(
    transitions.toSorted((a, b) => a.sequence - b.sequence),
    ({ orderId }) => orderId,
  );
  return new Map([...rows].map(([orderId, own]) => [orderId, own.map(({ to }) => to)]));
};

export const explainedStates = defineInvariant({
  id: 'explained-states',
  covers: 'INV13',
  claim: 'Each order is in the state in which its history ends, and each credit has its row there.',
  meaning:
    'Somebody changed an order past its history, so nobody can say who did it and why. Look for a direct update.',
  severity: 'warning',
  unit: 'orders',
  bound: 0,
  // Where no order has any history, the system keeps none.
  exercised: (books) => (books.transitions.length === 0 ? 0 : books.orders.length),
  witnesses: (books) => {
    if (books.transitions.length === 0) return [];
    const visited = visitedOf(books);
    const credited = new Set(books.credits.map(({ orderId }) => orderId));
    return books.orders.flatMap((order) => {
      const gap = gapOf(order, visited.get(order.id) ?? [], credited.has(order.id));
      if (gap === undefined) return [];
      return {
        subject: `order ${order.id}`,
        anomaly: 'L3' as const,
        story: 'has a gap in its history',
        ...gap,
        orderId: order.id,
        evidence: [order.id],
      };
    });
  },
});
