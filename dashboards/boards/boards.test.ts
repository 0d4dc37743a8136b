import { parser } from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { invariants } from '#harness/invariants/index';
import { type BoardPanel, readBoard } from '#harness/observe/board';
import { viewOf } from '#harness/observe/panel-view';
import { parsePromql } from '#harness/observe/promql/parse';
import { seriesIn } from '#harness/observe/promql/series-in';
import { createStore } from '#harness/observe/store';
import { generatedFiles } from '../generate.ts';
import { moneyBoardUid, runbookBoardUid } from '../links.ts';
import { observedInvariants } from '../observed.ts';
import { stubTarget } from '../stub-target.ts';
import { boardJson } from './finish.ts';
import { moneyBoard } from './money.ts';

interface PanelJson {
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: unknown;
  targets?: { refId: string; expr: string; legendFormat: string; instant?: boolean; datasource: unknown }[];
  fieldConfig?: { defaults: { unit?: string; mappings: unknown[]; thresholds: { steps: { value: number | null }[] } } };
  options?: { legend?: { showLegend: boolean } };
  links?: { url: string; placement?: string }[];
}

interface BoardJson {
  uid: string;
  editable: boolean;
  schemaVersion: number;
  description: string;
  panels: PanelJson[];
  links: { url: string; placement?: string }[];
  annotations: { list: { expr: string; target: { expr: string }; placement?: string }[] };
  templating: { list: { name: string; type: string; query: string }[] };
}

const boards = generatedFiles(stubTarget, invariants, '.')
  .filter(({ path }) => path.endsWith('.json'))
  .map(({ text }) => JSON.parse(text) as BoardJson);
const [money, runbooks] = boards as [BoardJson, BoardJson];
const charts = money.panels.filter(({ type }) => type !== 'row');
const observed = observedInvariants(invariants, stubTarget);
const chosenDatasource = { type: 'prometheus', uid: '$datasource' };

test('boards have stable, distinct uids that Grafana accepts, and cannot be edited in place', () => {
  expect(boards.map(({ uid }) => uid)).toEqual([moneyBoardUid, runbookBoardUid]);
  for (const board of boards) {
    expect(board.uid).toMatch(/^[a-zA-Z0-9_-]{8,40}$/);
    expect(board).toMatchObject({ editable: false, schemaVersion: 42 });
  }
  expect(money.templating.list).toMatchObject([{ name: 'datasource', type: 'datasource', query: 'prometheus' }]);
});

test('panels are numbered uniquely, rows included', () => {
  for (const { panels } of boards) expect(panels.map(({ id }) => id)).toEqual(panels.map((_panel, index) => index + 1));
});

test('panels lie within the 24 columns of the grid and do not overlap', () => {
  for (const { panels } of boards) {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_cell, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  }
});

test.each(charts)('$title: has description, unit, data source, lettered queries with legends', (panel) => {
  expect(panel.title).not.toBe('');
  expect(panel.description.length).toBeGreaterThan(40);
  expect(panel.fieldConfig?.defaults.unit).toMatch(/^(reqps|cps|short|suffix:.+)$/);
  expect(panel.datasource).toEqual(chosenDatasource);
  expect(panel.targets?.map(({ refId }) => refId)).toEqual(['A', 'B', 'C'].slice(0, panel.targets?.length));
  for (const target of panel.targets ?? []) {
    expect(target.datasource).toEqual(chosenDatasource);
    expect(target.legendFormat).not.toBe('');
  }
  if (panel.type === 'timeseries') expect(panel.options?.legend?.showLegend).toBe(true);
});

test.each(charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)))('parses: %s', (expr) => {
  const strict = parser.configure({ strict: true });
  expect(() => strict.parse(expr.replaceAll('$__rate_interval', '1m'))).not.toThrow();
  expect(expr).not.toContain('vector(');
  expect(expr).not.toContain('topple_');
});

test('each observed invariant has a panel that shows its signal as it is now, and its runbook', () => {
  const stats = charts.filter(({ type }) => type === 'stat');
  expect(stats.map(({ title }) => title)).toEqual(observed.map(({ invariant }) => invariant.claim));
  for (const [index, { invariant, expr }] of observed.entries()) {
    expect(stats[index]?.targets).toMatchObject([{ expr, instant: true, range: false }]);
    expect(stats[index]?.description).toContain(`dashboards/runbooks/${invariant.id}.md`);
    expect(stats[index]?.links?.[0]?.url).toBe(`/d/topple-runbooks?viewPanel=${index + 1}`);
    expect(runbooks.panels[index]).toMatchObject({ id: index + 1, title: expect.stringMatching(/^\w+: /) });
  }
});

test.each([0, 3, 0.5, 1_000_000])('a bound of %s is green, above it is red, no value is orange', (bound) => {
  const one = { ...(invariants.find(({ id }) => id === 'no-double-credit') ?? expect.unreachable()), bound };
  const panel = (JSON.parse(boardJson(moneyBoard([one], stubTarget))) as BoardJson).panels.find(
    (p) => p.type === 'stat',
  );
  const { steps } = panel?.fieldConfig?.defaults.thresholds ?? expect.unreachable();
  const colourOf = (value: number) => steps.findLast((step) => step.value === null || value >= step.value);
  expect(colourOf(bound)).toMatchObject({ color: 'green' });
  expect(colourOf(bound + 0.001)).toMatchObject({ color: 'red' });
  expect(colourOf(bound + 1)).toMatchObject({ color: 'red' });
  expect(panel?.fieldConfig?.defaults.mappings).toEqual([
    { type: 'special', options: { match: 'null+nan', result: { text: 'no data', color: 'orange' } } },
  ]);
});

test('links stay where Grafana has always shown them', () => {
  const links = [...money.links, ...charts.flatMap(({ links: own = [] }) => own)];
  expect(links.length).toBe(1 + observed.length);
  for (const link of links) expect(link.placement).toBeUndefined();
});

test('times in which faults were at work are marked, where a harness tells of them', () => {
  const [faults, ...others] = money.annotations.list;
  expect(others).toEqual([]);
  expect(faults).toMatchObject({ datasource: chosenDatasource, enable: true, titleFormat: '{{fault}} at {{at}}' });
  expect(faults?.expr).toBe(faults?.target.expr);
  expect(parsePromql(faults?.expr ?? '').type).toBe('vector');
  expect(faults?.placement).toBeUndefined();
});

/** A value for every series that the panel reads, at two moments, so that rates have something to say. */
const filled = (panel: BoardPanel, without?: string) => {
  const store = createStore();
  for (const name of panel.queries.flatMap(({ query }) => seriesIn(query.text))) {
    if (name === without) continue;
    for (const atMs of [0, 500]) store.append({ __name__: name, job: 'a' }, atMs, atMs);
  }
  return viewOf(panel, store, [500]).lines.length;
};

const read = readBoard({ path: 'topple-money.json', text: JSON.stringify(money) }, 1_000);

test.each(read.map((panel) => [panel.title, panel] as const))(
  '%s shows no data for a metric that is gone',
  (_title, panel) => {
    const metrics = panel.queries.flatMap(({ query }) => seriesIn(query.text));
    expect(metrics.length).toBeGreaterThanOrEqual(panel.queries.length);
    const whole = filled(panel);
    expect(whole).toBe(panel.queries.length);
    for (const metric of metrics) expect(filled(panel, metric), metric).toBeLessThan(whole);
    expect(viewOf(panel, createStore(), [500]).lines).toEqual([]);
  },
);

test('the board says which promises it cannot show', () => {
  const unwatched = invariants.filter(({ signal }) => signal === undefined).map(({ id }) => id);
  expect(money.description).toContain(`Promises that no series tells of: ${unwatched.join(', ')}.`);
  const { overcredited: _unmapped, ...signals } = stubTarget.signals;
  const watched = invariants.filter(({ signal }) => signal !== undefined);
  expect(moneyBoard(watched, { ...stubTarget, signals }).description).toContain('tells of: no-double-credit.');
});
