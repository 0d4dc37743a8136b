import { beforeAll, describe, expect, test } from 'vitest';
import { moneyBoardFile } from '#dashboards/boards/money';
import { scenarios } from '#scenarios/index';
import { readBoard } from '../observe/board.ts';
import { type Cell, type CellOutcome, cellsOf, isPerfect, matrixOf } from '../run/matrix.ts';
import { embedded } from '../worlds/embedded.ts';
import { inLab } from './compose.ts';
import { loadProject } from './load-config.ts';
import { runCells } from './verbs/matrix.ts';

const seeds = [1];
const project = await loadProject(process.cwd());
const { target, invariants } = project;
const cells = cellsOf(target, scenarios, seeds);
let outcomes: readonly CellOutcome[] = [];

const nameOf = ({ variant, lie }: Cell): string =>
  [variant?.id ?? 'the sound service', ...(lie === undefined ? [] : [lie.id])].join(', ');

beforeAll(async () => {
  outcomes = await inLab(project, embedded, (lab) => runCells(lab, cells, 2, () => {}));
}, 1_800_000);

describe.each(cells.map((cell) => ({ cell, name: nameOf(cell), scenario: cell.scenario.id })))(
  '$scenario, seed $cell.seed, $name',
  ({ cell }) => {
    const own = () => outcomes.find((outcome) => outcome.cell === cell);
    if (cell.lie !== undefined) {
      test('the lie is exposed', () => {
        expect(own()).toMatchObject({ finding: cell.lie?.finding, isExposed: true });
      });
    } else if (cell.variant?.kind === 'defect') {
      test('the invariant is violated, its alert fires, its panel turns red', () => {
        expect(own()).toMatchObject({ finding: 'violated', caught: expect.arrayContaining([cell.variant?.invariant]) });
      });
    } else {
      test('every promise holds with its evidence, no alert fires, no panel turns red', () => {
        expect(own()).toMatchObject({ finding: 'holds', reasons: [], falseAlarms: 0 });
      });
    }
  },
);

test('the matrix finds every defect, exposes every lie, and accuses nobody else', () => {
  const matrix = matrixOf(target, outcomes);
  expect(matrix).toMatchObject({ recall: 1, falseAlarms: 0, wronglyViolated: 0, unknown: 0, surprises: [] });
  expect(isPerfect(matrix)).toBe(true);
});

test('a breach that the target knows how to mend ends its alarm', () => {
  const curable = Object.keys(target.database.remedies ?? {});
  const mended = outcomes.filter(
    ({ cell }) => cell.lie === undefined && curable.includes(cell.variant?.invariant ?? ''),
  );
  const breached = mended.filter(({ cell }) => cell.variant?.kind === 'defect');
  expect(breached.length).toBeGreaterThan(0);
  for (const { cell, clearMs } of breached) expect(clearMs, cell.variant?.id).not.toBeNull();
});

test('each panel of the board moves in some run: none is there for show', () => {
  const titles = readBoard(moneyBoardFile(target, invariants), 400).map(({ title }) => title);
  const moved = new Set(outcomes.flatMap((outcome) => outcome.moved));
  expect(titles.filter((title) => !moved.has(title))).toEqual([]);
});
