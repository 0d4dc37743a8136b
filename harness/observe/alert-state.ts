import { type Labels, nameLabel, seriesText, withLabels } from './labels.ts';
import type { Sample } from './promql/values.ts';
import type { AlertRule } from './rules.ts';
import type { Reading } from './source.ts';
import type { Template } from './template.ts';

/** `pending`: the expression holds, but not yet for as long as `for` asks. */
export type AlertState = 'inactive' | 'pending' | 'firing';

/** One alert changed its state; `from` inactive to `firing` at once where the rule has no `for`. */
export interface AlertTransition {
  readonly alert: string;
  /** Without the metric's name, with the labels of the rule and `alertname`. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly atMs: number;
  readonly from: AlertState;
  readonly to: AlertState;
  /** The value of the expression, or the last one it had. */
  readonly value: number;
}

interface Alert {
  readonly labels: Labels;
  annotations: Readonly<Record<string, string>>;
  value: number;
  state: AlertState;
  readonly sinceMs: number;
  /** Since when the expression no longer holds for it. */
  goneSinceMs: number | undefined;
}

/** The alerts of one rule, one per label set. */
export interface AlertStates {
  /** Takes the answer of the rule's expression at `atMs`; throws when two results are the same alert. */
  update(samples: readonly Sample[], atMs: number): readonly AlertTransition[];
  /** The series `ALERTS` and `ALERTS_FOR_STATE`, as Prometheus writes them. */
  readings(): readonly Reading[];
}

const render = (templates: Readonly<Record<string, Template>>, sample: Sample): Record<string, string> =>
  Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, template(sample)]));

/** How one alert goes on after an evaluation in which its expression held (`holds`) or not. */
const nextState = ({ forMs, keepFiringForMs }: AlertRule, alert: Alert, holds: boolean, atMs: number): AlertState => {
  if (holds) return alert.state === 'firing' || atMs - alert.sinceMs >= forMs ? 'firing' : 'pending';
  const goneMs = atMs - (alert.goneSinceMs ?? atMs);
  return alert.state === 'firing' && goneMs < keepFiringForMs ? 'firing' : 'inactive';
};

/** No alert is active at the start. `fail` makes the error for results that cannot be told apart. */
export const createAlertStates = (rule: AlertRule, fail: (problem: string) => Error): AlertStates => {
  const active = new Map<string, Alert>();

  /** Opens or refreshes the alert of each result; returns their keys. */
  const note = (samples: readonly Sample[], atMs: number): ReadonlySet<string> => {
    const held = new Set<string>();
    for (const sample of samples) {
      const own = { ...render(rule.labels, sample), alertname: rule.name, [nameLabel]: '' };
      const labels = withLabels(sample.labels, own);
      const text = seriesText(labels);
      if (held.has(text)) throw fail(`two results are the same alert ${text}`);
      held.add(text);
      const annotations = render(rule.annotations, sample);
      const alert = active.get(text) ?? { labels, state: 'inactive', sinceMs: atMs };
      active.set(text, { ...alert, annotations, value: sample.value, goneSinceMs: undefined });
    }
    return held;
  };

  return {
    update: (samples, atMs) => {
      const held = note(samples, atMs);
      const transitions: AlertTransition[] = [];
      for (const [text, alert] of active) {
        if (!held.has(text)) alert.goneSinceMs ??= atMs;
        const { labels, annotations, value, state: from } = alert;
        const to = nextState(rule, alert, held.has(text), atMs);
        if (from !== to) transitions.push({ alert: rule.name, labels, annotations, atMs, from, to, value });
        alert.state = to;
        if (to === 'inactive') active.delete(text);
      }
      return transitions;
    },
    readings: () =>
      [...active.values()].flatMap(({ labels, state, sinceMs }) => [
        { labels: withLabels(labels, { [nameLabel]: 'ALERTS', alertstate: state }), value: 1 },
        { labels: withLabels(labels, { [nameLabel]: 'ALERTS_FOR_STATE' }), value: Math.floor(sinceMs / 1000) },
      ]),
  };
};
