import { describe, expect, test } from 'vitest';
import type { PanelView } from '../../observe/panel-view.ts';
import type { RunResult } from '../../run/result.ts';
import { books, order } from '../../run/test-books.ts';
import { sampleResult } from '../test-result.ts';
import { htmlReport } from './page.ts';

const voids = ['meta', 'br', 'rect', 'line', 'path'];

/** The elements that are open at the end, and those that were closed without having been opened. */
const unbalanced = (html: string): string[] => {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (voids.includes(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...open, ...wrong];
};

const panel = {
  id: 1,
  title: 'Each captured payment is credited at most once.',
  description: '',
  kind: 'stat',
  unit: 'suffix:payments',
  queries: [],
  steps: [
    { fromValue: Number.NEGATIVE_INFINITY, colour: 'green' },
    { fromValue: 0.5, colour: 'red' },
  ],
  noDataColour: 'orange',
} as const;

const view = (legend: string): PanelView => ({
  panel,
  lines: [
    {
      legend,
      points: [
        { atMs: 100, value: 0 },
        { atMs: 200, value: null },
        { atMs: 402, value: 1 },
        { atMs: 500, value: 1 },
      ],
    },
  ],
});

const violated: RunResult = { ...sampleResult(2), panels: [view('now'), { panel, lines: [] }] };
const html = htmlReport(violated, 'abc');

test.each([
  ['a run that is violated', html],
  ['a run that holds', htmlReport(sampleResult(1), 'abc')],
])('%s is one balanced document that needs nothing else', (_what, text) => {
  expect(unbalanced(text)).toEqual([]);
  expect(text).not.toMatch(/<script|<link|<img|@import|url\(|src=|https?:/);
  expect(text.match(/<h1>/g)).toHaveLength(1);
});

test('it tells verdict, story with its proof, what the dashboards said, and how to run it again', () => {
  expect(html).toContain('<h1>sample: violated</h1>');
  expect(html).toContain('payment p1 was captured once and credited twice.');
  expect(html).toMatch(/class="proof">entry e2 credits 10.00 CNY ← proof</);
  expect(html).toMatch(/no-double-credit<\/th><td class="violated">violated<.*<td>caught<\/td><td>100 ms<\/td>/);
  expect(html).toContain('<code>npm run topple -- run sample --seed 7 --defect credit-without-dedup</code>');
  expect(html.indexOf('Not tested in this run')).toBeLessThan(html.indexOf('run sample --seed 7'));
});

test('a line breaks where there was no value, a panel without lines says so, and faults are shaded', () => {
  expect(html).toMatch(/<path class="line s0" d="M[\d.]+ [\d.]+M[\d.]+ [\d.]+L[\d.]+ [\d.]+"\/>/);
  expect(html).toContain('<p class="unknown">no data</p>');
  expect(html).toContain('<rect class="fault"');
  expect(html).toContain('at the end: 1'.replace('at the end', 'now'));
});

test('every table has a caption and headed rows, every picture a text', () => {
  expect(html.match(/<table>/g)?.length).toBe(html.match(/<table><caption>[^<]+<\/caption>/g)?.length);
  expect(html).not.toMatch(/<svg(?![^>]*aria-label="[^"]+")/);
});

describe('what comes from the system under test', () => {
  const hostile = '"><script>alert(1)</script>&\u202e\u0000';

  test('is text, wherever it is written', () => {
    const bad = order({ id: hostile, reference: hostile, hold: hostile });
    const result: RunResult = {
      ...violated,
      books: books({ orders: [bad] }),
      panels: [view(hostile)],
      evidence: [{ what: hostile, count: 0, least: 1 }],
    };
    const text = htmlReport(result, hostile);
    for (const harm of ['<script', '\u202e', '\u0000']) expect(text).not.toContain(harm);
    expect(unbalanced(text)).toEqual([]);
    expect(text).toContain('&#60;script&#62;');
  });

  test('does not make the file grow without bounds', () => {
    const orders = Array.from({ length: 5_000 }, (_, index) => order({ id: `o${index}`, reference: `r${index}` }));
    const text = htmlReport({ ...violated, books: { ...violated.books, orders } }, 'abc');
    expect(text.length).toBeLessThan(200_000);
    expect(text).toContain('4960 more orders are in books.json');
  });
});
