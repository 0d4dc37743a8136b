import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alertNameOf } from '#harness/invariant';
import { invariants } from '#harness/invariants/index';
import { seriesIn } from '#harness/observe/promql/series-in';
import { funnelPanels, providerPanels, waitingPanels } from './boards/funnel.ts';
import { ruleFileOf } from './rules.ts';
import { stubTarget } from './stub-target.ts';

const root = new URL('../', import.meta.url);
const alerts = ruleFileOf(invariants, stubTarget, 1).groups[0].rules;

/** What every runbook promises to answer, in this order (requirements L1, L4). */
const sections = [
  'Check first',
  'Where to look',
  'Which metric shows the cause',
  'Stop the harm',
  'Resume safely',
  'Tell customers',
  'Do not',
];

test.each(alerts)('$alert: its runbook answers every question', ({ alert, annotations, labels }) => {
  const text = readFileSync(new URL(annotations.runbook_url, root), 'utf8');
  const invariant = invariants.find(({ id }) => id === labels.invariant) ?? expect.unreachable();
  const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual([...sections, `When ${alertNameOf(invariant)}Absent fires`]);
  expect(text).toMatch(new RegExp(`^# ${alertNameOf(invariant)}: `));
  expect(text).toContain(alert);
  expect(text).toContain(annotations.dashboard_url);
});

test('runbooks send their reader to panels and series that exist', () => {
  const panels = [...funnelPanels, ...providerPanels, ...waitingPanels];
  const exprs = panels.flatMap(({ lines }) => Object.values(lines)).concat(Object.values(stubTarget.signals));
  const series = new Set(exprs.flatMap((expr) => seriesIn(expr.replaceAll('$__rate_interval', '1m'))));
  for (const { annotations } of alerts) {
    const text = readFileSync(new URL(annotations.runbook_url, root), 'utf8');
    const [, whereToLook = ''] = text.split(/^## Where to look$/m);
    const quoted = [...(whereToLook.split(/^## /m)[0] ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1]);
    expect(quoted.length, annotations.runbook_url).toBeGreaterThan(0);
    for (const title of quoted) expect(panels.map((panel) => panel.title)).toContain(title);
    const named = [...text.matchAll(/`(topup_\w+)`/g)]
      .map((match) => match[1])
      .filter((name) => name !== 'topup_auditor');
    for (const name of named) expect([...series], annotations.runbook_url).toContain(name);
  }
});

test('no section of a runbook is empty', () => {
  for (const { annotations } of alerts) {
    const text = readFileSync(new URL(annotations.runbook_url, root), 'utf8');
    for (const part of text.split(/^## .+$/m).slice(1)) expect(part.trim(), annotations.runbook_url).not.toBe('');
  }
});

test('there is no runbook without an alert', () => {
  const files = readdirSync(new URL('runbooks', import.meta.url)).toSorted();
  expect(files).toEqual([...new Set(alerts.map(({ labels }) => `${labels.invariant}.md`))].toSorted());
});

test('Grafana would read a dollar sign in a runbook as a variable', () => {
  for (const { annotations } of alerts) {
    expect(readFileSync(new URL(annotations.runbook_url, root), 'utf8'), annotations.runbook_url).not.toContain('$');
  }
});
