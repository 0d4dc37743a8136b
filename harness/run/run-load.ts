/** One load: k6 lets its buyers loose on a running system, faults come and go, and the books are audited as ever. */
import { join } from 'node:path';
import type { FoundProgram } from '../binaries/find.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { PlannedFault } from '../fault.ts';
import { type K6Outcome, runK6 } from '../k6/run-k6.ts';
import { loadErrors } from '../load-errors.ts';
import { drawValues } from '../params.ts';
import type { HttpAdapter } from '../target.ts';
import type { Outside } from '../world.ts';
import type { Drive, Told } from './drive.ts';
import type { LoadOutcome } from './load-outcome.ts';
import { tellProgress } from './load-progress.ts';
import { verdictWith } from './load-verdict.ts';
import type { RunPlan } from './plan.ts';
import { amplificationOf, outingOf, providerOn } from './provider-effort.ts';
import type { RunRequest, RunResult } from './result.ts';
import { type Lab, runScenario } from './run-scenario.ts';

/** A load as it is to be run. */
export interface LoadRun {
  /** With every fault but those of the timeline. */
  readonly request: RunRequest;
  /** Faults with a time of their own. */
  readonly timeline: readonly PlannedFault[];
  /** Runs it without the timeline first, to compare. */
  readonly isCompared: boolean;
  readonly k6: FoundProgram;
  /** Path of the script. */
  readonly script: string;
  readonly runId: string;
  /** Where k6 leaves its summaries. */
  readonly folder: string;
  /** Of the process that topple was started in; the script may want some of it. */
  readonly env: Readonly<Record<string, string>>;
}

/** `ordersPerSecond` becomes `TOPPLE_ORDERS_PER_SECOND`. */
const variableOf = (param: string): string =>
  `TOPPLE_${param.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** What the script is told: where the system and the cashier are, and what the plan drew for it. */
const environmentFor = (
  { env, runId }: LoadRun,
  { scenario, seed, random }: RunPlan,
  { apiUrl, providerUrls }: Outside,
  adapter: HttpAdapter,
): Record<string, string> => {
  const values = drawValues(scenario.workload.ranges, random.fork('workload'));
  const payment = scenario.providers.find(({ serves }) => serves === 'payment')?.id ?? '';
  return {
    ...env,
    TOPPLE_API_URL: apiUrl,
    TOPPLE_API_HEADERS: JSON.stringify(adapter.readOrder('any').headers ?? {}),
    TOPPLE_PAY_URL: `${providerUrls[payment]}/__topple/pay`,
    TOPPLE_SEED: String(seed),
    TOPPLE_RUN_ID: runId,
    ...Object.fromEntries(Object.entries(values).map(([param, value]) => [variableOf(param), String(value)])),
  };
};

/** The drive of a k6 script; `heard` gets what came of it. */
const byK6 =
  (run: LoadRun, summaryName: string, clock: Clock, heard: (outcome: K6Outcome) => void) =>
  (plan: RunPlan): Drive =>
  async ({ world, adapter, told }) => {
    const { k6, script, runId, folder } = run;
    const { outside } = world;
    if (outside === undefined) throw loadErrors.noOutside();
    const stopTelling = tellProgress(world, plan, clock, told);
    const job = { k6, script, testId: runId, summaryFile: join(folder, summaryName) };
    const env = environmentFor(run, plan, outside, adapter);
    const outcome = await runK6({ ...job, env }, outside).finally(stopTelling);
    if (outcome.end === 'unusable') throw loadErrors.unusableLoad(outcome.script, outcome);
    heard(outcome);
    await world.catchUp?.();
    const { orders } = await world.readLedger();
    const count = world.providers.reduce((sum, provider) => sum + provider.records().payments.length, 0);
    return {
      intents: [],
      ordinals: new Map(),
      wallets: [...new Set(orders.map(({ wallet }) => wallet))],
      unreadable: [],
      evidence: [{ what: 'payments by the buyers of k6', count, least: 1 }],
    };
  };

const outcomeOf = (k6: K6Outcome, result: RunResult, calmK6?: K6Outcome, calm?: RunResult): LoadOutcome => {
  const windows = result.faultWindows.flatMap((window) => {
    const provider = providerOn(result, window.at);
    return provider === undefined ? [] : { window, provider };
  });
  const [first] = windows;
  return {
    k6,
    ...(calmK6 === undefined ? {} : { calmK6 }),
    outings: windows.map(({ window, provider }) => outingOf(result, window, provider, calm)),
    ...(calm === undefined || first === undefined
      ? {}
      : { amplification: amplificationOf(calm, result, first.provider) }),
  };
};

/** Lets what is told begin with `part`. */
const during =
  (part: string, told: Told): Told =>
  (doing) =>
    told(`${part}: ${doing}`);

/**
 * Runs the load once, or twice to compare, and judges it: by the books, by the script's own thresholds, and by how hard
 * the system tries when a provider is away. Throws `unusableLoad`, and what `runScenario` throws.
 */
export const runLoad = async (
  lab: Lab,
  run: LoadRun,
  { clock = systemClock, told = () => {} }: { readonly clock?: Clock; readonly told?: Told } = {},
): Promise<RunResult> => {
  const once = async (part: string, faults: readonly PlannedFault[], summaryName: string) => {
    const scenario = { ...run.request.scenario, faults: [...run.request.scenario.faults, ...faults] };
    const owners = [scenario.workload.workload.id, ...scenario.faults.map(({ fault }) => fault.id)];
    const settings = run.request.settings.filter(({ owner }) => owner === 'orders' || owners.includes(owner));
    const request = { ...run.request, scenario, settings };
    let k6: K6Outcome | undefined;
    const drive = byK6(run, summaryName, clock, (outcome) => {
      k6 = outcome;
    });
    const result = await runScenario(lab, request, { clock, told: during(part, told), drive });
    return { result, k6: k6 as unknown as K6Outcome };
  };
  const calm = run.isCompared ? await once('calm', [], 'k6-calm-summary.json') : undefined;
  const { result, k6 } = await once(run.timeline.length > 0 ? 'faults' : 'load', run.timeline, 'k6-summary.json');
  const load = outcomeOf(k6, result, calm?.k6, calm?.result);
  const logs = { ...result.logs, k6: k6.output };
  return { ...result, logs, load, verdict: verdictWith(result.verdict, load, calm?.result.verdict) };
};
