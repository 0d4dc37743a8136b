import { describe, expect, test } from 'vitest';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { noLostCredit } from '../invariants/no-lost-credit.ts';
import { testimonyOf } from './agreement.ts';
import { auditOf } from './audit.ts';
import { books, credit, emptyBooks } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';
import { heard } from './test-signals.ts';
import { exitCodeOf, verdictOf, worstOf } from './verdict.ts';

const holds = auditOf(noDoubleCredit, books());
const violated = auditOf(noDoubleCredit, books({ credits: [credit(), credit({ entryId: 'e2', atMs: 500 })] }));
const unexercised = auditOf(noDoubleCredit, emptyBooks);
const told = { fired: { NoDoubleCredit: [900] }, red: [900] } as const;

const scenario = sampleScenario;

const quiet = testimonyOf(holds, heard());
const enough = { what: 'a fault hit', count: 3, least: 3 };

describe('verdict', () => {
  test.each([
    ['holds', 'all is well', [quiet], [enough], []],
    ['violated', 'an invariant is violated', [testimonyOf(violated, heard(told))], [enough], []],
    ['violated', 'an alert lied', [testimonyOf(holds, heard({ fired: { NoDoubleCredit: [9] } }))], [enough], []],
    [
      'violated',
      'a breach outweighs missing evidence',
      [testimonyOf(violated, heard())],
      [{ ...enough, count: 0 }],
      [],
    ],
    ['unknown', 'a promise was not exercised', [testimonyOf(unexercised, heard())], [enough], []],
    ['unknown', 'a fault hit too little', [quiet], [{ ...enough, count: 2 }], []],
    [
      'unknown',
      'the alert could not see',
      [testimonyOf(holds, heard({ broken: new Set(['NoDoubleCredit']) }))],
      [enough],
      [],
    ],
    ['unknown', 'an order never came to rest', [quiet], [enough], ['order o1 is paid and in PROVISIONING']],
    [
      'holds',
      'only something unpromised was not exercised',
      [quiet, testimonyOf(auditOf(noLostCredit, emptyBooks), heard())],
      [enough],
      [],
    ],
  ] as const)('%s when %s', (finding, _when, testimonies, evidence, restless) => {
    const verdict = verdictOf(scenario, testimonies, evidence, restless);
    expect(verdict.finding).toBe(finding);
    expect(verdict.reasons.length > 0).toBe(finding !== 'holds');
  });

  test.each<[string, typeof holds, Parameters<typeof heard>[0]]>([
    ['its alert and its panel did not tell that no-double-credit is violated', violated, {}],
    ['its panel did not tell that no-double-credit is violated', violated, { fired: { NoDoubleCredit: [900] } }],
    ['its panel told of a breach of no-double-credit although the books are right (false alarm)', holds, { red: [9] }],
    [
      'its alert told of a breach of no-double-credit when the books were right (false alarm)',
      violated,
      { fired: { NoDoubleCredit: [9] }, red: [900] },
    ],
    ['no-double-credit: silence means nothing: its panel was orange at the end', holds, { lastColour: 'orange' }],
  ])('names the voice that lied or could not see: %s', (reason, audit, said) => {
    expect(verdictOf(scenario, [testimonyOf(audit, heard(said))], [enough], []).reasons).toContain(reason);
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
