import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findProgram } from '#harness/binaries/find';
import { defineInvariant } from '#harness/invariant';
import { invariants } from '#harness/invariants/index';
import { generatedFiles } from './generate.ts';
import { ruleTestsOf } from './promtool.ts';
import { ruleFileOf } from './rules.ts';
import { stubTarget } from './stub-target.ts';

const testsOf = (signals: Record<string, string>) =>
  ruleTestsOf(invariants, { ...stubTarget, signals }, 1, 'r.yml').tests;

test('every rule is tested quiet and firing', () => {
  const { tests } = ruleTestsOf(invariants, stubTarget, 1, 'r.yml');
  const checks = tests.flatMap((story) => story.alert_rule_test);
  for (const { alert } of ruleFileOf(invariants, stubTarget, 1).groups[0].rules) {
    const expected = checks.filter((check) => check.alertname === alert).map((check) => check.exp_alerts.length);
    expect([...new Set(expected)].toSorted(), alert).toEqual([0, 1]);
  }
});

test('the inputs of a test are the series that the signal reads', () => {
  const story = testsOf({ overcredited: 'sum(topup_payments_overcredited{job="a"})' })[0];
  expect(story?.input_series).toEqual([{ series: 'topup_payments_overcredited{job="a"}', values: '0x2 1 stale _x3' }]);
});

test('of series that are added up, each is tested while the others are 0', () => {
  const stories = testsOf({ overcredited: 'sum(a) + sum(b)' });
  expect(stories.map(({ input_series }) => input_series.map(({ values }) => values))).toEqual([
    ['0x2 1 stale _x3', '0x6'],
    ['0x6', '0x2 1 stale _x3'],
  ]);
});

test.each(['sum(a) - sum(b)', 'sum(a) + b', 'sum(a{b=~"c"})', 'sum by (c) (a)', 'a'])(
  '%s has inputs that cannot be derived',
  (signal) => {
    expect(testsOf({ overcredited: signal })).toEqual([]);
  },
);

test('the expected description shows the value above the bound', () => {
  const invariant = defineInvariant({
    ...(invariants.find(({ id }) => id === 'no-double-credit') ?? expect.unreachable()),
    bound: 4,
  });
  const checks = ruleTestsOf([invariant], stubTarget, 1, 'r.yml').tests[0]?.alert_rule_test;
  expect(checks?.[2]?.exp_alerts[0]?.exp_annotations).toMatchObject({ description: expect.stringContaining('Now 5 ') });
});

describe('promtool', async () => {
  const promtool = await findProgram('promtool');

  test.for(['production', 'short-run'])('accepts the %s rules and their tests', (name, context) => {
    if (promtool.path === undefined) return context.skip(promtool.reason);
    const root = mkdtempSync(join(tmpdir(), 'topple-promtool-'));
    try {
      for (const { path, text } of generatedFiles(stubTarget, invariants, '.')) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      const folder = join(root, 'dashboards/generated/prometheus');
      execFileSync(promtool.path, ['check', 'rules', `${name}.rules.yml`], { cwd: folder, stdio: 'pipe' });
      execFileSync(promtool.path, ['test', 'rules', `${name}.rules_test.yml`], { cwd: folder, stdio: 'pipe' });
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
