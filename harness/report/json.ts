/** A run as JSON: the same shape in `verdict.json` and on standard output with `--json`. */
import { alertNameOf } from '../invariant.ts';
import type { K6Outcome } from '../k6/run-k6.ts';
import type { Testimony } from '../run/agreement.ts';
import type { LoadOutcome } from '../run/load-outcome.ts';
import { type RunPlan, settingText } from '../run/plan.ts';
import type { RunRequest, RunResult } from '../run/result.ts';
import { untestedIn } from './untested.ts';
import { rerunOf } from './words.ts';

/** Indented JSON in which a bigint is its decimal text. */
export const toJson = (value: unknown, indentChars?: number): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item), indentChars);

/** Version of the shapes below; it rises when a reader would have to change. */
const journalVersion = 4;

/** What k6 printed has a log of its own. */
const k6Document = ({ output: _, ...k6 }: K6Outcome) => k6;

const loadDocument = ({ k6, calmK6, ...load }: LoadOutcome) => ({
  k6: k6Document(k6),
  ...(calmK6 === undefined ? {} : { calmK6: k6Document(calmK6) }),
  ...load,
});

/** What the books found about one promise, and what alert and panel said of it. */
export const testimonyDocument = (testimony: Testimony) => {
  const { audit, agreement, alert, panel, colour, detectMs, clearMs, late, allowedMs } = testimony;
  return {
    id: audit.invariant.id,
    finding: audit.finding,
    exercised: audit.exercised,
    ...(audit.reason === undefined ? {} : { reason: audit.reason }),
    alert: alertNameOf(audit.invariant),
    agreement,
    alertSaid: alert,
    panelSaid: panel,
    colour: colour ?? null,
    detectMs: detectMs ?? null,
    clearMs: clearMs ?? null,
    late: late ?? false,
    allowedMs,
    witnesses: audit.witnesses,
  };
};

/** The verdict with its grounds. */
export const verdictDocument = (result: RunResult, runId: string) => ({
  version: journalVersion,
  run: runId,
  scenario: result.request.scenario.id,
  seed: result.request.seed,
  variant: result.request.variant ?? null,
  lie: result.request.lie?.id ?? null,
  finding: result.verdict.finding,
  reasons: result.verdict.reasons,
  startedMs: result.startedMs,
  tookMs: result.tookMs,
  settledMs: result.settledMs,
  ...(result.load === undefined ? {} : { load: loadDocument(result.load) }),
  evidence: result.evidence,
  invariants: result.testimonies.map(testimonyDocument),
  faultWindows: result.faultWindows.map(({ faultIndex: _, ...window }) => window),
  failedScrapes: result.signals.failedScrapes,
  system: result.system.id,
  world: result.system.world,
  versions: result.system.versions,
  untested: untestedIn(result),
  rerun: rerunOf(result.request, result.system.command),
});

/** What a replay needs: the request, and the plan that the seed made of it. */
export const choicesOf = (request: RunRequest, plan: RunPlan) => ({
  version: journalVersion,
  scenario: request.scenario.id,
  ...(request.file === undefined ? {} : { file: request.file }),
  seed: request.seed,
  variant: request.variant ?? null,
  lie: request.lie?.id ?? null,
  ...(request.load === undefined ? {} : { load: request.load }),
  settings: request.settings.map(settingText),
  faults: plan.scenario.faults.map(({ fault, at, ranges, during }) => ({
    fault: fault.id,
    at: { id: at.id, ...(at.operation === undefined ? {} : { operation: at.operation }) },
    ranges,
    ...(during === undefined ? {} : { during }),
  })),
  traffic: plan.traffic,
});
