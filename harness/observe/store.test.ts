import { describe, expect, test } from 'vitest';
import { parseExposition } from './exposition.ts';
import { toOpenMetrics } from './open-metrics.ts';
import { createSource } from './source.ts';
import { createStore, latestPoint, pointsWithin, type Series } from './store.ts';

const labels = { __name__: 'queue', role: 'api' };

/** A series with a sample, a stale marker and a sample, at 1, 2 and 3 seconds. */
const interrupted = (): Series => {
  const store = createStore();
  store.append(labels, 1_000, 10);
  store.append(labels, 2_000, null);
  return store.append(labels, 3_000, 30);
};

describe('the latest point', () => {
  test.each([
    { when: 'nothing was sampled yet', atMs: 999, lookbackMs: 5_000, value: undefined },
    { when: 'it is of this moment', atMs: 1_000, lookbackMs: 1, value: 10 },
    { when: 'the series has ended', atMs: 2_500, lookbackMs: 5_000, value: undefined },
    { when: 'the series came back', atMs: 3_000, lookbackMs: 5_000, value: 30 },
    { when: 'it is just young enough', atMs: 3_999, lookbackMs: 1_000, value: 30 },
    { when: 'it is as old as the lookback', atMs: 4_000, lookbackMs: 1_000, value: undefined },
  ])('is $value when $when', ({ atMs, lookbackMs, value }) => {
    expect(latestPoint(interrupted(), atMs, lookbackMs)?.value).toBe(value);
  });
});

test.each([
  { afterMs: 0, untilMs: 3_000, values: [10, 30] },
  { afterMs: 1_000, untilMs: 3_000, values: [30] },
  { afterMs: 999, untilMs: 2_999, values: [10] },
  { afterMs: 3_000, untilMs: 9_000, values: [] },
])('the points within ($afterMs, $untilMs] are $values', ({ afterMs, untilMs, values }) => {
  expect(pointsWithin(interrupted(), afterMs, untilMs).map(({ value }) => value)).toEqual(values);
});

test('a sample at the time of the latest one replaces it, an earlier one is refused', () => {
  const store = createStore();
  store.append(labels, 1_000, 1);
  store.append(labels, 1_000, 2);
  expect(store.select([])[0]?.points).toEqual([{ timestampMs: 1_000, value: 2 }]);
  expect(() => store.append(labels, 999, 3)).toThrow('a sample of queue{role="api"} is 1 ms older');
});

test('labels in another order are the same series', () => {
  const store = createStore();
  store.append({ __name__: 'queue', a: '1', b: '2' }, 1_000, 1);
  store.append({ b: '2', a: '1', __name__: 'queue' }, 2_000, 2);
  expect(store.select([])).toHaveLength(1);
});

test('a source ends the series that it no longer tells', () => {
  const store = createStore();
  const source = createSource(store);
  source.tell([{ labels, value: 1 }], 1_000);
  source.tell([], 2_000);
  source.tell([], 3_000);
  expect(store.select([])[0]?.points).toEqual([
    { timestampMs: 1_000, value: 1 },
    { timestampMs: 2_000, value: null },
  ]);
});

test('the export has every sample but the stale markers, and reads back', () => {
  const store = createStore();
  store.append({ __name__: 'b_total', path: 'a"b\\c\nd' }, 1_500, 1e-7);
  store.append({ __name__: 'b_total', path: 'a"b\\c\nd' }, 2_000, null);
  store.append({ __name__: 'a' }, 1_000, Number.NaN);
  store.append({ __name__: 'a' }, 1_700_000_000_123, Number.POSITIVE_INFINITY);
  const text = toOpenMetrics(store);
  expect(text).toBe('a NaN 1\na +Inf 1700000000.123\nb_total{path="a\\"b\\\\c\\nd"} 1e-07 1.5\n# EOF\n');
  const [line] = text.split('\n').slice(2);
  expect(parseExposition('metrics.om', line as string)[0]?.labels).toEqual({ __name__: 'b_total', path: 'a"b\\c\nd' });
});
