/** Which orders the timeline shows, the worst first, and what is said of each. */
import type { BookedOrder } from '../../books.ts';
import type { RunResult } from '../../run/result.ts';
import { type Moment, momentsOf } from '../moments.ts';

/** One order on the timeline. */
export interface Lane {
  readonly order: BookedOrder;
  /** What is wrong or odd with it, in words; '' where nothing is. */
  readonly note: string;
  /** Whether a promise was broken on it. */
  readonly isBreach: boolean;
  readonly moments: readonly Moment[];
}

/** The lanes that are drawn, and how many orders are not. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  readonly leftOut: number;
}

/** So many orders are drawn; a report of thousands stays readable, and small enough to be sent. */
const lanesMax = 60;

interface Ranked {
  readonly order: BookedOrder;
  readonly broken: readonly string[];
  readonly evidence: readonly string[];
  readonly oddities: number;
}

const counted = <Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

const breachesOf = ({ testimonies }: RunResult) =>
  Map.groupBy(
    testimonies.flatMap(({ audit }) =>
      audit.witnesses.map(({ orderId = '', evidence }) => ({ orderId, evidence, promise: audit.invariant.id })),
    ),
    ({ orderId }) => orderId,
  );

/** How much the surroundings did to each order: cut calls, copies, forgeries, notices lost or never sent. */
const odditiesOf = ({ records, books }: RunResult): ReadonlyMap<string, number> => {
  const noticed = new Set(records.flatMap(({ deliveries }) => deliveries.map(({ reference }) => reference)));
  return counted(
    [
      ...books.captured.filter(({ reference }) => !noticed.has(reference)),
      ...records.flatMap(({ deliveries }) => deliveries.filter((one) => one.attempt !== 1 || !one.acknowledged)),
      ...records.flatMap(({ calls }) => calls.filter(({ outcome }) => typeof outcome === 'string')),
    ],
    ({ reference }) => reference,
  );
};

const isUnfinished = ({ state, hold }: BookedOrder): boolean => hold !== null || state !== 'COMPLETED';

const rankOf = ({ broken, order, oddities }: Ranked): readonly number[] => [
  broken.length,
  isUnfinished(order) ? 1 : 0,
  oddities,
];

const worstFirst = (a: Ranked, b: Ranked): number => {
  const [first, second] = [rankOf(a), rankOf(b)];
  const index = first.findIndex((rank, at) => rank !== second[at]);
  return index < 0 ? 0 : (second[index] ?? 0) - (first[index] ?? 0);
};

const noteOf = ({ order, broken }: Ranked): string => {
  if (broken.length > 0) return `breaks ${broken.join(', ')}`;
  if (order.hold !== null) return `on hold: ${order.hold}`;
  return isUnfinished(order) ? `ended ${order.state}` : '';
};

/** The worst orders first: those that broke a promise, those that did not complete, those to which most was done. */
export const lanesOf = (result: RunResult): Lanes => {
  const { orders } = result.books;
  const breaches = breachesOf(result);
  const oddities = odditiesOf(result);
  const ranked = orders
    .map((order): Ranked => {
      const own = breaches.get(order.id) ?? [];
      return {
        order,
        broken: [...new Set(own.map(({ promise }) => promise))],
        evidence: own.flatMap(({ evidence }) => evidence),
        oddities: oddities.get(order.reference) ?? 0,
      };
    })
    .sort(worstFirst)
    .slice(0, lanesMax);
  return {
    lanes: ranked.map((one) => ({
      order: one.order,
      note: noteOf(one),
      isBreach: one.broken.length > 0,
      moments: momentsOf(result, one.order, one.evidence),
    })),
    leftOut: orders.length - ranked.length,
  };
};
