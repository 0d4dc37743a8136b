import { describe, expect, test } from 'vitest';
import { defineInvariant, type Invariant } from '#harness/invariant';
import { invariants } from '#harness/invariants/index';
import { checkPromql } from '#harness/observe/promql/parse';
import { observedInvariants } from './observed.ts';
import { durationOf, ruleFileOf, runScaleOf } from './rules.ts';
import { stubTarget } from './stub-target.ts';

const promise = (changes: Partial<Invariant>): Invariant =>
  defineInvariant({
    id: 'paid-once',
    covers: 'INV0',
    claim: 'Paid once.',
    meaning: 'Somebody paid twice.',
    severity: 'critical',
    unit: 'payments',
    signal: 'doubled',
    bound: 0,
    exercised: () => 1,
    witnesses: () => [],
    ...changes,
  });

const rulesOf = (changes: Partial<Invariant>, signal: string) =>
  ruleFileOf([promise(changes)], { scrapeIntervalS: 15, signals: { doubled: signal } }, 1).groups[0].rules;

test('an alert and its twin carry what the invariant declares', () => {
  expect(rulesOf({ bound: 2, severity: 'warning' }, 'sum(doubled)')).toEqual([
    {
      alert: 'PaidOnce',
      expr: 'sum(doubled) > 2',
      labels: { severity: 'warning', invariant: 'paid-once' },
      annotations: {
        summary: 'Paid once.',
        description: 'Somebody paid twice. Now {{ $value }} payments; more than 2 is a breach.',
        runbook_url: 'dashboards/runbooks/paid-once.md',
        dashboard_url: '/d/topple-money',
      },
    },
    {
      alert: 'PaidOnceAbsent',
      expr: 'absent(sum(doubled))',
      for: '30s',
      labels: { severity: 'warning', invariant: 'paid-once' },
      annotations: {
        summary: 'Nothing tells whether this still holds: Paid once.',
        description: expect.stringContaining('a quiet PaidOnce means nothing'),
        runbook_url: 'dashboards/runbooks/paid-once.md',
        dashboard_url: '/d/topple-money',
      },
    },
  ]);
});

test.each([
  { signal: 'sum(a)', expr: 'sum(a) > 0' },
  { signal: 'a or b', expr: '(a or b) > 0' },
  { signal: 'a - b', expr: '(a - b) > 0' },
])('the bound is compared with the whole of $signal', ({ signal, expr }) => {
  expect(rulesOf({}, signal)[0]?.expr).toBe(expr);
});

test('only invariants whose signal the target maps have rules', () => {
  const signalled = invariants.filter(({ signal }) => signal !== undefined);
  expect(observedInvariants(invariants, stubTarget).map(({ invariant }) => invariant)).toEqual(signalled);
  expect(rulesOf({ signal: 'unmapped' }, 'sum(a)')).toEqual([]);
});

test('a signal that is not PromQL is an error that names it', () => {
  expect(() => rulesOf({}, 'sum(a')).toThrow(expect.objectContaining({ code: 'invalid-promql' }));
});

test('every expression is one that runs can evaluate', () => {
  for (const { expr } of ruleFileOf(invariants, stubTarget, 1).groups[0].rules) {
    expect(() => checkPromql(expr), expr).not.toThrow();
  }
});

test('windows of a run are those of production divided by the scale', () => {
  const scale = runScaleOf(stubTarget);
  expect(scale).toBe(150);
  const windowsOf = (by: number) => {
    const group = ruleFileOf(invariants, stubTarget, by).groups[0];
    return { interval: group.interval, waits: new Set(group.rules.map((rule) => rule.for)) };
  };
  expect(windowsOf(1)).toEqual({ interval: '15s', waits: new Set([undefined, '30s']) });
  expect(windowsOf(scale)).toEqual({ interval: '100ms', waits: new Set([undefined, '200ms']) });
});

test('except for their windows, both rule files are the same', () => {
  const withoutWindows = (by: number) =>
    ruleFileOf(invariants, stubTarget, by).groups[0].rules.map(({ for: _wait, ...rule }) => rule);
  expect(withoutWindows(150)).toEqual(withoutWindows(1));
});

describe('durations', () => {
  test.each([
    { ms: 0, text: '0s' },
    { ms: 1, text: '1ms' },
    { ms: 1500, text: '1500ms' },
    { ms: 30_000, text: '30s' },
  ])('$ms ms is $text', ({ ms, text }) => expect(durationOf(ms)).toBe(text));
});
