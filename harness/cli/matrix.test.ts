import { beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '#scenarios/index';
import { type CellOutcome, cellsOf, matrixOf } from '../run/matrix.ts';
import type { Target } from '../target.ts';
import { embedded } from '../worlds/embedded.ts';
import { inLab } from './compose.ts';
import { loadTarget } from './load-config.ts';
import { runCells } from './verbs/matrix.ts';

const seeds = [1, 2];
const target: Target = await loadTarget(process.cwd());
const cells = cellsOf(target, scenarios, seeds);
let outcomes: readonly CellOutcome[] = [];

beforeAll(async () => {
  outcomes = await inLab(target, embedded, (lab) => runCells(lab, cells, 2, () => {}));
}, 600_000);

describe.each(
  cells.map((cell) => ({ cell, name: cell.variant?.id ?? 'the sound service', scenario: cell.scenario.id })),
)('$scenario, seed $cell.seed, $name', ({ cell }) => {
  const own = () => outcomes.find((outcome) => outcome.cell === cell);
  if (cell.variant?.kind === 'defect') {
    test('the invariant is violated and its alert fires', () => {
      expect(own()).toMatchObject({ finding: 'violated', caught: expect.arrayContaining([cell.variant?.invariant]) });
    });
  } else {
    test('every promise holds with its evidence, and no alert fires', () => {
      expect(own()).toMatchObject({ finding: 'holds', reasons: [], falseAlarms: 0 });
    });
  }
});

test('the matrix finds every defect and nothing else', () => {
  expect(matrixOf(target, outcomes)).toMatchObject({ recall: 1, falseAlarms: 0, wronglyViolated: 0, unknown: 0 });
});
