/**
 * The harness tested by defects: the sound system on every scenario, each defect and look-alike on its witness
 * scenario, over the same seeds. Found = the named invariant is violated and its alert fires while the sound system
 * holds on the same seed.
 */
import { errors } from '../errors.ts';
import type { Scenario } from '../scenario.ts';
import type { Target, Variant } from '../target.ts';
import type { Finding } from './audit.ts';
import type { RunRequest, RunResult } from './result.ts';

/** One run of the matrix: a scenario, a seed, and the sound system or a variant of it. */
export interface Cell {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly variant?: Variant;
}

/** What a cell came to, reduced to what the matrix counts. */
export interface CellOutcome {
  readonly cell: Cell;
  readonly finding: Finding;
  readonly reasons: readonly string[];
  /** Invariants that are violated and whose alert fired. */
  readonly caught: readonly string[];
  /** Alerts that fired although the books are right. */
  readonly falseAlarms: number;
  readonly detectMs: number | null;
  /** The alert came, but after its bound. */
  readonly late: boolean;
}

/** All cells, seed by seed, so that an early end has whole seeds behind it. Throws for a variant without a witness. */
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
  return seeds.flatMap((seed) => [
    ...scenarios.map((scenario) => ({ scenario, seed })),
    ...target.variants.map((variant) => ({ scenario: witnessOf(variant), seed, variant })),
  ]);
};

/** The request that runs a cell. */
export const requestOf = ({ scenario, seed, variant }: Cell): RunRequest => ({
  scenario,
  seed,
  settings: [],
  ...(variant === undefined ? {} : { variant: variant.id }),
});

/** Reduces a result. */
export const outcomeOf = (cell: Cell, { verdict, testimonies }: RunResult): CellOutcome => {
  const caught = testimonies.filter(({ agreement }) => agreement === 'caught');
  const named = caught.find(({ audit }) => audit.invariant.id === cell.variant?.invariant);
  return {
    cell,
    finding: verdict.finding,
    reasons: verdict.reasons,
    caught: caught.map(({ audit }) => audit.invariant.id),
    falseAlarms: testimonies.filter(({ agreement }) => agreement === 'false alarm').length,
    detectMs: named?.detectMs ?? null,
    late: named?.late ?? false,
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
  late: false,
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
  /** In how many of them the alert came after its bound. */
  readonly late: number;
}

/** The counts of a whole matrix. */
export interface Matrix {
  /** Found ÷ runs, over all defects; 0 when there was none. */
  readonly recall: number;
  /** Alerts without a breach, over all runs. */
  readonly falseAlarms: number;
  /** Runs of the sound system and of look-alikes that did not hold although they should. */
  readonly wronglyViolated: number;
  /** Runs without a verdict. */
  readonly unknown: number;
  readonly runs: number;
  readonly defects: readonly DefectRow[];
  /** What to look at: each run that did not end as it should. */
  readonly surprises: readonly { readonly run: string; readonly reasons: readonly string[] }[];
}

const nameOf = ({ scenario, seed, variant }: Cell): string =>
  `${scenario.id} --seed ${seed}${variant === undefined ? '' : ` --defect ${variant.id}`}`;

/** Counts the outcomes. */
export const matrixOf = (target: Target, outcomes: readonly CellOutcome[]): Matrix => {
  const soundHolds = new Set(
    outcomes
      .filter(({ cell, finding }) => cell.variant === undefined && finding === 'holds')
      .map(({ cell }) => `${cell.scenario.id} ${cell.seed}`),
  );
  const isFound = ({ cell, caught }: CellOutcome): boolean =>
    cell.variant !== undefined &&
    caught.includes(cell.variant.invariant) &&
    soundHolds.has(`${cell.scenario.id} ${cell.seed}`);
  const isDefect = ({ cell }: CellOutcome): boolean => cell.variant?.kind === 'defect';
  const defects = target.variants
    .filter(({ kind }) => kind === 'defect')
    .map(({ id, witness, invariant }): DefectRow => {
      const own = outcomes.filter(({ cell }) => cell.variant?.id === id);
      const found = own.filter(isFound);
      const times = found.flatMap(({ detectMs }) => detectMs ?? []).sort((a, b) => a - b);
      return {
        id,
        witness,
        invariant,
        found: found.length,
        seeds: own.length,
        detectMsMedian: times[Math.floor((times.length - 1) / 2)] ?? null,
        detectMsMax: times.at(-1) ?? null,
        late: found.filter(({ late }) => late).length,
      };
    });
  const defectRuns = outcomes.filter(isDefect);
  const surprising = outcomes.filter((outcome) =>
    isDefect(outcome) ? !isFound(outcome) : outcome.finding !== 'holds',
  );
  return {
    recall: defectRuns.length === 0 ? 0 : defectRuns.filter(isFound).length / defectRuns.length,
    falseAlarms: outcomes.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0),
    wronglyViolated: outcomes.filter((outcome) => !isDefect(outcome) && outcome.finding === 'violated').length,
    unknown: outcomes.filter(({ finding }) => finding === 'unknown').length,
    runs: outcomes.length,
    defects,
    surprises: surprising.map(({ cell, reasons }) => ({ run: nameOf(cell), reasons })),
  };
};

/** True when every defect was found in every seed and nothing else was. */
export const isPerfect = (matrix: Matrix): boolean =>
  matrix.defects.length > 0 &&
  matrix.defects.every(({ found, seeds }) => seeds > 0 && found === seeds) &&
  matrix.falseAlarms === 0 &&
  matrix.wronglyViolated === 0 &&
  matrix.unknown === 0;
