import { expect, test } from 'vitest';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { oneRequestPerKey } from '../invariants/one-request-per-key.ts';
import type { Target, Variant } from '../target.ts';
import { testimonyOf } from './agreement.ts';
import { auditOf } from './audit.ts';
import { lies } from './lies.ts';
import { brokenCell, type CellOutcome, cellsOf, findingOf, isPerfect, matrixOf, outcomeOf, shownBy } from './matrix.ts';
import { books, intent } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';
import { heard } from './test-signals.ts';

const scenario = sampleScenario;
const defect: Variant = { id: 'broken', kind: 'defect', summary: '', witness: 'sample', invariant: 'no-double-credit' };
const lookAlike: Variant = { ...defect, id: 'odd-but-right', kind: 'look-alike' };
const target = { variants: [defect, lookAlike] } as unknown as Target;
const cells = cellsOf(target, [scenario], [1, 2]);

/** All as it should be: sound and look-alike hold, the defect is caught, the lies are exposed. */
const good = cells.map((cell): CellOutcome => {
  const isDefect = cell.variant?.kind === 'defect' && cell.lie === undefined;
  return {
    cell,
    finding: cell.lie?.finding ?? (isDefect ? 'violated' : 'holds'),
    reasons: [],
    caught: isDefect ? ['no-double-credit'] : [],
    falseAlarms: cell.lie?.exposedAs === 'false alarm' ? 1 : 0,
    detectMs: isDefect ? cell.seed * 100 : null,
    clearMs: isDefect ? cell.seed * 10 : null,
    late: false,
    isExposed: cell.lie !== undefined,
    hits: [],
    moved: [],
  };
});

const with_ = (index: number, part: Partial<CellOutcome>): CellOutcome[] =>
  good.map((outcome, at) => (at === index ? { ...outcome, ...part } : outcome));

test('cells: every scenario for the sound system, the witness for each variant, each lie, on each seed', () => {
  const names = cells.map(({ seed, variant, lie }) => `${seed} ${[variant?.id ?? 'sound', lie?.id].join(' ').trim()}`);
  const onOneSeed = ['sound', 'broken', 'odd-but-right'].concat(
    lies.map(({ id, about }) => `${about === 'defect' ? 'broken' : 'sound'} ${id}`),
  );
  expect(names).toEqual([1, 2].flatMap((seed) => onOneSeed.map((name) => `${seed} ${name}`)));
});

test('a defect that no run in real time can be relied on to show is left out, and costs nothing', () => {
  const rare: Variant = { ...defect, id: 'rare', unreachable: 'nothing stands still for so long' };
  const more = { ...target, variants: [rare, defect, lookAlike] };
  expect(cellsOf(more, [scenario], [1, 2])).toEqual(cells);
  expect(isPerfect(matrixOf(more, good))).toBe(true);
  expect(matrixOf(more, good).defects.map(({ id }) => id)).toEqual(['broken']);
});

test('without a defect there is nothing that a lie could be about', () => {
  expect(cellsOf({ ...target, variants: [lookAlike] }, [scenario], [1]).map(({ lie }) => lie)).toEqual([
    undefined,
    undefined,
  ]);
});

test('a defect that breaks what nothing watches is found by the books alone, and no lie is about it', () => {
  const unwatched: Variant = { ...defect, invariant: 'one-request-per-key' };
  const witness = { ...scenario, expect: [oneRequestPerKey] };
  const [sound, broken, ...others] = cellsOf({ ...target, variants: [unwatched] }, [witness], [1]);
  expect([sound?.variant, broken?.variant, others]).toEqual([undefined, unwatched, []]);
  const violated = books({ intents: [intent(), intent({ amountMinor: 5n })] });
  const outcomes = [broken, sound].map((cell, index) => {
    const testimony = testimonyOf(auditOf(oneRequestPerKey, index === 0 ? violated : books()), heard());
    const finding = index === 0 ? 'violated' : 'holds';
    const judged = { verdict: { finding, reasons: [] }, testimonies: [testimony], panels: [], evidence: [] } as const;
    return outcomeOf(cell ?? expect.unreachable(), judged);
  });
  expect(outcomes.map(({ caught }) => caught)).toEqual([['one-request-per-key'], []]);
  expect(isPerfect(matrixOf({ ...target, variants: [unwatched] }, outcomes))).toBe(true);
});

test('a perfect matrix', () => {
  const matrix = matrixOf(target, good);
  expect(matrix).toMatchObject({
    recall: 1,
    falseAlarms: 0,
    wronglyViolated: 0,
    unknown: 0,
    runs: cells.length,
    surprises: [],
  });
  expect(matrix.lies.map(({ exposed, seeds }) => [exposed, seeds])).toEqual(lies.map(() => [2, 2]));
  expect(matrix.defects).toEqual([
    {
      id: 'broken',
      witness: 'sample',
      invariant: 'no-double-credit',
      found: 2,
      seeds: 2,
      detectMsMedian: 100,
      detectMsMax: 200,
      clearMsMedian: 10,
      clearMsMax: 20,
      late: 0,
    },
  ]);
  expect(isPerfect(matrix)).toBe(true);
});

test.each([
  ['the breach was not caught', 1, { caught: [] }, { recall: 0.5 }],
  ['another invariant was caught', 1, { caught: ['granted-once'] }, { recall: 0.5 }],
  ['the sound system did not hold on that seed', 0, { finding: 'violated' }, { recall: 0.5, wronglyViolated: 1 }],
  ['a look-alike was violated', 2, { finding: 'violated' }, { wronglyViolated: 1 }],
  ['an alarm was false', 0, { falseAlarms: 1 }, { falseAlarms: 1 }],
  ['a run had no verdict', 7, { finding: 'unknown' }, { unknown: 1 }],
  [
    'a lie was believed',
    3,
    { isExposed: false, finding: 'holds' },
    { surprises: [{ run: expect.stringContaining('--lie ') }] },
  ],
] as const)('not perfect when %s', (_when, index, part, expected) => {
  const matrix = matrixOf(target, with_(index, part));
  expect(matrix).toMatchObject(expected);
  expect(isPerfect(matrix)).toBe(false);
});

test('a part of a matrix tells all lies or none', () => {
  const [one, ...others] = lies.map(({ id }) => id);
  const telling = (told: readonly (string | undefined)[]) =>
    isPerfect(
      matrixOf(
        target,
        good.filter(({ cell }) => cell.lie === undefined || told.includes(cell.lie.id)),
      ),
    );
  expect([telling([]), telling([one]), telling([one, ...others])]).toEqual([true, false, true]);
});

test('every cell is written down: how it is run alone, and whether it is as it should be', () => {
  const rows = matrixOf(target, with_(1, { caught: [], hits: [{ what: 'it hit', count: 3, least: 1 }] })).cells;
  expect(rows).toHaveLength(cells.length);
  expect(rows.slice(0, 2)).toEqual([
    { run: 'sample --seed 1', finding: 'holds', isAsItShould: true, falseAlarms: 0, hits: [] },
    {
      run: 'sample --seed 1 --defect broken',
      finding: 'violated',
      isAsItShould: false,
      falseAlarms: 0,
      hits: [{ what: 'it hit', count: 3, least: 1 }],
    },
  ]);
});

test('hits of a cell are the counts of its own faults, which come first', () => {
  const [cell] = cells;
  if (cell === undefined) throw new Error('there are cells');
  const struck = { ...cell, scenario: { ...scenario, faults: [{} as never] } };
  const evidence = ['latency hit a link', 'planned orders that were paid'].map((what) => ({
    what,
    count: 1,
    least: 1,
  }));
  const judged = { verdict: { finding: 'holds', reasons: [] }, testimonies: [], panels: [], evidence } as const;
  expect(outcomeOf(struck, judged).hits).toEqual(evidence.slice(0, 1));
});

test.each([
  ['holds', 'every cell is the same', good, { equal: 3 }],
  ['unknown', 'no cell could be compared', good, { equal: 0 }],
  ['violated', 'a cell differs', good, { equal: 3, differences: [{ run: 'sample --seed 1', problem: 'it differs' }] }],
  ['violated', 'every cell is as wrong as the other', with_(2, { finding: 'violated' }), { equal: 3 }],
  ['unknown', 'every cell knows as little as the other', with_(2, { finding: 'unknown' }), { equal: 3 }],
] as const)('beside another matrix it %s when %s', (finding, _when, outcomes, part) => {
  const comparison = { world: 'embedded', differences: [], unhosted: [], ...part };
  expect(findingOf(matrixOf(target, outcomes), comparison)).toBe(finding);
});

test('an empty matrix proves nothing, nor does one without defects', () => {
  expect(isPerfect(matrixOf(target, []))).toBe(false);
  const sound = good.filter(({ cell }) => cell.variant === undefined);
  expect(isPerfect(matrixOf({ ...target, variants: [] }, sound))).toBe(false);
});

test.each([
  ['exposed', 'violated', 'missed', true],
  ['not exposed when the run ends otherwise', 'unknown', 'missed', false],
  ['not exposed when the promise is judged otherwise', 'violated', 'caught', false],
] as const)('a lie is %s', (_when, finding, agreement, isExposed) => {
  const cell = cells.find(({ lie }) => lie?.id === 'silent-metrics') ?? expect.unreachable();
  const testimony = { ...testimonyOf(auditOf(noDoubleCredit, books()), heard()), agreement };
  const judged = { verdict: { finding, reasons: [] }, testimonies: [testimony], panels: [], evidence: [] };
  expect(outcomeOf(cell, judged)).toMatchObject({ isExposed });
});

test('a variant whose witness does not exist is refused, not left out', () => {
  const stray = { ...target, variants: [{ ...defect, witness: 'gone' }] };
  expect(() => cellsOf(stray, [scenario], [1])).toThrow('There is no witness scenario "gone"');
});

test('a part of the matrix has the variants that its scenarios show, and still refuses one that none shows', () => {
  const other = { ...scenario, id: 'other' };
  const elsewhere = { ...defect, id: 'elsewhere', witness: 'other' };
  const stray = { ...defect, id: 'stray', witness: 'gone' };
  const idsIn = (chosen: typeof scenario) =>
    shownBy({ ...target, variants: [defect, elsewhere, stray] }, [scenario, other], [chosen]).variants.map(
      ({ id }) => id,
    );
  expect(idsIn(scenario)).toEqual(['broken', 'stray']);
  expect(idsIn(other)).toEqual(['elsewhere', 'stray']);
});

test('a cell that cannot be run is unknown', () => {
  const [cell] = cells;
  if (cell === undefined) throw new Error('there are cells');
  const matrix = matrixOf(target, [brokenCell(cell, new Error('port taken')), ...good.slice(1)]);
  expect(matrix).toMatchObject({ unknown: 1, surprises: [{ reasons: ['port taken'] }, expect.anything()] });
});
