/** `topple matrix`: is every defect found, and nothing else? */
import { readFileSync } from 'node:fs';
import { errors } from '../../errors.ts';
import { toJson } from '../../report/json.ts';
import { inWords } from '../../report/words.ts';
import { besides, type Comparison, type Side, type UnhostedCell } from '../../run/beside.ts';
import { strikesDatabase } from '../../run/fault-sites.ts';
import {
  brokenCell,
  type Cell,
  type CellOutcome,
  cellsOf,
  findingOf,
  type Matrix,
  matrixOf,
  nameOf,
  outcomeOf,
  requestOf,
  shownBy,
} from '../../run/matrix.ts';
import { type Lab, runScenario } from '../../run/run-scenario.ts';
import { exitCodeOf } from '../../run/verdict.ts';
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
  jobs: { type: 'string' },
  world: { type: 'string', default: 'embedded' },
  beside: { type: 'string' },
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

/** The cells that `world` can host, and the others; says on standard error why, once for all seeds. */
const hostedBy = (
  world: World,
  target: Target,
  cells: readonly Cell[],
): { readonly hosted: readonly Cell[]; readonly unhosted: readonly UnhostedCell[] } => {
  const told = new Set<string>();
  const unhosted: UnhostedCell[] = [];
  const hosted = cells.filter((cell) => {
    const { scenario, variant } = cell;
    const reason = refusalOf(world, { target, scenario, ...(variant === undefined ? {} : { variant: variant.id }) });
    if (reason === undefined) return true;
    told.add(`not hosted  ${scenario.id}, ${variant?.id ?? 'sound'}: ${reason}`);
    unhosted.push({ run: nameOf(cell), reason });
    return false;
  });
  for (const line of told) console.error(line);
  return { hosted, unhosted };
};

/** Defects that simulated worlds alone have to show, with the reason. */
const leftOutOf = ({ variants }: Target) =>
  variants.flatMap(({ id, unreachable }) => (unreachable === undefined ? [] : [{ id, reason: unreachable }]));

/** The target with those variants alone that some cell has: of the others nothing can be found. */
const runIn = (target: Target, cells: readonly Cell[]): Target => ({
  ...target,
  variants: target.variants.filter(({ id }) => cells.some(({ variant }) => variant?.id === id)),
});

const usualJobs = 2;

/** How many runs at once, as asked for or as `world` can; throws `tooManyJobs` when it was asked for more. */
const jobsFor = ({ id, runsAtOnceMax = Number.POSITIVE_INFINITY }: World, given: string | undefined): number => {
  if (given === undefined) return Math.min(usualJobs, runsAtOnceMax);
  const jobs = wholeNumber('--jobs', given, 1);
  if (jobs > runsAtOnceMax) throw errors.tooManyJobs(id, jobs, runsAtOnceMax);
  return jobs;
};

/** What `topple matrix --json` wrote to `file`; throws `notAMatrix` for anything else. */
const readSide = (file: string): Side => {
  try {
    const side = JSON.parse(readFileSync(file, 'utf8')) as Partial<Side>;
    if (typeof side.world === 'string' && Array.isArray(side.cells) && Array.isArray(side.unhosted))
      return side as Side;
    throw new TypeError('it has no world, cells and unhosted');
  } catch (error) {
    throw errors.notAMatrix(file, error);
  }
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

const comparisonText = ({ world, equal, differences, unhosted }: Comparison): string =>
  [
    '',
    `beside the world ${world}: ${equal} cells the same, ${differences.length} different, ` +
      `${unhosted.length} not hosted`,
    ...differences.map(({ run, problem }) => `  different   topple run ${run}   ${problem}`),
    ...unhosted.map(({ run, world: where, reason }) => `  not hosted  topple run ${run}   ${where}: ${reason}`),
  ].join('\n');

/** The verb `matrix`. */
export const verb: Verb = {
  usage: '[--seeds COUNT] [--seed FIRST] [--scenario ID] [--world ID] [--beside FILE] [--jobs N] [--json]',
  summary:
    'Runs the sound service, each defect, look-alike and lie over the same seeds, and counts what was found; ' +
    '--beside compares it cell by cell with what --json wrote of another world.',
  run: async (args) => {
    const { values } = readArguments('matrix', args, options);
    const first = wholeNumber('--seed', values.seed, 0);
    const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 1) }, (_, index) => first + index);
    const world = worldCalled(values.world);
    const jobs = jobsFor(world, values.jobs);
    const other = values.beside === undefined ? undefined : readSide(values.beside);
    const project = await loadProject(process.cwd());
    const chosen = values.scenario === undefined ? project.scenarios : [scenarioCalled(project, values.scenario)];
    const shown = shownBy(project.target, project.scenarios, chosen);
    const leftOut = leftOutOf(shown);
    for (const { id, reason } of leftOut) console.error(`left out    ${id}: ${reason}`);
    const { hosted, unhosted } = hostedBy(world, shown, cellsOf(shown, chosen, seeds));
    const target = runIn(shown, hosted);
    const outcomes = await inLab({ ...project, target }, world, (lab) =>
      runCells(lab, hosted, jobs, ({ cell, finding }, done) => {
        const system = [cell.variant?.id ?? 'sound', ...(cell.lie === undefined ? [] : [cell.lie.id])].join(', ');
        console.error(
          `${done} of ${hosted.length}  ${finding.padEnd(8)}  ${cell.scenario.id}, seed ${cell.seed}, ${system}`,
        );
      }),
    );
    const matrix = matrixOf(target, outcomes);
    const written = { world: world.id, ...matrix, unhosted, leftOut };
    const comparison = other && besides(written, other);
    if (values.json) console.log(toJson({ ...written, ...(comparison && { beside: comparison }) }));
    else console.log([matrixText(matrix), ...(comparison ? [comparisonText(comparison)] : [])].join('\n'));
    return exitCodeOf(findingOf(matrix, comparison));
  },
};
