/** Was the system really put to the test? Counts hits of each fault and orders on which the race overlapped. */
import type { Books } from '../books.ts';
import { type PlannedFault, placeName } from '../fault.ts';
import type { History, Operation } from '../history.ts';
import type { ProviderRecords } from '../provider.ts';
import type { Overlap, Scenario } from '../scenario.ts';
import type { Aftermath, Span, Struck } from '../strike.ts';
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

/** A request that came through, or was refused because of another one like it; a stranger's is there to be refused. */
const tookPart = ({ kind, outcome, status }: Operation): boolean =>
  outcome === 'ok' || status === 409 || (kind === 'forged-webhook' && outcome === 'failed');

/** Orders on which an operation of the one kind and one of the other were under way at the same time. */
export const overlappedOrders = (overlap: Overlap, history: History, traffic: PlannedTraffic): number => {
  const wallets = new Map(traffic.batches.flat().map((order) => [order.ordinal, order.wallet]));
  const [first, second] = overlap.between;
  const racing = history.operations.filter(
    (operation) => operation.ordinal !== null && overlap.between.includes(operation.kind) && tookPart(operation),
  );
  const groups = Map.groupBy(racing, ({ ordinal }) =>
    overlap.on === 'order' ? ordinal : wallets.get(ordinal as number),
  );
  const overlapped = new Set<number>();
  for (const group of groups.values()) {
    const inOrder = group.toSorted((a, b) => a.invokedMs - b.invokedMs);
    for (const [index, operation] of inOrder.entries()) {
      const other = operation.kind === first ? second : first;
      const rival = inOrder.slice(index + 1).find((later) => later.kind === other && intersect(operation, later));
      if (rival !== undefined) for (const { ordinal } of [operation, rival]) overlapped.add(ordinal as number);
    }
  }
  return overlapped.size;
};

/** What the counts are taken from. */
export interface Traces {
  readonly sites: FaultSites;
  readonly linkHits: readonly LinkHits[];
  /** When each fault could act. */
  spansOf(planned: PlannedFault): readonly Span[];
  struckBy(planned: PlannedFault): readonly Struck[];
  readonly records: readonly (ProviderRecords & { readonly provider: string })[];
  readonly history: History;
  readonly traffic: PlannedTraffic;
  readonly books: Books;
}

const nothing: ProviderRecords = { payments: [], grants: [], calls: [], deliveries: [] };

const aftermathOf = ({ records, books }: Traces): Aftermath => ({
  records: {
    payments: records.flatMap(({ payments }) => payments),
    grants: records.flatMap(({ grants }) => grants),
    calls: records.flatMap(({ calls }) => calls),
    deliveries: records.flatMap(({ deliveries }) => deliveries),
  },
  ledger: books,
});

const hitsOf = (planned: PlannedFault, traces: Traces): number => {
  const { sites, linkHits, spansOf, struckBy, books, records } = traces;
  const { hasHit } = planned.fault;
  if (hasHit !== undefined) {
    const after = aftermathOf(traces);
    return struckBy(planned).filter((struck) => hasHit(struck, after, planned.at)).length;
  }
  const inLedger = planned.fault.hitsInLedger?.(books, spansOf(planned));
  if (inLedger !== undefined) return inLedger;
  const toxic = sites.toxics.find((candidate) => candidate.planned === planned);
  if (toxic === undefined) {
    const own = records.find(({ provider }) => provider === planned.at.id) ?? nothing;
    return planned.fault.hits?.(own, sites.decidedBy(planned), planned.at) ?? 0;
  }
  const touched = linkHits.filter((hit) => hit.link === toxic.link && hit.toxic === toxic.name && hit.bytes > 0);
  return touched.reduce((sum, hit) => sum + hit.connections, 0);
};

/**
 * All counts that the scenario asks for: faults that struck, one count for each in the scenario's order; then races
 * that overlapped, and money that went through.
 */
export const evidenceOf = (scenario: Scenario, traces: Traces): readonly Evidence[] => {
  const { history, traffic, books } = traces;
  const planned = traffic.batches.flat();
  const paid = new Set(
    history.operations.filter(({ kind, outcome }) => kind === 'pay' && outcome === 'ok').map(({ ordinal }) => ordinal),
  );
  const credited = new Set(books.credits.map(({ paymentId }) => paymentId));
  return [
    ...scenario.faults.map((fault) => ({
      what: `${fault.fault.id} hit ${placeName(fault)}`,
      count: hitsOf(fault, traces),
      least: fault.hitsMin,
    })),
    ...(scenario.overlaps ?? []).map((overlap) => ({
      what: `orders on which ${[...new Set(overlap.between)].join(' and ')} overlapped`,
      count: overlappedOrders(overlap, history, traffic),
      least: overlap.ordersMin,
    })),
    ...(planned.length === 0
      ? []
      : [{ what: 'planned orders that were paid', count: paid.size, least: planned.length }]),
    {
      what: 'captured payments that were credited',
      count: books.captured.filter(({ id }) => credited.has(id)).length,
      least: scenario.creditedMin ?? books.captured.length,
    },
  ];
};

/** The counts in `evidence` that are of the scenario's faults. */
export const hitsIn = (evidence: readonly Evidence[], { faults }: Pick<Scenario, 'faults'>): readonly Evidence[] =>
  evidence.slice(0, faults.length);
