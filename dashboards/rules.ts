/** Prometheus alert rules, derived from the invariants: one per promise, and a twin that fires when nobody can see. */
import { alertNameOf, type Invariant } from '#harness/invariant';
import { moneyBoardUrl, runbookUrlOf } from './links.ts';
import { type Observable, type ObservedInvariant, observedInvariants } from './observed.ts';

/** An alert as Prometheus writes it; without `for` it fires at the first evaluation that sees it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string; readonly invariant: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
    readonly dashboard_url: string;
  };
}

/** A Prometheus rule file with one group; `interval` is how often Prometheus evaluates it. */
export interface RuleFile {
  readonly groups: readonly [
    { readonly name: string; readonly interval: string; readonly rules: readonly AlertRule[] },
  ];
}

/** The rules with production's windows, relative to the root of the repository. */
export const productionRulesPath = 'dashboards/generated/prometheus/production.rules.yml';

/** The same rules with the windows of a run. */
export const shortRunRulesPath = 'dashboards/generated/prometheus/short-run.rules.yml';

/** How often a run of the harness scrapes, in milliseconds; production's windows are scaled to it. */
export const runScrapeIntervalMs = 100;

/** How many times shorter than production's the windows of a run are. */
export const runScaleOf = (target: Observable): number => (target.scrapeIntervalS * 1000) / runScrapeIntervalMs;

/** The target's scrape interval in milliseconds, `scale` times shorter than in production. */
export const scrapeIntervalMsOf = (target: Observable, scale: number): number =>
  Math.max(1, Math.round((target.scrapeIntervalS * 1000) / scale));

/** Milliseconds as a Prometheus duration: `15s`, `200ms`. */
export const durationOf = (durationMs: number): string =>
  durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;

const labelsOf = ({ severity, id }: Invariant) => ({ severity, invariant: id });

const breachAlert = ({ invariant, expr }: ObservedInvariant): AlertRule => ({
  alert: alertNameOf(invariant),
  expr: `${expr} > ${invariant.bound}`,
  labels: labelsOf(invariant),
  annotations: {
    summary: invariant.claim,
    description: `${invariant.meaning} Now {{ $value }} ${invariant.unit}; more than ${invariant.bound} is a breach.`,
    runbook_url: runbookUrlOf(invariant.id),
    dashboard_url: moneyBoardUrl,
  },
});

/** Two scrapes, so that one that fails does not wake anybody. */
const blindAlert = ({ invariant, expr }: ObservedInvariant, scrapeIntervalMs: number): AlertRule => ({
  alert: `${alertNameOf(invariant)}Absent`,
  expr: `absent(${expr})`,
  for: durationOf(2 * scrapeIntervalMs),
  labels: labelsOf(invariant),
  annotations: {
    summary: `Nothing tells whether this still holds: ${invariant.claim}`,
    description: [
      `The signal has no series, so a quiet ${alertNameOf(invariant)} means nothing.`,
      'Find out why its exporter is not scraped, and check the books by hand until it is.',
    ].join(' '),
    runbook_url: runbookUrlOf(invariant.id),
    dashboard_url: moneyBoardUrl,
  },
});

/**
 * The rules of every invariant whose signal the target maps. `scale` is how many times shorter the windows are than in
 * production: 1 for production, `runScaleOf(target)` for runs. Bounds are amounts, not windows: they do not scale.
 */
export const ruleFileOf = (invariants: readonly Invariant[], target: Observable, scale: number): RuleFile => {
  const scrapeIntervalMs = scrapeIntervalMsOf(target, scale);
  const rules = observedInvariants(invariants, target).flatMap((observed) => [
    breachAlert(observed),
    blindAlert(observed, scrapeIntervalMs),
  ]);
  return { groups: [{ name: 'topple-invariants', interval: durationOf(scrapeIntervalMs), rules }] };
};
