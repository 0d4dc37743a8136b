import { describe, expect, test } from 'vitest';
import { appendOnlyLedger } from '../invariants/append-only-ledger.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { noLostCredit } from '../invariants/no-lost-credit.ts';
import { type Agreement, type Alarms, testimonyOf } from './agreement.ts';
import { type Audit, auditOf } from './audit.ts';
import { books, credit, emptyBooks } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';
import { exitCodeOf, verdictOf, worstOf } from './verdict.ts';

const holds = auditOf(noDoubleCredit, books());
const violated = auditOf(noDoubleCredit, books({ credits: [credit(), credit({ entryId: 'e2', atMs: 500 })] }));
const unexercised = auditOf(noDoubleCredit, emptyBooks);

const alarms = (part: Partial<Alarms> & { fired?: readonly (readonly [string, number])[] } = {}): Alarms => ({
  firings: (part.fired ?? []).map(([alert, atMs]) => ({ alert, atMs })),
  watched: part.watched ?? new Set(['NoDoubleCredit', 'NoDoubleCreditAbsent']),
  broken: part.broken ?? new Set(),
  detectMsMax: 500,
  toleranceMs: 100,
});

describe('agreement of books and alerts', () => {
  const absent = alarms({ fired: [['NoDoubleCreditAbsent', 1]] });
  test.each<[Agreement, string, Audit, Alarms]>([
    ['quiet', 'nothing happened and nothing was said', holds, alarms()],
    ['caught', 'the breach was told', violated, alarms({ fired: [['NoDoubleCredit', 900]] })],
    ['missed', 'the breach was not told', violated, alarms()],
    ['missed', 'another alert fired', violated, alarms({ fired: [['NoLostCredit', 900]] })],
    ['false alarm', 'it fired before there was a breach', violated, alarms({ fired: [['NoDoubleCredit', 300]] })],
    ['false alarm', 'an alarm had no breach', holds, alarms({ fired: [['NoDoubleCredit', 900]] })],
    ['false alarm', 'an alarm had nothing to judge', unexercised, alarms({ fired: [['NoDoubleCredit', 900]] })],
    ['blind', 'the series was absent', holds, absent],
    ['blind', 'the series was absent during a breach', violated, absent],
    ['blind', 'the rule failed', holds, alarms({ broken: new Set(['NoDoubleCredit']) })],
    ['blind', 'the target maps no series to the signal', violated, alarms({ watched: new Set() })],
    ['unwatched', 'the invariant has no signal', auditOf(appendOnlyLedger, books()), alarms()],
  ])('%s when %s', (agreement, _when, audit, said) => {
    expect(testimonyOf(audit, said).agreement).toBe(agreement);
  });

  test.each([
    ['in time', 900, { detectMs: 400, late: false }],
    ['a scrape earlier than the books say', 450, { detectMs: 0, late: false }],
    ['late', 1_001, { detectMs: 501, late: true }],
  ])('time to detect runs from the second credit to the first firing: %s', (_when, firedMs, expected) => {
    const said = alarms({
      fired: [
        ['NoDoubleCredit', 5_000],
        ['NoDoubleCredit', firedMs],
      ],
    });
    expect(testimonyOf(violated, said)).toMatchObject({ agreement: 'caught', firedMs, ...expected });
  });
});

const scenario = sampleScenario;

const quiet = testimonyOf(holds, alarms());
const enough = { what: 'a fault hit', count: 3, least: 3 };

describe('verdict', () => {
  test.each([
    ['holds', 'all is well', [quiet], [enough], []],
    [
      'violated',
      'an invariant is violated',
      [testimonyOf(violated, alarms({ fired: [['NoDoubleCredit', 900]] }))],
      [enough],
      [],
    ],
    ['violated', 'an alert lied', [testimonyOf(holds, alarms({ fired: [['NoDoubleCredit', 9]] }))], [enough], []],
    [
      'violated',
      'a breach outweighs missing evidence',
      [testimonyOf(violated, alarms())],
      [{ ...enough, count: 0 }],
      [],
    ],
    ['unknown', 'a promise was not exercised', [testimonyOf(unexercised, alarms())], [enough], []],
    ['unknown', 'a fault hit too little', [quiet], [{ ...enough, count: 2 }], []],
    [
      'unknown',
      'the alert could not see',
      [testimonyOf(holds, alarms({ broken: new Set(['NoDoubleCredit']) }))],
      [enough],
      [],
    ],
    ['unknown', 'an order never came to rest', [quiet], [enough], ['order o1 is paid and in PROVISIONING']],
    [
      'holds',
      'only something unpromised was not exercised',
      [quiet, testimonyOf(auditOf(noLostCredit, emptyBooks), alarms())],
      [enough],
      [],
    ],
  ] as const)('%s when %s', (finding, _when, testimonies, evidence, restless) => {
    const verdict = verdictOf(scenario, testimonies, evidence, restless);
    expect(verdict.finding).toBe(finding);
    expect(verdict.reasons.length > 0).toBe(finding !== 'holds');
  });

  test.each([
    ['holds', ['holds', 'holds'], 0],
    ['unknown', ['holds', 'unknown'], 3],
    ['violated', ['unknown', 'violated', 'holds'], 1],
    ['unknown', [], 3],
  ] as const)('%s is the worst of %j, exit code %i', (worst, findings, code) => {
    expect(worstOf(findings)).toBe(worst);
    expect(exitCodeOf(worst)).toBe(code);
  });
});
