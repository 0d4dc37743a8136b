/** `topple matrix`: is every defect found, and nothing else? */
import { exitCodes } from '../../exit-codes.ts';
import { toJson } from '../../report/json.ts';
import { inWords } from '../../report/words.ts';
import { strikesDatabase } from '../../run/fault-sites.ts';
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
  shownBy,
} from '../../run/matrix.ts';
import { type Lab, runScenario } from '../../run/run-scenario.ts';
import type { Target } from '../../target.ts';
import type { World } from '../../world.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { inLab } from '../compose.ts';
import { loadProject } from '../load-config.ts';
import { refusalOf, scenarioCalled, worldCalled } from '../lookup.ts';
import type { Verb } from '../verb.ts';

const options = {
  seeds: { type: 'string', default: '2' },
  seed: { type: 'string', default: '1' },
  scenario: { type: 'string' },
  jobs: { type: 'string', default: '2' },
  world: { type: 'string', default: 'embedded' },
  json: { type: 'boolean', default: false },
} as const;

/**
 * Runs all cells, `jobs` at a time, and at last those alone that strike the database server, because all runs of an
 * open world share it. `told` hears of each as it ends. One that cannot be run is `unknown`.
 */
export const runCells = async (
  lab: Lab,
  cells: readonly Cell[],
  jobs: number,
  told: (outcome: CellOutcome, doneCount: number) => void,
): Promise<readonly CellOutcome[]> => {
  const outcomes: CellOutcome[] = [];
  const [together, alone] = [false, true].map((strikes) =>
    cells.filter(({ scenario }) => strikesDatabase(scenario.faults) === strikes),
  ) as [Cell[], Cell[]];
  const work = async (waiting: Cell[]): Promise<void> => {
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
  await Promise.all(Array.from({ length: jobs }, () => work(together)));
  await work(alone);
  return outcomes;
};

/** The cells that `world` can host; says on standard error which it cannot, once for all seeds, and why. */
const hostedBy = (world: World, target: Target, cells: readonly Cell[]): readonly Cell[] => {
  const refused = new Set<string>();
  const hosted = cells.filter(({ scenario, variant }) => {
    const reason = refusalOf(world, { target, scenario, ...(variant === undefined ? {} : { variant: variant.id }) });
    if (reason !== undefined) refused.add(`not hosted  ${scenario.id}, ${variant?.id ?? 'sound'}: ${reason}`);
    return reason === undefined;
  });
  for (const line of refused) console.error(line);
  return hosted;
};

const timesIn = (medianMs: number | null, mostMs: number | null): string =>
  medianMs === null || mostMs === null ? '-' : `${inWords(medianMs)} (${inWords(mostMs)})`;

const matrixText = (matrix: Matrix): string =>
  [
    'defect                          found     told after (max)     over after (max)',
    ...matrix.defects.map((row) => {
      const told = timesIn(row.detectMsMedian, row.detectMsMax).padEnd(20);
      const over = timesIn(row.clearMsMedian, row.clearMsMax);
      const lateness = row.late === 0 ? '' : `, ${row.late} late`;
      return `${row.id.padEnd(31)} ${`${row.found} of ${row.seeds}`.padEnd(9)} ${told} ${over}${lateness}`;
    }),
    '',
    'lie                             exposed   as',
    ...matrix.lies.map(({ id, exposed, seeds, exposedAs }) => {
      return `${id.padEnd(31)} ${`${exposed} of ${seeds}`.padEnd(9)} ${exposedAs}`;
    }),
    '',
    `recall ${matrix.recall}, false alarms ${matrix.falseAlarms}, wrongly violated ${matrix.wronglyViolated}, ` +
      `unknown ${matrix.unknown}, in ${matrix.runs} runs`,
    ...matrix.surprises.map(({ run, reasons }) => `  look at: topple run ${run}   ${reasons[0] ?? 'not found'}`),
  ].join('\n');

/** The verb `matrix`. */
export const verb: Verb = {
  usage: '[--seeds COUNT] [--seed FIRST] [--scenario ID] [--world ID] [--jobs N] [--json]',
  summary: 'Runs the sound service, each defect, look-alike and lie over the same seeds, and counts what was found.',
  run: async (args) => {
    const { values } = readArguments('matrix', args, options);
    const first = wholeNumber('--seed', values.seed, 0);
    const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 1) }, (_, index) => first + index);
    const project = await loadProject(process.cwd());
    const chosen = values.scenario === undefined ? project.scenarios : [scenarioCalled(project, values.scenario)];
    const target = shownBy(project.target, project.scenarios, chosen);
    const world = worldCalled(values.world);
    const cells = hostedBy(world, target, cellsOf(target, chosen, seeds));
    const outcomes = await inLab({ ...project, target }, world, (lab) =>
      runCells(lab, cells, wholeNumber('--jobs', values.jobs, 1), ({ cell, finding }, done) => {
        const system = [cell.variant?.id ?? 'sound', ...(cell.lie === undefined ? [] : [cell.lie.id])].join(', ');
        console.error(
          `${done} of ${cells.length}  ${finding.padEnd(8)}  ${cell.scenario.id}, seed ${cell.seed}, ${system}`,
        );
      }),
    );
    const matrix = matrixOf(target, outcomes);
    console.log(values.json ? toJson(matrix) : matrixText(matrix));
    if (isPerfect(matrix)) return exitCodes.pass;
    const isWrong =
      matrix.falseAlarms + matrix.wronglyViolated > 0 ||
      (matrix.defects.length > 0 && matrix.recall < 1) ||
      matrix.lies.some(({ exposed, seeds }) => exposed < seeds);
    return isWrong ? exitCodes.violated : exitCodes.unknown;
  },
};
