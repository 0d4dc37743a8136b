/**
 * One run: plan → world up → steady state → workload with faults → faults removed, removal verified → settle → books →
 * audit → agreement with the dashboards → what can be mended is mended. Whatever happens, the world is stopped.
 */
import type { Books } from '../books.ts';
import { type Clock, sleep, systemClock } from '../clock.ts';
import { errors, ToppleError } from '../errors.ts';
import { type PlannedFault, placeName } from '../fault.ts';
import { History } from '../history.ts';
import { alertNameOf, type Invariant } from '../invariant.ts';
import type { Target } from '../target.ts';
import type { OpenWorld, RunningWorld } from '../world.ts';
import { testimonyOf } from './agreement.ts';
import { type Audit, auditOf } from './audit.ts';
import { booksOf, recordDeliveries, shownBalances, unwitnessed } from './collect.ts';
import { disturbanceOf } from './disturbance.ts';
import type { Buyers, Drive, Told } from './drive.ts';
import { evidenceOf } from './evidence.ts';
import { executeTraffic } from './execute.ts';
import { armFaults, type FaultSites } from './fault-sites.ts';
import { watchLedger } from './ledger-watch.ts';
import { mendBreaches } from './mend.ts';
import { planRun, type RunPlan } from './plan.ts';
import { lostTo } from './provider-effort.ts';
import { restingConnections } from './resting.ts';
import type { FaultWindow, Place, RunRequest, RunResult } from './result.ts';
import { settle } from './settle.ts';
import { boundsOf, lookingAt, type SignalWatch, type Watching, watchSignals } from './signals.ts';
import { verdictOf } from './verdict.ts';

/** The system under test, where it runs, and what it is watched with. */
export interface Lab {
  readonly world: OpenWorld;
  readonly target: Target;
  /** What every run is audited for. */
  readonly invariants: readonly Invariant[];
  readonly watching: Watching;
  readonly place: Place;
}

const lookEveryMs = 40;
/** A row that was rewritten is dated by the look before, so a breach seems older than it is by about this much. */
const ledgerLookEveryMs = 100;
/**
 * Longest time that the faults stay after the last payment, if the system does not come to rest under them: on a busy
 * machine it may take seconds until a grant meets its fault at all.
 */
const underFaultsMsMax = 10_000;
/** A process that ended tells so a little later than its sockets do: its last output is read first. */
const endToldWithinMs = 400;
/** A long plan takes longer to come to rest: so much is added for each of its orders. */
const settleMsPerOrder = 25;
/** An alert that is still silent after this time is missed, on however busy a machine. */
const lateAlertMsMax = 10_000;

/** Refuses to test a system that is already wrong: every invariant must be free of witnesses before the first order. */
const proveSteadyState = async (world: RunningWorld, invariants: readonly Invariant[]): Promise<void> => {
  const books = booksOf(world, await world.readLedger(), unwitnessed);
  const broken = invariants.filter((invariant) => auditOf(invariant, books).witnesses.length > 0);
  if (broken.length > 0) throw errors.notSteady(broken.map(({ id }) => id));
};

const labelsOf = (planned: PlannedFault) => ({ fault: planned.fault.id, at: placeName(planned) });

/** A run that is under way. */
interface Running {
  readonly world: RunningWorld;
  readonly signals: SignalWatch;
  readonly lab: Lab;
  readonly plan: RunPlan;
  readonly sites: FaultSites;
  readonly clock: Clock;
  readonly told: Told;
  readonly drive: Drive;
}

/** The drive of a scenario: its planned traffic. */
const planned =
  (plan: RunPlan): Drive =>
  ({ told, ...surroundings }) => {
    told(`${plan.traffic.batches.flat().length} orders under ${plan.scenario.faults.length} fault(s)`);
    return executeTraffic(plan.traffic, surroundings);
  };

/** Orders that can have come of a run, by who took money for them: each takes a little of the time to come to rest. */
const ordersIn = (plan: RunPlan, world: RunningWorld): number =>
  Math.max(
    plan.traffic.batches.flat().length,
    ...world.providers.map((provider) => provider.records().payments.length),
  );

/** Adds the toxics, drives the traffic, removes everything again, and waits for rest. */
const disturb = async ({ world, signals, lab, plan, sites, clock, told, drive }: Running) => {
  const history = new History();
  const tell = (isActive: 0 | 1): void => {
    for (const fault of plan.scenario.faults) signals.note('topple_fault_active', labelsOf(fault), isActive);
  };
  const watch = watchLedger(world, clock, ledgerLookEveryMs);
  const disturbance = disturbanceOf(sites, world, lab.target.database?.ledgerTable, clock);
  try {
    tell(1);
    await disturbance.start();
    const buyers: Buyers = await drive({ world, adapter: lab.target.http, clock, history, told });
    // Webhooks, grants and retries go on after the last buyer has paid; they too shall meet the faults.
    await settle(world, clock, lookEveryMs, underFaultsMsMax);
    sites.disarm();
    await world.disarm?.();
    await disturbance.stop();
    tell(0);
    told('faults gone, coming to rest');
    const settleMsMax = plan.scenario.settleMsMax + ordersIn(plan, world) * settleMsPerOrder;
    const settled = await settle(world, clock, lookEveryMs, settleMsMax);
    return { history, buyers, disturbance, settledMs: settled.tookMs, earlierEntries: await watch.stop() };
  } finally {
    await disturbance.stop().catch(() => undefined); // stopped above, or the failure that ends the run is told
    await watch.stop();
  }
};

/** Gives the alerts of what is violated the time that a busy machine needs; how late they were is reported anyway. */
const untilTold = async (audits: readonly Audit[], signals: SignalWatch, clock: Clock): Promise<void> => {
  const untilMs = clock.nowMs() + lateAlertMsMax;
  const violated = audits.filter(({ finding }) => finding === 'violated');
  const anySilent = (): boolean => violated.some(({ invariant }) => signals.isSilent(alertNameOf(invariant)));
  while (anySilent() && clock.nowMs() < untilMs) await sleep(clock, lookEveryMs);
};

/** Mends what the target has a remedy for, and waits for the end of its alert. */
const mend = (
  { world, signals, lab, clock }: Running,
  audits: readonly Audit[],
  readBooks: () => Promise<Books>,
): ReturnType<typeof mendBreaches> => {
  const remedies = lab.target.database.remedies ?? {};
  return mendBreaches(audits, { world, signals, remedies, readBooks, clock, lookEveryMs, atMostMs: lateAlertMsMax });
};

/** A transaction that was still under way has this much real time to end, in looks. */
const transactionLooksMax = 5_000 / lookEveryMs;

const connectionsIn = async (
  { world, lab, clock }: Running,
  isAtRest: boolean,
): Promise<Pick<Books, 'connections'>> => {
  const pause = () => sleep(clock, lookEveryMs);
  const looking = { query: world.asSuperuser, pause, looksMax: transactionLooksMax };
  return isAtRest ? { connections: await restingConnections(lab.target, looking) } : {};
};

/** Drives the plan through a running world and judges what came of it. */
const judge = async (running: Running): Promise<Omit<RunResult, 'request' | 'startedMs' | 'tookMs' | 'logs'>> => {
  const { world, signals, lab, plan, sites, clock, told } = running;
  const { history, buyers, disturbance, settledMs, earlierEntries } = await disturb(running);
  const faultWindows = plan.scenario.faults.flatMap((fault, faultIndex): FaultWindow[] =>
    disturbance.spansOf(fault).map((span) => ({ ...labelsOf(fault), faultIndex, ...span })),
  );
  told('reading books and dashboards');
  const signalDelayMs = (lab.target.signalDelayS * 1_000) / world.timeScale;
  const askForBalances = () => shownBalances(world, lab.target.http, buyers.wallets);
  // The system is at rest, so its customers may be asked while its signals catch up.
  const [shown] = await Promise.all([askForBalances(), sleep(clock, signalDelayMs)]);
  // Looked at once more: an order that left its rest was never at it, and what a late job did belongs into the books.
  const { restless } = await settle(world, clock, lookEveryMs, 0);
  recordDeliveries(world, buyers, history);
  const atRest = await connectionsIn(running, restless.length === 0);
  const lostCalls = lostTo(plan.scenario.providers, sites.toxics, world.hits(), disturbance.spansOf);
  const witnessed = { intents: buyers.intents, earlierEntries, operations: history.operations, lostCalls, ...atRest };
  const readBooks = async (seen: Books['shown']) =>
    booksOf(world, await world.readLedger(), { ...witnessed, shown: seen });
  // What a system in motion has shown is no lie if it has booked more since.
  const books = await readBooks(restless.length === 0 ? shown : []);
  const audits = lab.invariants.map((invariant) => auditOf(invariant, books));
  for (const { invariant, witnesses } of audits) {
    signals.note('topple_invariant_violations', { invariant: invariant.id }, witnesses.length);
  }
  await untilTold(audits, signals, clock);
  const mended = await mend(running, audits, async () => readBooks(await askForBalances()));
  const bounds = boundsOf(lab.target, world.timeScale, signals.latencyMsMax);
  const heard = await signals.stop(bounds, mended);
  const testimonies = audits.map((audit) => testimonyOf(audit, heard.signals));
  const records = world.providers.map((provider) => ({ provider: provider.id, ...provider.records() }));
  const linkHits = world.hits();
  const { spansOf, struckBy } = disturbance;
  const traces = { sites, linkHits, spansOf, struckBy, records, history, traffic: plan.traffic, books };
  const evidence = [...evidenceOf(plan.scenario, traces), ...buyers.evidence];
  const doubts = [...world.ended(), ...restless, ...buyers.unreadable];
  const verdict = verdictOf(plan.scenario, testimonies, evidence, doubts);
  const system = { id: lab.target.id, ...lab.place };
  return {
    system,
    plan,
    verdict,
    testimonies,
    evidence,
    books,
    records,
    history,
    signals: heard.log(),
    panels: heard.panels,
    faultWindows,
    linkHits,
    settledMs,
  };
};

/** What to say of a run that failed: a part of the world that ended explains what failed after it. */
const causeOf = async (error: unknown, world: RunningWorld): Promise<unknown> => {
  if (error instanceof ToppleError) return error;
  await sleep(systemClock, endToldWithinMs);
  const ended = world.ended();
  return ended.length === 0 ? error : errors.worldEnded(ended, error);
};

/** Left out: real time, silence, and the planned traffic. */
export interface RunPorts {
  readonly clock?: Clock;
  readonly told?: Told;
  readonly drive?: (plan: RunPlan) => Drive;
}

/**
 * Runs the request once in `lab`. Whatever the system under test does ends in a verdict; rejects only when the world
 * cannot be started, read, healed or stopped. Nothing of the run goes on afterwards.
 */
export const runScenario = async (
  lab: Lab,
  request: RunRequest,
  { clock = systemClock, told = () => {}, drive: driveOf = planned }: RunPorts = {},
): Promise<RunResult> => {
  const startedMs = clock.nowMs();
  const planned = planRun(request.scenario, request.seed, request.settings);
  const plan = { ...planned, traffic: lab.world.claim?.(planned.traffic) ?? planned.traffic };
  const chance = plan.random.fork('faults');
  const sites = armFaults(plan.scenario.faults, chance);
  told('starting the system');
  const world = await lab.world.start({
    target: lab.target,
    ...(request.variant === undefined ? {} : { variant: request.variant }),
    providers: plan.scenario.providers,
    random: plan.random,
    siteOf: sites.siteOf,
    elsewhere: { faults: plan.scenario.faults, random: chance, decided: sites.decidedElsewhere },
  });
  try {
    await proveSteadyState(world, lab.invariants);
    const looking = lookingAt(lab.watching, request.lie);
    const signals = await watchSignals({ world, job: lab.target.id }, looking, clock);
    try {
      const judged = await judge({ world, signals, lab, plan, sites, clock, told, drive: driveOf(plan) });
      // Planned again it is the same plan, whatever names its traffic had there.
      return { request, startedMs, ...judged, plan: planned, logs: world.logs(), tookMs: clock.nowMs() - startedMs };
    } finally {
      await signals.abandon();
    }
  } catch (error) {
    throw await causeOf(error, world);
  } finally {
    await world.stop();
  }
};
