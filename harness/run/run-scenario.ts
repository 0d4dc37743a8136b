/**
 * One run: plan → world up → steady state → workload with faults → faults removed, removal verified → settle → books →
 * audit → agreement with the dashboards. Whatever happens, the world of the run is stopped.
 */
import type { Books } from '../books.ts';
import { type Clock, sleep, systemClock } from '../clock.ts';
import { errors } from '../errors.ts';
import { History } from '../history.ts';
import { alertNameOf, type Invariant } from '../invariant.ts';
import { invariants } from '../invariants/index.ts';
import type { Target } from '../target.ts';
import type { OpenWorld, RunningWorld } from '../world.ts';
import { testimonyOf } from './agreement.ts';
import { type Audit, auditOf } from './audit.ts';
import { evidenceOf } from './evidence.ts';
import { type Buyers, executeTraffic } from './execute.ts';
import { armFaults, type FaultSites } from './fault-sites.ts';
import { watchLedger } from './ledger-watch.ts';
import { planRun, type RunPlan } from './plan.ts';
import type { RunRequest, RunResult } from './result.ts';
import { settle } from './settle.ts';
import { type SignalRules, type SignalWatch, watchSignals } from './signals.ts';
import { verdictOf } from './verdict.ts';

/** The system under test, where it runs, and the rules that watch it. */
export interface Lab {
  readonly world: OpenWorld;
  readonly target: Target;
  readonly rules: SignalRules;
}

const lookEveryMs = 40;
const ledgerLookEveryMs = 250;
/** Longest time that the faults stay after the last payment, if the system does not come to rest under them. */
const underFaultsMsMax = 3_000;
/** An alert that is still silent after this time is missed, on however busy a machine. */
const lateAlertMsMax = 10_000;

/** Adds the webhook deliveries that providers recorded to the history, under the order that they are about. */
const recordDeliveries = (world: RunningWorld, buyers: Buyers, history: History): void => {
  for (const provider of world.providers) {
    for (const { reference, eventId, sentMs, answeredMs, status, acknowledged } of provider.records().deliveries) {
      history.add({
        kind: 'webhook',
        ordinal: buyers.ordinals.get(reference) ?? null,
        invokedMs: sentMs,
        completedMs: answeredMs,
        outcome: acknowledged ? 'ok' : status === 0 ? 'unknown' : 'failed',
        status,
        subject: eventId,
      });
    }
  }
};

const booksOf = (
  world: RunningWorld,
  buyers: Buyers,
  rest: Pick<Books, 'earlierEntries'> & Awaited<ReturnType<RunningWorld['readLedger']>>,
): Books => {
  const records = world.providers.map((provider) => provider.records());
  return {
    ...rest,
    captured: records.flatMap(({ payments }) => payments),
    grants: records.flatMap(({ grants }) => grants),
    intents: buyers.intents,
  };
};

/** Refuses to test a system that is already wrong: every invariant must be free of witnesses before the first order. */
const proveSteadyState = async (world: RunningWorld): Promise<void> => {
  const books = booksOf(
    world,
    { intents: [], ordinals: new Map() },
    { ...(await world.readLedger()), earlierEntries: [] },
  );
  const broken = invariants.filter((invariant: Invariant) => auditOf(invariant, books).witnesses.length > 0);
  if (broken.length > 0) throw errors.notSteady(broken.map(({ id }) => id));
};

/** Adds the toxics, drives the traffic, removes everything again, and waits for rest. */
const disturb = async (world: RunningWorld, lab: Lab, plan: RunPlan, sites: FaultSites, clock: Clock) => {
  const history = new History();
  const watch = watchLedger(world, clock, ledgerLookEveryMs);
  for (const { link, name, toxic } of sites.toxics) await world.addToxic(link, name, toxic);
  const buyers = await executeTraffic(plan.traffic, { world, adapter: lab.target.http, clock, history });
  // Webhooks, grants and retries go on after the last buyer has paid; they too shall meet the faults.
  await settle(world, clock, lookEveryMs, underFaultsMsMax);
  sites.disarm();
  await world.removeToxics();
  const settled = await settle(world, clock, lookEveryMs, plan.scenario.settleMsMax);
  recordDeliveries(world, buyers, history);
  return { history, buyers, settled, earlierEntries: await watch.stop() };
};

/** Gives the alerts of what is violated the time that a busy machine needs; how late they were is reported anyway. */
const untilTold = async (audits: readonly Audit[], signals: SignalWatch, clock: Clock): Promise<void> => {
  const untilMs = clock.nowMs() + lateAlertMsMax;
  const violated = audits.filter(({ finding }) => finding === 'violated');
  const anySilent = (): boolean => violated.some(({ invariant }) => signals.isSilent(alertNameOf(invariant)));
  while (anySilent() && clock.nowMs() < untilMs) await sleep(clock, lookEveryMs);
};

/** Runs the request once in `lab`. Rejects only when the world cannot be started, healed or stopped. */
export const runScenario = async (lab: Lab, request: RunRequest, clock: Clock = systemClock): Promise<RunResult> => {
  const startedMs = clock.nowMs();
  const plan = planRun(request.scenario, request.seed, request.settings);
  const sites = armFaults(plan.scenario.faults, plan.random.fork('faults'));
  const world = await lab.world.start({
    target: lab.target,
    ...(request.variant === undefined ? {} : { variant: request.variant }),
    providers: plan.scenario.providers,
    random: plan.random,
    siteOf: sites.siteOf,
  });
  try {
    await proveSteadyState(world);
    const signals = await watchSignals(world, lab.target.id, lab.rules, clock);
    const { history, buyers, settled, earlierEntries } = await disturb(world, lab, plan, sites, clock);
    const signalDelayMs = (lab.target.signalDelayS * 1_000) / world.timeScale;
    await sleep(clock, signalDelayMs);
    const books = booksOf(world, buyers, { ...(await world.readLedger()), earlierEntries });
    const audits = invariants.map((invariant) => auditOf(invariant, books));
    await untilTold(audits, signals, clock);
    const { alarms, log } = await signals.stop();
    const testimonies = audits.map((audit) => testimonyOf(audit, alarms));
    const evidence = evidenceOf(plan.scenario, sites, world.hits(), history, plan.traffic);
    return {
      request,
      plan,
      startedMs,
      verdict: verdictOf(plan.scenario, testimonies, evidence, settled.restless),
      testimonies,
      evidence,
      books,
      records: world.providers.map((provider) => provider.records()),
      history,
      signals: log,
      logs: world.logs(),
      tookMs: clock.nowMs() - startedMs,
      settledMs: settled.tookMs,
      detectMsMax: signalDelayMs + signals.latencyMsMax,
    };
  } finally {
    await world.stop();
  }
};
