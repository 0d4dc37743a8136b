/** `topple matrix`: is every defect found, and nothing else? */
import { scenarios } from '#scenarios/index';
import { exitCodes } from '../../exit-codes.ts';
import { toJson } from '../../report/json.ts';
import { inWords } from '../../report/words.ts';
import {
  brokenCell,
  type Cell,
  type CellOutcome,
  cellsOf,
  isPerfect,
  type Matrix,
  matrixOf,
  outcomeOf,
  requestOf,
} from '../../run/matrix.ts';
import { type Lab, runScenario } from '../../run/run-scenario.ts';
import { embedded } from '../../worlds/embedded.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { inLab } from '../compose.ts';
import { loadTarget } from '../load-config.ts';
import type { Verb } from '../verb.ts';

const options = {
  seeds: { type: 'string', default: '2' },
  seed: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '2' },
  json: { type: 'boolean', default: false },
} as const;

/** Runs all cells, `jobs` at a time; `told` hears of each as it ends. One that cannot be run is `unknown`. */
export const runCells = async (
  lab: Lab,
  cells: readonly Cell[],
  jobs: number,
  told: (outcome: CellOutcome, doneCount: number) => void,
): Promise<readonly CellOutcome[]> => {
  const outcomes: CellOutcome[] = [];
  const waiting = [...cells];
  const work = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
      const running = runScenario(lab, requestOf(cell));
      const outcome = await running.then(
        (result) => outcomeOf(cell, result),
        (error: unknown) => brokenCell(cell, error),
      );
      outcomes.push(outcome);
      told(outcome, outcomes.length);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return outcomes;
};

const matrixText = (matrix: Matrix): string =>
  [
    'defect                          witness              found     alert after (max)',
    ...matrix.defects.map(({ id, witness, found, seeds, detectMsMedian, detectMsMax, late }) => {
      const after =
        detectMsMedian === null || detectMsMax === null ? '-' : `${inWords(detectMsMedian)} (${inWords(detectMsMax)})`;
      const lateness = late === 0 ? '' : `, ${late} late`;
      return `${id.padEnd(31)} ${witness.padEnd(20)} ${`${found} of ${seeds}`.padEnd(9)} ${after}${lateness}`;
    }),
    '',
    `recall ${matrix.recall}, false alarms ${matrix.falseAlarms}, wrongly violated ${matrix.wronglyViolated}, ` +
      `unknown ${matrix.unknown}, in ${matrix.runs} runs`,
    ...matrix.surprises.map(({ run, reasons }) => `  look at: topple run ${run}   ${reasons[0] ?? 'not found'}`),
  ].join('\n');

/** The verb `matrix`. */
export const verb: Verb = {
  usage: '[--seeds COUNT] [--seed FIRST] [--jobs N] [--json]',
  summary: 'Runs the sound service, every defect and every look-alike over the same seeds, and counts what was found.',
  run: async (args) => {
    const { values } = readArguments('matrix', args, options);
    const first = wholeNumber('--seed', values.seed, 0);
    const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 1) }, (_, index) => first + index);
    const target = await loadTarget(process.cwd());
    const cells = cellsOf(target, scenarios, seeds);
    const outcomes = await inLab(target, embedded, (lab) =>
      runCells(lab, cells, wholeNumber('--jobs', values.jobs, 1), ({ cell, finding }, done) => {
        const system = cell.variant?.id ?? 'sound';
        console.error(
          `${done} of ${cells.length}  ${finding.padEnd(8)}  ${cell.scenario.id}, seed ${cell.seed}, ${system}`,
        );
      }),
    );
    const matrix = matrixOf(target, outcomes);
    console.log(values.json ? toJson(matrix) : matrixText(matrix));
    if (isPerfect(matrix)) return exitCodes.pass;
    const isWrong = matrix.falseAlarms + matrix.wronglyViolated > 0 || (matrix.defects.length > 0 && matrix.recall < 1);
    return isWrong ? exitCodes.violated : exitCodes.unknown;
  },
};
