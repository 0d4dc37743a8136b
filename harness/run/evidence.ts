/** Was the system really put to the test? Counts hits of each fault and orders on which the race overlapped. */
import type { History, Operation } from '../history.ts';
import type { Overlap, Scenario } from '../scenario.ts';
import type { PlannedTraffic } from '../workload.ts';
import type { LinkHits } from '../world.ts';
import type { FaultSites } from './fault-sites.ts';

/** One count beside the least that makes it evidence. */
export interface Evidence {
  readonly what: string;
  readonly count: number;
  readonly least: number;
}

const intersect = (a: Operation, b: Operation): boolean => a.invokedMs < b.completedMs && b.invokedMs < a.completedMs;

/** Orders on which two of the operations of `overlap` were under way at the same time. */
export const overlappedOrders = (overlap: Overlap, history: History, traffic: PlannedTraffic): number => {
  const wallets = new Map(traffic.batches.flat().map((order) => [order.ordinal, order.wallet]));
  const racing = history.operations.filter(
    (operation) => operation.ordinal !== null && overlap.operations.includes(operation.kind) && operation.status !== 0,
  );
  const groups = Map.groupBy(racing, ({ ordinal }) =>
    overlap.on === 'order' ? ordinal : wallets.get(ordinal as number),
  );
  const overlapped = new Set<number>();
  for (const group of groups.values()) {
    const inOrder = group.toSorted((a, b) => a.invokedMs - b.invokedMs);
    for (const [index, operation] of inOrder.entries()) {
      const rival = inOrder.slice(index + 1).find((later) => intersect(operation, later));
      if (rival !== undefined) for (const { ordinal } of [operation, rival]) overlapped.add(ordinal as number);
    }
  }
  return overlapped.size;
};

/** All counts that the scenario asks for. */
export const evidenceOf = (
  scenario: Scenario,
  sites: FaultSites,
  linkHits: readonly LinkHits[],
  history: History,
  traffic: PlannedTraffic,
): readonly Evidence[] => {
  const faults = scenario.faults.map((planned) => {
    const toxic = sites.toxics.find((candidate) => candidate.planned === planned);
    const touched = linkHits.filter((hit) => hit.link === toxic?.link && hit.toxic === toxic.name && hit.bytes > 0);
    const count = toxic ? touched.reduce((sum, hit) => sum + hit.connections, 0) : sites.hitsOf(planned);
    const where = planned.at.operation ?? planned.at.id;
    return { what: `${planned.fault.id} hit ${where}`, count, least: planned.hitsMin };
  });
  const { overlap } = scenario;
  if (overlap === undefined) return faults;
  const count = overlappedOrders(overlap, history, traffic);
  const names = [...new Set(overlap.operations)].join(' and ');
  return [...faults, { what: `orders on which ${names} overlapped`, count, least: overlap.ordersMin }];
};
