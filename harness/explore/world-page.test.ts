import { expect, test } from 'vitest';
import type { Books } from '../books.ts';
import { History } from '../history.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { problemsIn, textOf } from '../report/html/test-document.ts';
import { testimonyOf } from '../run/agreement.ts';
import { auditOf } from '../run/audit.ts';
import { books, credit, emptyBooks, grant, payment } from '../run/test-books.ts';
import { heard } from '../run/test-signals.ts';
import { movesBetween, watchBooks } from './book-watch.ts';
import type { KeptWorld } from './kept-worlds.ts';
import type { WorldOutcome } from './one-world.ts';
import { proofOf } from './proof.ts';
import { worldPage } from './world-page.ts';

const doubled: Books = books({ credits: [credit(), credit({ entryId: 'e<2>', atMs: 400 })] });

test('a look tells which money moved since the one before, and since when a promise is broken', () => {
  const watch = watchBooks([noDoubleCredit]);
  watch.look(emptyBooks, { line: 3, steps: 0, choices: 10 });
  watch.look(books(), { line: 5, steps: 0, choices: 20 });
  watch.look(books(), { line: 7, steps: 0, choices: 30 });
  watch.look(
    { ...doubled, balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1000n, postedMinor: 2000n }] },
    { line: 9, steps: 0, choices: 40 },
  );
  expect([...watch.moves]).toEqual([
    [
      5,
      [
        '10.00 CNY captured, payment p1',
        '10.00 CNY credited to w1, e1',
        '10.00 CNY granted to a1, grant g1',
        'balance of w1: 10.00 CNY stored, 10.00 CNY posted',
      ],
    ],
    [9, ['10.00 CNY credited to w1, e<2>', 'balance of w1: 10.00 CNY stored, 20.00 CNY posted']],
  ]);
  expect([...watch.brokenSince]).toEqual([['no-double-credit', { line: 9, steps: 0, choices: 40 }]]);
  watch.look(books(), { line: 11, steps: 0, choices: 50 });
  expect(watch.brokenSince.size).toBe(0);
  expect(movesBetween(doubled, books())).toEqual([]);
});

test('the arithmetic of a breach has the rows of its order and of what the witness names, with their sums', () => {
  const [witness = expect.unreachable()] = noDoubleCredit.witnesses(doubled);
  const others = { ...doubled, grants: [grant(), grant({ id: 'g9', reference: 'r9' })] };
  expect(proofOf(witness, others)).toEqual({
    rows: [
      { kind: 'captured', amount: '10.00 CNY', what: 'payment p1', isEvidence: false },
      { kind: 'credited', amount: '10.00 CNY', what: 'e1 to w1', isEvidence: false },
      { kind: 'credited', amount: '10.00 CNY', what: 'e<2> to w1', isEvidence: true },
      { kind: 'granted', amount: '10.00 CNY', what: 'grant g1 to a1', isEvidence: false },
      { kind: 'balance', amount: '10.00 CNY stored, 10.00 CNY posted', what: 'w1', isEvidence: false },
    ],
    sums: { credited: '20.00 CNY' },
  });
  const mixed = { ...doubled, captured: [payment(), payment({ id: 'p2', currency: 'EUR' })] };
  expect(proofOf(witness, mixed).sums).toEqual({ credited: '20.00 CNY' });
});

const lines = [
  'webhooks-2 begin',
  'webhooks-2 = null []',
  'webhook n1 #1',
  'webhook n1 #1 is delivered twice',
  'webhooks-1 select v from t where a < $1',
  'webhooks-1 = 1 [{"v":"<b>7</b>"}]',
  'webhooks-2 commit',
  'webhooks-2 = null []',
  'webhooks-1 commit',
  'webhooks-1 = null []',
];

const audit = auditOf(noDoubleCredit, doubled);

const outcome: WorldOutcome = {
  fingerprint: ['no-double-credit'],
  audits: [audit],
  testimonies: [testimonyOf(audit, heard({ fired: { NoDoubleCredit: [500] }, red: [500] }))],
  restless: [],
  books: doubled,
  history: new History(),
  choices: ['a', 'b'],
  digest: 'd',
  lines,
  counts: { statements: 3, waits: 0, parked: 0, deadlocks: 0 },
  harms: 1,
  brokenSince: new Map([['no-double-credit', { line: 8, steps: 0, choices: 4 }]]),
  course: { steps: [], deaths: [] },
  moves: new Map([
    [6, ['10.00 CNY credited to w1, e1']],
    [8, ['10.00 CNY credited to w1, e<2>']],
  ]),
};

const world: KeptWorld = {
  version: 1,
  scenario: 'twice',
  settings: ['buyers.orders=2'],
  variant: 'defect',
  versions: { topple: '1' },
  needs: ['webhook n1 #1 is delivered twice'],
  seed: 4,
  shape: { ordinals: [1], hasGates: false, isHasty: false },
  choices: ['a', 'b'],
  digest: 'd',
  fingerprint: ['no-double-credit'],
};

const shown = { id: 'abc', world, outcome, hypothesis: 'Each is credited once.', system: 'sut', command: 'topple' };

test('it is one sound document that loads and runs nothing, whoever wrote the strings in it', () => {
  const html = worldPage(shown);
  expect(problemsIn(html)).toEqual([]);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('it tells what went wrong with its sums, the way to it in two columns, and how to see it again', () => {
  const text = textOf(worldPage(shown));
  expect(text).toContain('violated twice The claim under test: Each is credited once.');
  expect(text).toContain('System sut with defect World twice, seed 4, buyers.orders=2 Orders 1');
  expect(text).toContain('credited 10.00 CNY e<2> to w1 ◀ proof sum credited 20.00 CNY');
  expect(text).toContain('Expected 1 credit Found 2 credits: double credit (C1) Dashboards: NoDoubleCredit fired');
  expect(text).toContain('webhooks-1 webhooks-2 begin webhook n1 #1 is delivered twice select v from t where a < $1');
  expect(text).toContain('1 row [{"v":"<b>7</b>"}] commit 10.00 CNY credited to w1, e1');
  expect(text).toContain('commit 10.00 CNY credited to w1, e<2> ◀ since this step the promise is broken');
  expect(text).toContain('These choices, in this order; all else is what disturbs least: webhook n1 #1');
  expect(text).toContain('topple replay abc As a regression test');
});

test('the step of the session that broke the promise stands on the left, all else on the right', () => {
  const rows = [...worldPage(shown).matchAll(/<tr class="step"><td>(.*?)<\/td><td>(.*?)<\/td><\/tr>/gs)];
  expect(rows.map(([, left = '', right = '']) => (left === '' ? 'right' : right === '' ? 'left' : 'both'))).toEqual([
    'right',
    'right',
    'left',
    'right',
    'left',
  ]);
});

test('a breach without a guilty step, and a world that was not shrunk, are told as such', () => {
  const { needs: _none, ...found } = world;
  const stuck = {
    ...outcome,
    fingerprint: ['not-at-rest'],
    audits: [],
    testimonies: [],
    restless: ['order o1 <waits>'],
  };
  const text = textOf(worldPage({ ...shown, world: found, outcome: { ...stuck, brokenSince: new Map() } }));
  expect(text).toContain('Not at rest four hours after everything was healed order o1 <waits>');
  expect(text).toContain('On the left stands the session that did most');
  expect(text).toContain('nobody knows which of its choices matter');
  expect(text).not.toContain('since this step');
});

test('of a long way the last steps stand open, and what is left out is counted', () => {
  const long = Array.from({ length: 700 }, (_, nth) => `webhooks-${1 + (nth % 2)} select ${nth}`);
  const brokenSince = new Map([['no-double-credit', { line: 699, steps: 0, choices: 300 }]]);
  const text = textOf(worldPage({ ...shown, outcome: { ...outcome, lines: long, brokenSince, moves: new Map() } }));
  expect(text).toContain('340 steps before (300 more are left out)');
  expect(text).not.toContain('select 299 ');
  expect(text.indexOf('select 300')).toBeLessThan(text.indexOf('Steps of the world until'));
});
