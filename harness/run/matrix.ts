/**
 * The harness tested by defects and lies: the sound system on every scenario, each defect and look-alike on its witness
 * scenario, and each lie of the dashboards, over the same seeds. Found = the named invariant is violated, its alert
 * fires and its panel turns red if it has them, while the sound system holds on the same seed.
 */
import { errors } from '../errors.ts';
import { isMoving } from '../observe/panel-view.ts';
import type { Scenario } from '../scenario.ts';
import type { Target, Variant } from '../target.ts';
import type { Finding } from './audit.ts';
import type { CellRow, Comparison } from './beside.ts';
import { type Evidence, hitsIn } from './evidence.ts';
import { type Lie, lies } from './lies.ts';
import type { RunRequest, RunResult } from './result.ts';

/** One run of the matrix: a scenario, a seed, the sound system or a variant of it, and perhaps a lie about it. */
export interface Cell {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly variant?: Variant;
  readonly lie?: Lie;
}

/** What a cell came to, reduced to what the matrix counts. */
export interface CellOutcome {
  readonly cell: Cell;
  readonly finding: Finding;
  readonly reasons: readonly string[];
  /** Invariants that are violated and whose alert and panel said so, or that have none. */
  readonly caught: readonly string[];
  /** Invariants of which alert or panel told a breach although the books are right. */
  readonly falseAlarms: number;
  readonly detectMs: number | null;
  readonly clearMs: number | null;
  /** The alert came or went, but after its bound. */
  readonly late: boolean;
  /** Whether the lie was seen for what it is; false in a cell without one. */
  readonly isExposed: boolean;
  /** How often each fault of the scenario struck. */
  readonly hits: readonly Evidence[];
  /** Titles of the panels whose values changed during the run. */
  readonly moved: readonly string[];
}

/**
 * The target with the variants alone that the `chosen` of `all` scenarios show. One whose witness is none of them
 * stays, since `cellsOf` refuses it.
 */
export const shownBy = (target: Target, all: readonly Scenario[], chosen: readonly Scenario[]): Target => {
  const others = all.filter((scenario) => !chosen.includes(scenario)).map(({ id }) => id);
  return { ...target, variants: target.variants.filter(({ witness }) => !others.includes(witness)) };
};

/** The variants that runs in real time can be relied on to show. */
const reachable = ({ variants }: Target): readonly Variant[] =>
  variants.filter(({ unreachable }) => unreachable === undefined);

/**
 * All cells but those of unreachable defects, seed by seed, so that an early end has whole seeds behind it. Throws for
 * a variant without a witness.
 */
export const cellsOf = (target: Target, scenarios: readonly Scenario[], seeds: readonly number[]): readonly Cell[] => {
  const witnessOf = ({ witness }: Variant): Scenario => {
    const scenario = scenarios.find(({ id }) => id === witness);
    if (scenario === undefined)
      throw errors.unknownName(
        'witness scenario',
        witness,
        scenarios.map(({ id }) => id),
      );
    return scenario;
  };
  /** Of a promise that nothing watches no dashboard can lie. */
  const isWatched = (variant: Variant): boolean =>
    witnessOf(variant).expect.every(({ id, signal }) => id !== variant.invariant || signal !== undefined);
  const liedAbout = reachable(target).find((variant) => variant.kind === 'defect' && isWatched(variant));
  const cellOfLie = (lie: Lie, seed: number): readonly Cell[] => {
    if (liedAbout === undefined) return []; // without a defect there is nothing to hide, and no promise to name
    const scenario = witnessOf(liedAbout);
    return [{ scenario, seed, lie, ...(lie.about === 'defect' ? { variant: liedAbout } : {}) }];
  };
  return seeds.flatMap((seed) => [
    ...scenarios.map((scenario) => ({ scenario, seed })),
    ...reachable(target).map((variant) => ({ scenario: witnessOf(variant), seed, variant })),
    ...lies.flatMap((lie) => cellOfLie(lie, seed)),
  ]);
};

/** The request that runs a cell. */
export const requestOf = ({ scenario, seed, variant, lie }: Cell): RunRequest => ({
  scenario,
  seed,
  settings: [],
  ...(variant === undefined ? {} : { variant: variant.id }),
  ...(lie === undefined ? {} : { lie }),
});

/** A lie is exposed when the run ends as it must, and the promise it hides or accuses is judged as it must be. */
const isExposed = ({ lie, variant, scenario }: Cell, { verdict, testimonies }: Judged): boolean => {
  if (lie === undefined || verdict.finding !== lie.finding) return false;
  const named = variant === undefined ? scenario.expect.map(({ id }) => id) : [variant.invariant];
  return testimonies.some(({ audit, agreement }) => named.includes(audit.invariant.id) && agreement === lie.exposedAs);
};

type Judged = Pick<RunResult, 'verdict' | 'testimonies' | 'panels' | 'evidence'>;

/** Reduces a result. */
export const outcomeOf = (cell: Cell, result: Judged): CellOutcome => {
  const { verdict, testimonies, panels, evidence } = result;
  const caught = testimonies.filter(
    ({ agreement, audit }) => agreement === 'caught' || (agreement === 'unwatched' && audit.finding === 'violated'),
  );
  const named = caught.find(({ audit }) => audit.invariant.id === cell.variant?.invariant);
  return {
    cell,
    finding: verdict.finding,
    reasons: verdict.reasons,
    caught: caught.map(({ audit }) => audit.invariant.id),
    falseAlarms: testimonies.filter(({ agreement }) => agreement === 'false alarm').length,
    detectMs: named?.detectMs ?? null,
    clearMs: named?.clearMs ?? null,
    late: named?.late ?? false,
    isExposed: isExposed(cell, result),
    hits: hitsIn(evidence, cell.scenario),
    moved: panels.filter(isMoving).map(({ panel }) => panel.title),
  };
};

/** The outcome of a cell whose run came to no verdict at all. */
export const brokenCell = (cell: Cell, error: unknown): CellOutcome => ({
  cell,
  finding: 'unknown',
  reasons: [error instanceof Error ? error.message : String(error)],
  caught: [],
  falseAlarms: 0,
  detectMs: null,
  clearMs: null,
  late: false,
  isExposed: false,
  hits: [],
  moved: [],
});

/** One defect's row. */
export interface DefectRow {
  readonly id: string;
  readonly witness: string;
  readonly invariant: string;
  readonly found: number;
  readonly seeds: number;
  /** Median over the seeds in which it was found, or null. */
  readonly detectMsMedian: number | null;
  readonly detectMsMax: number | null;
  /** Median over the seeds in which the breach was mended and the alert ended, or null. */
  readonly clearMsMedian: number | null;
  readonly clearMsMax: number | null;
  /** In how many of them the alert came or went after its bound. */
  readonly late: number;
}

/** One lie's row. */
export interface LieRow {
  readonly id: string;
  readonly exposedAs: string;
  readonly exposed: number;
  readonly seeds: number;
}

/** The counts of a whole matrix. */
export interface Matrix {
  /** Found ÷ runs, over all defects; 0 when there was none. */
  readonly recall: number;
  /** Alerts and panels that told of no breach, over all runs without a lie. */
  readonly falseAlarms: number;
  /** Runs of the sound system and of look-alikes that did not hold although they should. */
  readonly wronglyViolated: number;
  /** Runs without a verdict. */
  readonly unknown: number;
  readonly runs: number;
  readonly defects: readonly DefectRow[];
  readonly lies: readonly LieRow[];
  /** What to look at: each run that did not end as it should. */
  readonly surprises: readonly { readonly run: string; readonly reasons: readonly string[] }[];
  /** Every run, in the order in which they ended. */
  readonly cells: readonly CellRow[];
}

/** How a cell is run alone: what comes after `topple run`. */
export const nameOf = ({ scenario, seed, variant, lie }: Cell): string =>
  [
    `${scenario.id} --seed ${seed}`,
    ...(variant === undefined ? [] : [`--defect ${variant.id}`]),
    ...(lie === undefined ? [] : [`--lie ${lie.id}`]),
  ].join(' ');

const ascending = (numbers: readonly (number | null)[]): readonly number[] =>
  numbers.flatMap((number) => number ?? []).sort((a, b) => a - b);

const medianOf = (sorted: readonly number[]): number | null => sorted[Math.floor((sorted.length - 1) / 2)] ?? null;

const lieRows = (outcomes: readonly CellOutcome[]): readonly LieRow[] =>
  lies.map(({ id, exposedAs }) => {
    const own = outcomes.filter(({ cell }) => cell.lie?.id === id);
    return { id, exposedAs, exposed: own.filter((outcome) => outcome.isExposed).length, seeds: own.length };
  });

const isDefect = ({ cell }: CellOutcome): boolean => cell.variant?.kind === 'defect';

const defectRow = (variant: Variant, own: readonly CellOutcome[], isFound: (outcome: CellOutcome) => boolean) => {
  const found = own.filter(isFound);
  const detects = ascending(found.map(({ detectMs }) => detectMs));
  const clears = ascending(found.map(({ clearMs }) => clearMs));
  return {
    id: variant.id,
    witness: variant.witness,
    invariant: variant.invariant,
    found: found.length,
    seeds: own.length,
    detectMsMedian: medianOf(detects),
    detectMsMax: detects.at(-1) ?? null,
    clearMsMedian: medianOf(clears),
    clearMsMax: clears.at(-1) ?? null,
    late: found.filter(({ late }) => late).length,
  };
};

/** Counts the outcomes. */
export const matrixOf = (target: Target, all: readonly CellOutcome[]): Matrix => {
  const outcomes = all.filter(({ cell }) => cell.lie === undefined);
  const soundHolds = new Set(
    outcomes
      .filter(({ cell, finding }) => cell.variant === undefined && finding === 'holds')
      .map(({ cell }) => `${cell.scenario.id} ${cell.seed}`),
  );
  const isFound = ({ cell, caught }: CellOutcome): boolean =>
    cell.variant !== undefined &&
    caught.includes(cell.variant.invariant) &&
    soundHolds.has(`${cell.scenario.id} ${cell.seed}`);
  const isAsItShould = (outcome: CellOutcome): boolean => {
    if (outcome.cell.lie !== undefined) return outcome.isExposed;
    return isDefect(outcome) ? isFound(outcome) : outcome.finding === 'holds';
  };
  const defectRuns = outcomes.filter(isDefect);
  return {
    recall: defectRuns.length === 0 ? 0 : defectRuns.filter(isFound).length / defectRuns.length,
    falseAlarms: outcomes.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0),
    wronglyViolated: outcomes.filter((outcome) => !isDefect(outcome) && outcome.finding === 'violated').length,
    unknown: outcomes.filter(({ finding }) => finding === 'unknown').length,
    runs: all.length,
    defects: reachable(target)
      .filter(({ kind }) => kind === 'defect')
      .map((variant) => {
        const own = outcomes.filter(({ cell }) => cell.variant?.id === variant.id);
        return defectRow(variant, own, isFound);
      }),
    lies: lieRows(all),
    surprises: all
      .filter((outcome) => !isAsItShould(outcome))
      .map(({ cell, reasons }) => ({ run: nameOf(cell), reasons })),
    cells: all.map((outcome) => {
      const { cell, finding, falseAlarms, hits } = outcome;
      return { run: nameOf(cell), finding, isAsItShould: isAsItShould(outcome), falseAlarms, hits };
    }),
  };
};

/** True when every defect was found in every seed, so was every lie if there was one to tell, and nothing else was. */
export const isPerfect = ({ defects, lies, falseAlarms, wronglyViolated, unknown }: Matrix): boolean => {
  const wereFound = defects.length > 0 && defects.every(({ found, seeds }) => seeds > 0 && found === seeds);
  const told = lies.filter(({ seeds }) => seeds > 0);
  // All of them are told or none: a part of a matrix may have nothing to lie about.
  const wereTold = told.length === 0 || told.length === lies.length;
  const wereExposed = told.every(({ exposed, seeds }) => exposed === seeds);
  return wereFound && wereTold && wereExposed && falseAlarms + wronglyViolated + unknown === 0;
};

/**
 * What a matrix, and its `comparison` with another one if there is one, come to: `holds` when it is perfect and every
 * cell is the same, `violated` when somebody was accused wrongly or not at all or a cell differs, else `unknown`.
 */
export const findingOf = (matrix: Matrix, comparison?: Comparison): Finding => {
  const isWrong =
    matrix.falseAlarms + matrix.wronglyViolated > 0 ||
    (matrix.defects.length > 0 && matrix.recall < 1) ||
    matrix.lies.some(({ exposed, seeds }) => exposed < seeds);
  if (isWrong || (comparison?.differences.length ?? 0) > 0) return 'violated';
  return isPerfect(matrix) && comparison?.equal !== 0 ? 'holds' : 'unknown';
};
