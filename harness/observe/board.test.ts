import { expect, test } from 'vitest';
import { readBoard } from './board.ts';
import { coloursOf, isMoving, viewOf } from './panel-view.ts';
import { createStore } from './store.ts';

const steps = [
  { value: null, color: 'green' },
  { value: 0.5, color: 'red' },
];
const noData = [{ type: 'special', options: { match: 'null+nan', result: { color: 'orange' } } }];
const stat = {
  id: 2,
  type: 'stat',
  title: 'Broken promises',
  targets: [{ expr: 'sum(x)', legendFormat: 'now' }],
  options: { reduceOptions: { calcs: ['last'], values: false } },
  fieldConfig: { defaults: { unit: 'suffix:payments', mappings: noData, thresholds: { mode: 'absolute', steps } } },
};
const lines = {
  id: 3,
  type: 'timeseries',
  title: 'Rates',
  targets: [{ expr: 'rate(y[$__rate_interval])', legendFormat: 'of {{kind}}' }, { expr: 'x' }],
};

const boardOf = (...panels: object[]) => ({ path: 'board.json', text: JSON.stringify({ panels }) });
const onePanel = (panel: object) => readBoard(boardOf(panel), 1_000)[0] ?? expect.unreachable();

/** A store in which x has these values, a second apart; null ends the series. */
const storeOf = (values: readonly (number | null)[]) => {
  const store = createStore();
  for (const [second, value] of values.entries()) store.append({ __name__: 'x' }, second * 1_000, value);
  return store;
};

const momentsOf = (values: readonly unknown[]) => values.map((_value, second) => second * 1_000);

test('rows are left out, queries get their windows, a panel without thresholds judges nothing', () => {
  const [first, second] = readBoard(boardOf({ type: 'row', title: 'Row' }, stat, lines), 400);
  expect(first).toMatchObject({ id: 2, kind: 'stat', unit: 'suffix:payments', noDataColour: 'orange' });
  expect(first?.steps).toEqual([
    { fromValue: -Infinity, colour: 'green' },
    { fromValue: 0.5, colour: 'red' },
  ]);
  expect(second?.queries.map(({ query }) => query.text)).toEqual(['rate(y[400ms])', 'x']);
  expect(second?.steps).toEqual([]);
});

test.each([
  ['a type that is not drawn', { type: 'gauge' }, 'its type gauge is not drawn here'],
  ['another reduction', { options: { reduceOptions: { calcs: ['lastNotNull'] } } }, 'it does not show the last value'],
  ['relative thresholds', { fieldConfig: { defaults: { thresholds: { mode: 'percentage', steps } } } }, 'percentage'],
  [
    'thresholds out of order',
    { fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps: steps.toReversed() } } } },
    'do not ascend',
  ],
  ['no query', { targets: [] }, 'it asks for nothing'],
])('%s is refused by name', (_what, part, problem) => {
  const read = () => readBoard(boardOf({ ...stat, ...part }), 1_000);
  expect(read).toThrow(expect.objectContaining({ code: 'invalid-board' }));
  expect(read).toThrow(/Broken promises: /);
  expect(read).toThrow(problem);
});

test.each([
  ['stays green at its bound', [0, 0.4], ['green']],
  ['turns red above it, and green again', [0, 1, 1, 0], ['green', 'red', 'green']],
  ['is orange once its series has ended', [0, null], ['green', 'orange']],
  ['is orange for a value that is no number', [Number.NaN], ['orange']],
])('the panel %s', (_what, values, colours) => {
  const moments = momentsOf(values);
  const view = viewOf(onePanel(stat), storeOf(values), moments);
  expect(coloursOf(view, moments).map(({ colour }) => colour)).toEqual(colours);
});

test('a panel without a mapping shows a missing value in its lowest colour, as Grafana does', () => {
  const defaults = { ...stat.fieldConfig.defaults, mappings: [] };
  const view = viewOf(onePanel({ ...stat, fieldConfig: { defaults } }), createStore(), [0]);
  expect(coloursOf(view, [0])).toEqual([{ atMs: 0, colour: 'green' }]);
});

test('of several values the worst gives the colour', () => {
  const store = storeOf([0]);
  store.append({ __name__: 'x', currency: 'USD' }, 0, 7);
  const view = viewOf(onePanel({ ...stat, targets: [{ expr: 'x', legendFormat: '{{currency}}' }] }), store, [0]);
  expect(view.lines.map(({ legend }) => legend)).toEqual(['', 'USD']);
  expect(coloursOf(view, [0])).toEqual([{ atMs: 0, colour: 'red' }]);
});

test('a line has a point per moment, null where it had no value', () => {
  const view = viewOf(onePanel(lines), storeOf([4, null, 4]), [0, 1_000, 2_000]);
  expect(view.lines).toEqual([
    {
      legend: 'x',
      points: [
        { atMs: 0, value: 4 },
        { atMs: 1_000, value: null },
        { atMs: 2_000, value: 4 },
      ],
    },
  ]);
});

test.each([
  [true, [1, 2]],
  [false, [1, 1]],
  [false, [1, null, 1]],
])('moving is %s for the values %j', (moving, values) => {
  expect(isMoving(viewOf(onePanel(stat), storeOf(values), momentsOf(values)))).toBe(moving);
});
