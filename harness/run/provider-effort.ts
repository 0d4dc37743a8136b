/** How hard a system tries to reach a provider: what arrived there, and what a fault kept from arriving. */
import type { LostCalls } from '../books.ts';
import { link, type PlannedFault, type Toxic } from '../fault.ts';
import type { Provider } from '../provider.ts';
import type { Span } from '../strike.ts';
import type { LinkHits } from '../world.ts';
import { armFaults, type PlannedToxic } from './fault-sites.ts';
import type { Amplification, Effort, Outing } from './load-outcome.ts';
import type { RunPlan } from './plan.ts';
import type { FaultWindow, RunResult } from './result.ts';

/** Up to this factor the effort is bounded. */
export const acceptedFactorMax = 1.5;
/** Beyond this factor it is a storm; between the two it is neither, and the verdict is `unknown`. */
const stormFactorMin = 3;

/** The parts of a run that effort is read from. */
export type Tried = Pick<RunResult, 'plan' | 'books' | 'records' | 'linkHits'>;

/** Such a toxic lets nothing through: each connection that it touched is a call that never arrived. */
const isCutting = ({ type, stream }: Toxic): boolean =>
  stream === 'upstream' && (type === 'reset_peer' || type === 'timeout');

/** What `toxics` kept from arriving at `providers`, and since when; undefined when everything arrived. */
export const lostTo = (
  providers: readonly Pick<Provider, 'id'>[],
  toxics: readonly PlannedToxic[],
  hits: readonly LinkHits[],
  spansOf: (planned: PlannedFault) => readonly Span[],
): LostCalls | undefined => {
  const links = providers.map(({ id }) => link('service', id).id);
  const cutting = toxics.filter((one) => isCutting(one.toxic) && links.includes(one.link));
  const count = lostCalls(hits, cutting);
  const begun = cutting.flatMap(({ planned }) => spansOf(planned).map(({ fromMs }) => fromMs));
  return count === 0 ? undefined : { count, sinceMs: Math.min(...begun) };
};

/** The toxics of a plan that let nothing through. */
export const cuttingToxics = ({ scenario, random }: RunPlan): readonly PlannedToxic[] =>
  armFaults(scenario.faults, random.fork('faults')).toxics.filter(({ toxic }) => isCutting(toxic));

/** Calls that these toxics kept from arriving. */
export const lostCalls = (hits: readonly LinkHits[], cutting: readonly PlannedToxic[]): number =>
  cutting
    .flatMap((toxic) => hits.filter((hit) => hit.link === toxic.link && hit.toxic === toxic.name))
    .reduce((sum, { connections }) => sum + connections, 0);

/** The provider at the other end of a link of the system; undefined for any other link. */
export const providerOn = ({ plan }: Pick<Tried, 'plan'>, linkName: string): string | undefined =>
  plan.scenario.providers.find(({ id }) => link('service', id).id === linkName)?.id;

/** Calls that were kept from arriving over a link: by the fault of this index in the plan, or by any. */
const lostOn = ({ plan, linkHits }: Tried, linkName: string, faultIndex?: number): number => {
  const isMeant = ({ planned }: PlannedToxic): boolean =>
    faultIndex === undefined || planned === plan.scenario.faults[faultIndex];
  return lostCalls(
    linkHits,
    cuttingToxics(plan).filter((toxic) => toxic.link === linkName && isMeant(toxic)),
  );
};

const callsOf = ({ records }: Tried, provider: string) =>
  records.filter((own) => own.provider === provider).flatMap(({ calls }) => calls);

/** What the system did to reach `provider`. */
export const effortFor = (tried: Tried, provider: string): Effort => ({
  calls: callsOf(tried, provider).length + lostOn(tried, link('service', provider).id),
  orders: tried.books.orders.length,
});

/** Compares the effort of two runs of the same load, of which the second met an outage of `provider`. */
export const amplificationOf = (calm: Tried, disturbed: Tried, provider: string): Amplification => {
  const efforts = { calm: effortFor(calm, provider), disturbed: effortFor(disturbed, provider) };
  const { calm: before, disturbed: after } = efforts;
  if ([before, after].some(({ calls, orders }) => calls === 0 || orders === 0))
    return { provider, ...efforts, finding: 'unknown' };
  const factor = after.calls / after.orders / (before.calls / before.orders);
  const finding = factor <= acceptedFactorMax ? 'holds' : factor > stormFactorMin ? 'violated' : 'unknown';
  return { provider, ...efforts, factor, finding };
};

/** When the first order was there; the moments of two runs are compared from here on. */
const beginMsOf = ({ books }: Tried): number => {
  const moments = [...books.transitions, ...books.captured].map(({ atMs }) => atMs);
  return moments.reduce((least, atMs) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
};

const perSecond = (count: number, fromMs: number, untilMs: number): number =>
  untilMs > fromMs ? (count * 1_000) / (untilMs - fromMs) : 0;

const arrivedPerSecond = (tried: Tried, provider: string, fromMs: number, untilMs: number, lost = 0): number => {
  const arrived = callsOf(tried, provider).filter(({ startedMs }) => fromMs <= startedMs && startedMs < untilMs);
  return perSecond(arrived.length + lost, fromMs, untilMs);
};

/** When each paid order that was begun before `endMs` came to rest; undefined for one that did not. */
const restsOf = ({ books }: Tried, endMs: number): readonly (number | undefined)[] => {
  const paid = new Map(books.captured.map(({ reference, atMs }) => [reference, atMs]));
  const moves = Map.groupBy(books.transitions, ({ orderId }) => orderId);
  const credits = Map.groupBy(books.credits, ({ orderId }) => orderId);
  return books.orders.flatMap((order) => {
    const paidMs = paid.get(order.reference);
    const own = moves.get(order.id) ?? [];
    const begunMs = own[0]?.atMs ?? paidMs;
    if (paidMs === undefined || begunMs === undefined || begunMs >= endMs) return [];
    const credit = credits.get(order.id)?.[0];
    if (credit === undefined) return order.hold === null ? [undefined] : [];
    return [Math.max(credit.atMs, ...own.map(({ atMs }) => atMs))];
  });
};

/** What the system did while the fault of `window`, which is on the link to a provider, was there, and after. */
export const outingOf = (
  disturbed: Tried,
  { fault, at, faultIndex, fromMs, untilMs }: FaultWindow,
  provider: string,
  calm?: Tried,
): Outing => {
  const rests = restsOf(disturbed, untilMs);
  const late = rests.filter((atMs) => atMs === undefined || atMs > untilMs);
  const lastMs = late.every((atMs) => atMs !== undefined) ? Math.max(untilMs, ...late) : undefined;
  const sinceMs = fromMs - beginMsOf(disturbed);
  const calmFromMs = calm === undefined ? 0 : beginMsOf(calm) + sinceMs;
  return {
    fault,
    provider,
    fromMs,
    untilMs,
    perSecond: {
      before: arrivedPerSecond(disturbed, provider, beginMsOf(disturbed), fromMs),
      during: arrivedPerSecond(disturbed, provider, fromMs, untilMs, lostOn(disturbed, at, faultIndex)),
      ...(calm === undefined
        ? {}
        : { calm: arrivedPerSecond(calm, provider, calmFromMs, calmFromMs + untilMs - fromMs) }),
    },
    waiting: late.length,
    ...(lastMs === undefined ? {} : { recoveredMs: lastMs - untilMs }),
  };
};
