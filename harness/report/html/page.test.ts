import { describe, expect, test } from 'vitest';
import type { BookedOrder } from '../../books.ts';
import { History } from '../../history.ts';
import type { RunResult } from '../../run/result.ts';
import { emptyBooks, order, payment } from '../../run/test-books.ts';
import { journalFiles } from '../journal-files.ts';
import { sampleResult } from '../test-result.ts';
import { htmlReport } from './page.ts';
import { schemes } from './style.ts';
import { problemsIn, textOf } from './test-document.ts';

test.each([1, 2] as const)('with %d credits it is one sound document that loads and runs nothing', (credits) => {
  const html = htmlReport(sampleResult(credits), 'abc');
  expect(problemsIn(html)).toEqual([]);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/https?:/);
});

test('it tells the verdict, the story, who noticed, and last how to repeat the run', () => {
  const text = textOf(htmlReport(sampleResult(2), 'abc'));
  expect(text).toContain('✗ violated sample The claim under test: Each captured payment is credited once.');
  expect(text).toContain('because no-double-credit is violated (1)');
  expect(text).toContain('credit-without-dedup is a part that was swapped on purpose');
  expect(text).toContain('no-double-credit: payment p1 was captured once and credited twice');
  expect(text).toContain('+0.212 s entry e2 credits 10.00 CNY ◀ proof');
  expect(text).not.toContain('entry e1 credits 10.00 CNY ◀ proof');
  expect(text).toContain('Expected 1 credit Found 2 credits: double credit (C1) How often 1 of 1 checked');
  expect(text).toMatch(/no-double-credit Each .* yes ✗ violated 1 of 1 fired at \+0\.312 s NoDoubleCredit/);
  expect(text).toContain('Replay: npm run topple -- replay abc');
  expect(text.endsWith('Rerun: npm run topple -- run sample --seed 7 --defect credit-without-dedup')).toBe(true);
  expect(text.indexOf('What was not tested A verdict speaks')).toBeGreaterThan(text.indexOf('Files beside this one'));
});

test('the files it links to are those of the journal', () => {
  const html = htmlReport(sampleResult(1), 'abc');
  const linked = [...html.matchAll(/<a href="([^#"]+)">/g)].map(([, name]) => name);
  expect(linked).toEqual(Object.keys(journalFiles));
});

test('what a run did not do is not there', () => {
  const text = textOf(htmlReport(sampleResult(1), 'abc'));
  expect(text).toContain('✓ holds sample');
  expect(text).not.toMatch(/What went wrong|because|proof|turned red|fired/);
});

test('a false alarm is told although the money is right', () => {
  const result = sampleResult(1);
  const testimonies = result.testimonies.map((one) =>
    one.audit.invariant.id === 'no-lost-credit'
      ? {
          ...one,
          agreement: 'false alarm' as const,
          liars: ['alert' as const],
          alert: { said: 'spoke' as const, atMs: 300 },
        }
      : one,
  );
  const text = textOf(htmlReport({ ...result, testimonies }, 'abc'));
  expect(text).toContain('✗ no-lost-credit: false alarm The promise holds');
  expect(text).toContain('alert NoLostCredit fired +0.210 s until the end');
});

describe('the timeline', () => {
  test('shows faults, alarms, and each kind of thing that happened to an order, by sign and by word', () => {
    const html = htmlReport(sampleResult(2), 'abc');
    const text = textOf(html);
    expect(text).toContain('fault redeliver-webhook at alipay +0.000 s to +0.410 s');
    expect(text).toContain('alert NoDoubleCredit fired +0.312 s until the end');
    expect(text).toContain('o1 ✗ breaks no-double-credit 1 answer cut, 1 notice, 1 copy, 2 credits, 1 grant');
    expect(text).toContain('alipay.trade.query at alipay took effect, and its answer was lost');
    for (const kind of ['request', 'call', 'cut', 'notice', 'copy', 'capture', 'credit', 'grant', 'proof']) {
      expect(html).toMatch(new RegExp(`<use href="#g-${kind}" class="${kind}" x="[\\d.]+%"`));
    }
  });

  test('a payment of which no notice was sent is a lost notice', () => {
    const result = sampleResult(1);
    const records = result.records.map((one) => ({ ...one, deliveries: [] }));
    const text = textOf(htmlReport({ ...result, records }, 'abc'));
    expect(text).toContain('1 notice lost, 1 credit');
    expect(text).toContain('alipay never sent a notice of payment p1');
  });

  test('of thousands of orders it draws the worst, and stays small', () => {
    const result = sampleResult(2);
    const orders = Array.from({ length: 5_000 }, (_, index): BookedOrder => {
      const state = index === 4_321 ? 'PAYMENT_SUCCEEDED' : 'COMPLETED';
      return order({ id: `o${5_000 - index}`, reference: `r${5_000 - index}`, state });
    });
    const captured = orders.map(({ reference }) => payment({ id: `p-${reference}`, reference }));
    const html = htmlReport({ ...result, books: { ...result.books, orders, captured } }, 'abc');
    const drawn = [...html.matchAll(/<summary class="lane"><span class="name"><code>(\w+)</g)].map(([, id]) => id);
    expect(drawn).toHaveLength(60);
    expect(drawn.slice(0, 2)).toEqual(['o1', 'o679']);
    expect(textOf(html)).toContain('4940 more orders are not drawn');
    expect(html.length).toBeLessThan(200_000);
  });
});

describe('the panels', () => {
  test('are drawn where something moved, with thresholds and fault windows, and listed where nothing did', () => {
    const html = htmlReport(sampleResult(2), 'abc');
    const text = textOf(html);
    expect(text).toContain(
      '0 to 1 payments (red above 0 payments) +0.000 s +0.412 s It was green, then red at +0.312 s.',
    );
    expect(text).toContain('credited: at most 4 /s, last 4 /s late: at most 1 /s, last 1 /s always 0: error');
    expect(text).toContain('2 panels on which nothing moved');
    expect(text).toContain('Stuck 0 /s Unseen no data');
    expect(html.match(/<rect class="window" x="0.0" width="[\d.]+" height="100"\/>/g)).toHaveLength(2);
    expect(html).toContain('<rect class="band red" y="0" width="1000" height="100"/>');
  });

  test('a missing value breaks the line', () => {
    const html = htmlReport(sampleResult(2), 'abc');
    expect(html).toContain('<path class="line look-1" d="M1000 75L1000 75"/>');
  });

  test('a long watch is drawn with few points, its peaks among them', () => {
    const result = sampleResult(1);
    const points = Array.from({ length: 50_000 }, (_, index) => ({
      atMs: 100 + index,
      value: index === 33_333 ? 9 : index % 2,
    }));
    const [first] = result.panels;
    if (first === undefined) throw new Error('the sample has a panel');
    const panels = [{ ...first, lines: [{ legend: 'long', points }] }];
    const html = htmlReport({ ...result, panels }, 'abc');
    const path = /class="line look-0" d="([^"]*L[^"]*)"/.exec(html)?.[1] ?? '';
    expect(path.length).toBeLessThan(5_000);
    expect(path).toMatch(/L66\d\.?\d* 0L/);
  });
});

test('whatever the system under test is called or says stays text', () => {
  const evil = `"><script>alert(1)</script></style><!-- ' & \u202e \u001b[2J`;
  const result = sampleResult(2);
  const [record] = result.records;
  if (record === undefined) throw new Error('the sample has records');
  const deliveries = record.deliveries.map((one) => ({ ...one, provider: evil, reference: evil, eventId: evil }));
  const transitions = result.books.transitions.map((one) => ({ ...one, orderId: evil, cause: evil }));
  const credits = result.books.credits.map((one) => ({ ...one, entryId: evil, orderId: evil, currency: evil }));
  const testimonies = result.testimonies.map((one) => {
    const witnesses = one.audit.witnesses.map((witness) => ({
      ...witness,
      orderId: evil,
      subject: evil,
      story: evil,
      expected: evil,
      actual: evil,
    }));
    return { ...one, audit: { ...one.audit, witnesses, reason: evil } };
  });
  const hostile: RunResult = {
    ...result,
    request: { ...result.request, variant: evil },
    system: { id: evil, command: evil, world: evil, versions: { [evil]: evil } },
    verdict: { finding: 'violated', reasons: [evil] },
    evidence: [{ what: evil, count: 1, least: 2 }],
    records: [{ ...record, provider: evil, deliveries }],
    books: {
      ...result.books,
      orders: [order({ id: evil, reference: evil, hold: evil })],
      captured: [payment({ id: evil, provider: evil, reference: evil, currency: evil })],
      credits,
      transitions,
    },
    testimonies,
    panels: result.panels.map(({ panel, lines }) => ({
      panel: { ...panel, title: evil, description: `${evil}\n${evil}` },
      lines: lines.map((line) => ({ ...line, legend: evil })),
    })),
    faultWindows: [{ fault: evil, at: evil, faultIndex: 0, fromMs: 90, untilMs: 500 }],
    logs: { [evil]: `${evil}\n${evil}` },
    signals: { ...result.signals, failedScrapes: [evil] },
  };
  const html = htmlReport(hostile, evil);
  expect(problemsIn(html)).toEqual([]);
  expect(html.includes('\u202e') || html.includes('\u001b')).toBe(false);
  expect(textOf(html).split('<script>alert(1)</script>').length).toBeGreaterThan(40);
});

test('a run in which nothing happened has a report too', () => {
  const result = sampleResult(1);
  const nothing: RunResult = {
    ...result,
    verdict: { finding: 'unknown', reasons: ['nothing happened'] },
    testimonies: [],
    evidence: [],
    books: emptyBooks,
    records: [],
    history: new History(),
    panels: [],
    faultWindows: [],
    logs: {},
  };
  const html = htmlReport(nothing, 'abc');
  expect(problemsIn(html)).toEqual([]);
  expect(textOf(html)).toContain('? unknown sample');
});

/** Relative luminance and contrast as WCAG 2 defines them. */
const luminanceOf = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

test.each(Object.entries(schemes))('every colour of the %s scheme has the contrast of WCAG AA', (_name, scheme) => {
  const { ground, raised, edge: _edge, ...colours } = scheme;
  const weak = Object.entries(colours).filter(([, colour]) =>
    [ground, raised].some((under) => contrast(colour, under) < 4.5),
  );
  expect(weak).toEqual([]);
});
