/** promtool unit tests of the derived rules: at its bound a promise is quiet, above it fires, unseen its twin fires. */
import { alertNameOf, type Invariant } from '#harness/invariant';
import { type Observable, type ObservedInvariant, observedInvariants } from './observed.ts';
import { type AlertRule, durationOf, ruleFileOf, scrapeIntervalMsOf } from './rules.ts';

interface AlertTest {
  readonly eval_time: string;
  readonly alertname: string;
  /** Empty: the alert does not fire. */
  readonly exp_alerts: readonly { readonly exp_labels: object; readonly exp_annotations: object }[];
}

interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly AlertTest[];
}

/** A promtool test file; `rule_files` are relative to it. */
export interface RuleTestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly RuleTest[];
}

/** An aggregation without grouping over one selector with equality matchers: its value is that of its only series. */
const oneSeries = /^(?:sum|max|min|avg)\(\s*([a-zA-Z_:][\w:]*(?:\{(?:\w+="[^"{}]*",?\s*)*\})?)\s*\)$/;

/** The series of such an aggregation, or of several that are added up; none where it is anything else. */
const seriesIn = (expr: string): readonly string[] => {
  const terms = expr.replace(/^\((.*)\)$/, '$1').split(' + ');
  const found = terms.flatMap((term) => oneSeries.exec(term)?.[1] ?? []);
  return found.length === terms.length ? found : [];
};

const firing = ({ labels, annotations }: AlertRule, value: number) => ({
  exp_labels: labels,
  exp_annotations: { ...annotations, description: annotations.description.replace('{{ $value }}', String(value)) },
});

/** A story per series: scrapes 0 to 2 at the bound, 3 above it, then it goes stale and stays away; the others are 0. */
const storiesOf = (
  { invariant, expr }: ObservedInvariant,
  rules: readonly AlertRule[],
  scrapeIntervalMs: number,
): readonly RuleTest[] => {
  const name = alertNameOf(invariant);
  const breach = rules.find((rule) => rule.alert === name);
  const blind = rules.find((rule) => rule.alert === `${name}Absent`);
  if (breach === undefined || blind === undefined) return [];
  const above = invariant.bound + 1;
  const at = (scrape: number, rule: AlertRule, exp_alerts: AlertTest['exp_alerts']): AlertTest => ({
    eval_time: durationOf(scrape * scrapeIntervalMs),
    alertname: rule.alert,
    exp_alerts,
  });
  const all = seriesIn(expr);
  return all.map((series) => ({
    name:
      `${name}: quiet at ${invariant.bound}, fires at ${above}${all.length > 1 ? ` of ${series}` : ''}, ` +
      'its twin fires after two scrapes without data',
    interval: durationOf(scrapeIntervalMs),
    input_series: all.map((one) => ({
      series: one,
      values: one === series ? `${invariant.bound}x2 ${above} stale _x3` : '0x6',
    })),
    alert_rule_test: [
      at(2, breach, []),
      at(2, blind, []),
      at(3, breach, [firing(breach, above)]),
      at(4, breach, []),
      at(5, blind, []),
      at(6, blind, [firing(blind, 1)]),
    ],
  }));
};

/**
 * The tests of `ruleFileOf(invariants, target, scale)`, stored as `ruleFileName` beside them. A signal that is computed
 * otherwise than by adding up gets none, because its inputs at a given value cannot be derived.
 */
export const ruleTestsOf = (
  invariants: readonly Invariant[],
  target: Observable,
  scale: number,
  ruleFileName: string,
): RuleTestFile => {
  const scrapeIntervalMs = scrapeIntervalMsOf(target, scale);
  const { rules } = ruleFileOf(invariants, target, scale).groups[0];
  return {
    rule_files: [ruleFileName],
    evaluation_interval: durationOf(scrapeIntervalMs),
    tests: observedInvariants(invariants, target).flatMap((observed) => storiesOf(observed, rules, scrapeIntervalMs)),
  };
};
