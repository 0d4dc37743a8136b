import { expect, test } from 'vitest';
import type { Target, Variant } from '../target.ts';
import { brokenCell, type CellOutcome, cellsOf, isPerfect, matrixOf } from './matrix.ts';
import { sampleScenario } from './test-scenario.ts';

const scenario = sampleScenario;
const defect: Variant = { id: 'broken', kind: 'defect', summary: '', witness: 'sample', invariant: 'no-double-credit' };
const lookAlike: Variant = { ...defect, id: 'odd-but-right', kind: 'look-alike' };
const target = { variants: [defect, lookAlike] } as unknown as Target;
const cells = cellsOf(target, [scenario], [1, 2]);

/** All as it should be: sound and look-alike hold, the defect is caught. */
const good = cells.map((cell): CellOutcome => {
  const isDefect = cell.variant?.kind === 'defect';
  return {
    cell,
    finding: isDefect ? 'violated' : 'holds',
    reasons: [],
    caught: isDefect ? ['no-double-credit'] : [],
    falseAlarms: 0,
    detectMs: isDefect ? cell.seed * 100 : null,
    late: false,
  };
});

const with_ = (index: number, part: Partial<CellOutcome>): CellOutcome[] =>
  good.map((outcome, at) => (at === index ? { ...outcome, ...part } : outcome));

test('cells: every scenario for the sound system, the witness for each variant, on each seed', () => {
  expect(cells.map(({ seed, variant }) => `${seed} ${variant?.id ?? 'sound'}`)).toEqual([
    '1 sound',
    '1 broken',
    '1 odd-but-right',
    '2 sound',
    '2 broken',
    '2 odd-but-right',
  ]);
});

test('a perfect matrix', () => {
  const matrix = matrixOf(target, good);
  expect(matrix).toMatchObject({ recall: 1, falseAlarms: 0, wronglyViolated: 0, unknown: 0, runs: 6, surprises: [] });
  expect(matrix.defects).toEqual([
    {
      id: 'broken',
      witness: 'sample',
      invariant: 'no-double-credit',
      found: 2,
      seeds: 2,
      detectMsMedian: 100,
      detectMsMax: 200,
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
  ['a run had no verdict', 3, { finding: 'unknown' }, { unknown: 1 }],
] as const)('not perfect when %s', (_when, index, part, expected) => {
  const matrix = matrixOf(target, with_(index, part));
  expect(matrix).toMatchObject(expected);
  expect(isPerfect(matrix)).toBe(false);
});

test('an empty matrix proves nothing, nor does one without defects', () => {
  expect(isPerfect(matrixOf(target, []))).toBe(false);
  const sound = good.filter(({ cell }) => cell.variant === undefined);
  expect(isPerfect(matrixOf({ ...target, variants: [] }, sound))).toBe(false);
});

test('a variant whose witness does not exist is refused, not left out', () => {
  const stray = { ...target, variants: [{ ...defect, witness: 'gone' }] };
  expect(() => cellsOf(stray, [scenario], [1])).toThrow('There is no witness scenario "gone"');
});

test('a cell that cannot be run is unknown', () => {
  const [cell] = cells;
  if (cell === undefined) throw new Error('there are cells');
  const matrix = matrixOf(target, [brokenCell(cell, new Error('port taken')), ...good.slice(1)]);
  expect(matrix).toMatchObject({ unknown: 1, surprises: [{ reasons: ['port taken'] }, expect.anything()] });
});
