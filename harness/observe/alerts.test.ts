import { describe, expect, test } from 'vitest';
import { steppedClock } from '../clock.ts';
import { createAlertEvaluator, startAlerting } from './alerts.ts';
import { seriesText } from './labels.ts';
import { queryAt } from './promql/evaluate.ts';
import { parseRules } from './rules.ts';
import { createStore, type SampleStore } from './store.ts';

const rulesOf = (rules: string) => parseRules({ path: 'rules.yml', text: `groups: [{ name: g, rules: [${rules}] }]` });

/** Evaluates `rules` once a second while `level` has these values; undefined means that it has no sample. */
const play = (rules: string, levels: readonly (number | undefined)[]): readonly string[] => {
  const store = createStore();
  const evaluator = createAlertEvaluator({ store, rules: rulesOf(rules), lookbackMs: 1_000 });
  return levels.flatMap((level, second) => {
    if (level !== undefined) store.append({ __name__: 'level', zone: 'a' }, second * 1_000, level);
    return evaluator.evaluate(second * 1_000).map(({ atMs, from, to, value }) => `${atMs} ${from} -> ${to} ${value}`);
  });
};

const none = undefined;

describe('the states of an alert', () => {
  test.each([
    { rule: 'for: 0s', levels: [0, 1, 2, 0], story: ['1000 inactive -> firing 1', '3000 firing -> inactive 2'] },
    {
      rule: 'for: 2s',
      levels: [1, 1, 3, 0],
      story: ['0 inactive -> pending 1', '2000 pending -> firing 3', '3000 firing -> inactive 3'],
    },
    {
      rule: 'for: 2s',
      levels: [1, 1, 0, 1, none],
      story: [
        '0 inactive -> pending 1',
        '2000 pending -> inactive 1',
        '3000 inactive -> pending 1',
        '4000 pending -> inactive 1',
      ],
    },
    {
      rule: 'keep_firing_for: 2s',
      levels: [1, 0, 0, 0],
      story: ['0 inactive -> firing 1', '3000 firing -> inactive 1'],
    },
    {
      rule: 'keep_firing_for: 2s',
      levels: [1, 0, 1, 0, 0, 0],
      story: ['0 inactive -> firing 1', '5000 firing -> inactive 1'],
    },
    { rule: 'for: 0s', levels: [0, none, -1], story: [] },
  ])('$rule, $levels', ({ rule, levels, story }) => {
    expect(play(`{ alert: A, expr: level > 0, ${rule} }`, levels)).toEqual(story);
  });
});

test('each label set has an alert of its own, with the labels and annotations of the rule', () => {
  const store = createStore();
  const rules = rulesOf(
    `{ alert: A, expr: level > 0, labels: { severity: page, zone: "{{ $labels.zone }}!" },
       annotations: { s: "{{ $value }}" } }`,
  );
  const evaluator = createAlertEvaluator({ store, rules });
  for (const zone of ['a', 'b']) store.append({ __name__: 'level', zone }, 0, 1.5);
  expect(evaluator.evaluate(0).map(({ labels, annotations }) => ({ labels, annotations }))).toEqual([
    { labels: { alertname: 'A', severity: 'page', zone: 'a!' }, annotations: { s: '1.5' } },
    { labels: { alertname: 'A', severity: 'page', zone: 'b!' }, annotations: { s: '1.5' } },
  ]);
});

test('a rule whose expression fails keeps its state, and its health says so', () => {
  const store = createStore();
  const rules = rulesOf('{ alert: A, expr: level * on(zone) other > 0 }, { alert: B, expr: vector(1) }');
  const evaluator = createAlertEvaluator({ store, rules });
  store.append({ __name__: 'level', zone: 'a' }, 0, 1);
  store.append({ __name__: 'other', zone: 'a' }, 0, 1);
  expect(evaluator.evaluate(0).map(({ alert, to }) => `${alert} ${to}`)).toEqual(['A firing', 'B firing']);
  store.append({ __name__: 'other', zone: 'a', more: 'x' }, 1_000, 1);
  expect(evaluator.evaluate(1_000)).toEqual([]);
  expect(seriesAt(store, 'ALERTS{alertname="A"}', 1_000)).toEqual([
    'ALERTS{alertname="A",alertstate="firing",zone="a"} 1',
  ]);
  const [failing, sound] = evaluator.health();
  expect(failing).toMatchObject({ group: 'g', rule: 'A', evaluations: 2, failures: 1, lastFailure: { atMs: 1_000 } });
  expect(failing?.lastFailure?.error.code).toBe('promql-failed');
  expect(sound).toEqual({ group: 'g', rule: 'B', evaluations: 2, failures: 0 });
});

test('two results that the labels of the rule make one alert are a failure', () => {
  const store = createStore();
  const evaluator = createAlertEvaluator({ store, rules: rulesOf('{ alert: A, expr: level, labels: { zone: x } }') });
  for (const zone of ['a', 'b']) store.append({ __name__: 'level', zone }, 0, 1);
  expect(evaluator.evaluate(0)).toEqual([]);
  expect(evaluator.health()[0]?.lastFailure?.error.message).toContain('two results are the same alert');
});

const seriesAt = (store: SampleStore, expression: string, atMs: number): readonly string[] => {
  const answer = queryAt(expression, { store, atMs });
  if (answer.type !== 'vector') throw new TypeError('no vector');
  return answer.samples.map(({ labels, value }) => `${seriesText(labels)} ${value}`);
};

test('ALERTS and recording rules can be queried, and end when their cause does', () => {
  const store = createStore();
  const rules = rulesOf(
    '{ record: zone:level, expr: level * 2, labels: { by: rule } }, { alert: A, expr: zone:level > 3, for: 1s }',
  );
  const evaluator = createAlertEvaluator({ store, rules });
  store.append({ __name__: 'level', zone: 'a' }, 0, 2);
  evaluator.evaluate(0);
  expect(seriesAt(store, 'zone:level', 0)).toEqual(['zone:level{by="rule",zone="a"} 4']);
  expect(seriesAt(store, 'ALERTS', 0)).toEqual(['ALERTS{alertname="A",alertstate="pending",by="rule",zone="a"} 1']);
  evaluator.evaluate(1_000);
  expect(seriesAt(store, 'ALERTS', 1_000)).toEqual(['ALERTS{alertname="A",alertstate="firing",by="rule",zone="a"} 1']);
  expect(seriesAt(store, 'ALERTS_FOR_STATE', 1_000)).toEqual(['ALERTS_FOR_STATE{alertname="A",by="rule",zone="a"} 0']);
  store.append({ __name__: 'level', zone: 'a' }, 2_000, null);
  evaluator.evaluate(2_000);
  expect(seriesAt(store, '{zone="a"}', 2_000)).toEqual([]);
});

test('startAlerting evaluates on the clock, each group at its own pace, until it is stopped', () => {
  const clock = steppedClock(0);
  const store = createStore();
  const text = `groups:
  - { name: quick, rules: [{ alert: Quick, expr: level > 0 }] }
  - { name: slow, interval: 3s, rules: [{ alert: Slow, expr: level > 0 }] }`;
  const alerting = startAlerting({ clock, store, rules: parseRules({ path: 'r', text }), intervalMs: 1_000 });
  clock.advance(500);
  store.append({ __name__: 'level' }, 500, 1);
  clock.advance(2_499);
  clock.advance(1);
  alerting.stop();
  store.append({ __name__: 'level' }, 3_001, 0);
  clock.advance(60_000);
  expect(alerting.transitions.map(({ alert, atMs, to }) => `${alert} ${to} ${atMs}`)).toEqual([
    'Quick firing 1000',
    'Slow firing 3000',
  ]);
  expect(alerting.health().map(({ rule, evaluations }) => `${rule} ${evaluations}`)).toEqual(['Quick 4', 'Slow 2']);
});
