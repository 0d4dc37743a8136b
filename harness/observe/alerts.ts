import type { Clock } from '../clock.ts';
import { errors, ToppleError } from '../errors.ts';
import { type AlertTransition, createAlertStates } from './alert-state.ts';
import { every } from './every.ts';
import { nameLabel, seriesText, withLabels } from './labels.ts';
import { queryAt } from './promql/evaluate.ts';
import type { Sample } from './promql/values.ts';
import type { RecordRule, RuleGroup } from './rules.ts';
import { createSource, type Reading } from './source.ts';
import type { SampleStore } from './store.ts';

/** How the evaluations of one rule went. A rule that failed told nothing: its silence is not quiet. */
export interface RuleHealth {
  readonly group: string;
  readonly rule: string;
  readonly evaluations: number;
  readonly failures: number;
  readonly lastFailure?: { readonly atMs: number; readonly error: ToppleError };
}

/** Evaluates rules when it is told to. */
export interface AlertEvaluator {
  /** Evaluates every rule at `atMs`, in order; returns the alerts that changed. */
  evaluate(atMs: number): readonly AlertTransition[];
  health(): readonly RuleHealth[];
}

/** What an evaluator reads and writes; `lookbackMs` as for `queryAt`. */
export interface AlertingOptions {
  readonly store: SampleStore;
  readonly rules: readonly RuleGroup[];
  readonly lookbackMs?: number;
}

/** One rule with its state: takes the answer of its expression, tells the series it makes of it. */
interface Machine {
  update(samples: readonly Sample[], atMs: number): readonly AlertTransition[];
  readings(): readonly Reading[];
}

const createRecorder = ({ name, labels }: RecordRule, fail: (problem: string) => Error): Machine => {
  let recorded: readonly Reading[] = [];
  return {
    update: (samples) => {
      const own = { ...labels, [nameLabel]: name };
      recorded = samples.map((sample) => ({ labels: withLabels(sample.labels, own), value: sample.value }));
      const texts = recorded.map((reading) => seriesText(reading.labels));
      const twice = texts.find((text, index) => texts.indexOf(text) !== index);
      if (twice !== undefined) throw fail(`two results are the same series ${twice}`);
      return [];
    },
    readings: () => recorded,
  };
};

const createRuleEvaluator = ({ store, lookbackMs }: AlertingOptions, rule: RuleGroup['rules'][number]) => {
  const fail = (problem: string): Error => errors.promqlFailed(rule.query.text, problem);
  const machine: Machine = rule.kind === 'alert' ? createAlertStates(rule, fail) : createRecorder(rule, fail);
  const source = createSource(store);
  return (atMs: number): readonly AlertTransition[] => {
    const answer = queryAt(rule.query, { store, atMs, ...(lookbackMs === undefined ? {} : { lookbackMs }) });
    const samples = answer.type === 'vector' ? answer.samples : [{ labels: {}, value: Number(answer.value) }];
    const transitions = machine.update(samples, atMs);
    source.tell(machine.readings(), atMs);
    return transitions;
  };
};

/**
 * Alerts as Prometheus evaluates them: inactive → pending → firing → inactive per label set, `for` and
 * `keep_firing_for` honoured, recording rules and the series `ALERTS` written back into the store.
 * A rule whose expression fails keeps its state, and its health says so.
 */
export const createAlertEvaluator = (options: AlertingOptions): AlertEvaluator => {
  const rules = options.rules.flatMap((group) =>
    group.rules.map((rule) => ({
      evaluate: createRuleEvaluator(options, rule),
      health: { group: group.name, rule: rule.name, evaluations: 0, failures: 0 } as RuleHealth,
    })),
  );
  return {
    health: () => rules.map(({ health }) => health),
    evaluate: (atMs) =>
      rules.flatMap((rule) => {
        const evaluations = rule.health.evaluations + 1;
        try {
          const transitions = rule.evaluate(atMs);
          rule.health = { ...rule.health, evaluations };
          return transitions;
        } catch (error) {
          if (!(error instanceof ToppleError)) throw error;
          const failures = rule.health.failures + 1;
          rule.health = { ...rule.health, evaluations, failures, lastFailure: { atMs, error } };
          return [];
        }
      }),
  };
};

/** Alerts that are being evaluated. */
export interface Alerting {
  /** All changes so far, in order of time. */
  readonly transitions: readonly AlertTransition[];
  health(): readonly RuleHealth[];
  stop(): void;
}

/**
 * Evaluates each group after `delayMs` (0: now) and then every `intervalMs`, or as often as the group itself says,
 * until stopped.
 */
export const startAlerting = ({
  clock,
  intervalMs,
  delayMs = 0,
  ...options
}: AlertingOptions & { clock: Clock; intervalMs: number; delayMs?: number }): Alerting => {
  const transitions: AlertTransition[] = [];
  const groups = options.rules.map((group) => {
    const evaluator = createAlertEvaluator({ ...options, rules: [group] });
    const tick = (dueMs: number): void => {
      transitions.push(...evaluator.evaluate(dueMs));
    };
    return { evaluator, stop: every(clock, group.intervalMs ?? intervalMs, tick, delayMs) };
  });
  return {
    transitions,
    health: () => groups.flatMap(({ evaluator }) => evaluator.health()),
    stop: () => {
      for (const { stop } of groups) stop();
    },
  };
};
