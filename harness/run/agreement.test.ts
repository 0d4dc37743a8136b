import { describe, expect, test } from 'vitest';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { noLostCredit } from '../invariants/no-lost-credit.ts';
import { type Agreement, testimonyOf } from './agreement.ts';
import { type Audit, auditOf } from './audit.ts';
import { books, credit, emptyBooks, payment } from './test-books.ts';
import { heard } from './test-signals.ts';

const holds = auditOf(noDoubleCredit, books());
const violated = auditOf(noDoubleCredit, books({ credits: [credit(), credit({ entryId: 'e2', atMs: 500 })] }));
const unexercised = auditOf(noDoubleCredit, emptyBooks);
const unseen = auditOf({ ...noDoubleCredit, unseen: () => ({ reason: 'the page is torn', sinceMs: 500 }) }, books());
const { signal: _none, ...withoutSignal } = noDoubleCredit;
const fired = { NoDoubleCredit: [900] } as const;
const absent = { NoDoubleCreditAbsent: [300] } as const;
const mended = new Map([['no-double-credit', 2_000]]);

describe('agreement of books, alert and panel', () => {
  test.each<[Agreement, string, Audit, Parameters<typeof heard>[0]]>([
    ['quiet', 'nothing happened and nobody spoke', holds, {}],
    ['quiet', 'there was nothing to judge and nobody spoke', unexercised, {}],
    ['caught', 'both told of the breach', violated, { fired, red: [900] }],
    ['missed', 'neither told of the breach', violated, {}],
    ['missed', 'only the panel told', violated, { red: [900] }],
    ['missed', 'only the alert told', violated, { fired }],
    ['missed', 'another alert fired', violated, { fired: { NoLostCredit: [900] }, red: [900] }],
    [
      'missed',
      'the alert told and could see, the panel was silent, a series came and went',
      violated,
      { fired, lastColour: 'green' },
    ],
    ['false alarm', 'only the alert spoke', holds, { fired }],
    ['false alarm', 'only the panel spoke', holds, { red: [900] }],
    ['false alarm', 'the panel was red for a moment', holds, { red: [900, 1_000] }],
    ['false alarm', 'there was nothing to judge and one spoke', unexercised, { fired }],
    [
      'false alarm',
      'the alert spoke before there was a breach',
      violated,
      { fired: { NoDoubleCredit: [300] }, red: [900] },
    ],
    ['false alarm', 'the panel spoke before there was a breach', violated, { fired, red: [300] }],
    ['false alarm', 'the alert goes on after the breach was mended', violated, { fired, red: [900, 2_100], mended }],
    [
      'false alarm',
      'the panel stays red after the breach was mended',
      violated,
      { fired: { NoDoubleCredit: [900, 2_100] }, red: [900], mended },
    ],
    [
      'caught',
      'both ended after the breach was mended',
      violated,
      { fired: { NoDoubleCredit: [900, 2_100] }, red: [900, 2_100], mended },
    ],
    ['unproven', 'the alert told of what the books cannot show', unseen, { fired }],
    ['unproven', 'the panel did', unseen, { red: [900, 1_000] }],
    ['false alarm', 'it spoke when the books still showed all', unseen, { fired: { NoDoubleCredit: [300] } }],
    ['quiet', 'the books do not show all and nobody spoke', unseen, {}],
    [
      'caught',
      'they told of what the books cannot show, before the breach that these do show',
      { ...violated, unseenSinceMs: 200 },
      { fired: { NoDoubleCredit: [300] }, red: [300] },
    ],
    ['blind', 'the series was absent', holds, { fired: absent, lastColour: 'orange' }],
    ['blind', 'the series was absent during a breach', violated, { fired: absent, lastColour: 'orange' }],
    ['quiet', 'the series was absent for a time', holds, { fired: { NoDoubleCreditAbsent: [300, 600] } }],
    [
      'missed',
      'the series was absent for a time during a breach',
      violated,
      { fired: { NoDoubleCreditAbsent: [300, 600] } },
    ],
    ['blind', 'the panel had no data at the end', holds, { lastColour: 'orange' }],
    ['blind', 'the rule failed', holds, { broken: new Set(['NoDoubleCredit']) }],
    ['blind', 'no rule watches it', holds, { watched: new Set() }],
    ['blind', 'no panel shows it', holds, { colours: new Map() }],
    ['blind', 'the panel was never looked at', holds, { colours: new Map([[noDoubleCredit.claim, []]]) }],
    ['unwatched', 'the invariant has no signal', auditOf(withoutSignal, books()), {}],
  ])('%s when %s', (agreement, _when, audit, said) => {
    expect(testimonyOf(audit, heard(said)).agreement).toBe(agreement);
  });
});

test.each([
  ['no rule watches it', { watched: new Set<string>() }],
  ['no panel shows it', { colours: new Map() }],
])('what is not mapped says what to add: %s', (because, said) => {
  const { alert, panel } = testimonyOf(holds, heard(said));
  const blind = [alert, panel].flatMap((voice) => (voice.said === 'blind' ? [voice.because] : []));
  expect(blind).toEqual([`${because}; map signals.overcredited in topple.config to a series`]);
});

test.each([
  ['in time', 900, { detectMs: 400, late: false }],
  ['a scrape earlier than the books say', 450, { detectMs: 0, late: false }],
  ['late', 1_001, { detectMs: 501, late: true }],
])('time to detect runs from the second credit to the first firing: %s', (_when, firedMs, expected) => {
  const said = {
    firings: [
      { alert: 'NoDoubleCredit', atMs: 5_000 },
      { alert: 'NoDoubleCredit', atMs: firedMs },
    ],
  };
  expect(testimonyOf(violated, heard({ ...said, red: [firedMs] }))).toMatchObject({ agreement: 'caught', ...expected });
});

test.each([
  ['in time', 2_100, { clearMs: 100, late: false }],
  ['late', 2_501, { clearMs: 501, late: true }],
])('time to clear runs from the remedy to the end of the firing: %s', (_when, endedMs, expected) => {
  const said = { fired: { NoDoubleCredit: [900, endedMs] as const }, red: [900, endedMs] as const, mended };
  expect(testimonyOf(violated, heard(said))).toMatchObject({ agreement: 'caught', detectMs: 400, ...expected });
});

test('an alert that stopped and began again has not ended', () => {
  const firings = [
    { alert: 'NoDoubleCredit', atMs: 900, endedMs: 1_000 },
    { alert: 'NoDoubleCredit', atMs: 2_200 },
  ];
  expect(testimonyOf(violated, heard({ firings, red: [900, 2_100], mended })).agreement).toBe('false alarm');
});

test('a signal that is slow by its nature has its own bound', () => {
  const said = { fired: { NoDoubleCredit: [1_900] as const }, red: [1_900] as const };
  expect(testimonyOf(violated, heard(said))).toMatchObject({ detectMs: 1_400, allowedMs: 500, late: true });
  const slowMsMax = new Map([['overcredited', 2_000]]);
  expect(testimonyOf(violated, heard({ ...said, slowMsMax }))).toMatchObject({ allowedMs: 2_000, late: false });
});

describe('a breach that only its age made one, and that ended', () => {
  const claim = noLostCredit.claim;
  const agesMs = new Map([['uncredited', 1_000]]);
  /** Paid at 0, credited at 2,000; alert and panel spoke as given. */
  const judged = (spoke: readonly [number, number?], given: Parameters<typeof heard>[0] = {}) => {
    const [fromMs, untilMs] = spoke;
    const audit = auditOf(
      noLostCredit,
      books({ captured: [payment({ atMs: 0 })], credits: [credit({ atMs: 2_000 })] }),
    );
    const green = { atMs: untilMs ?? 0, colour: 'green' };
    const colours = new Map([[claim, [{ atMs: fromMs, colour: 'red' }, ...(untilMs === undefined ? [] : [green])]]]);
    return testimonyOf(audit, heard({ fired: { NoLostCredit: spoke }, colours, agesMs, ...given })).agreement;
  };

  test.each<[Agreement, string, readonly [number, number?], Parameters<typeof heard>[0]]>([
    ['passing', 'was told while it lasted', [1_000, 2_100], {}],
    ['passing', 'was told a scrape after its end', [2_600, 2_700], {}],
    ['false alarm', 'was told before it was old enough', [999, 2_100], {}],
    ['false alarm', 'was told long after its end', [2_601, 2_700], {}],
    ['false alarm', 'goes on being told', [1_500], {}],
    ['false alarm', 'is one for nobody, since no age is declared', [1_500, 2_100], { agesMs: new Map() }],
  ])('is %s when it %s', (agreement, _when, spoke, given) => {
    expect(judged(spoke, given)).toBe(agreement);
  });

  test('is no lie, and does not fail the run', () => {
    expect(judged([1_500, 2_100])).toBe('passing');
    const audit = auditOf(
      noLostCredit,
      books({ captured: [payment({ atMs: 0 })], credits: [credit({ atMs: 2_000 })] }),
    );
    const colours = new Map([[claim, [{ atMs: 0, colour: 'green' }]]]);
    const { liars } = testimonyOf(audit, heard({ fired: { NoLostCredit: [1_500, 2_100] }, colours, agesMs }));
    expect(liars).toEqual([]);
  });
});
