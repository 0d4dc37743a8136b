/** Two matrices side by side: is each cell of the one, in its world, what it is in the other? */
import type { Finding } from './audit.ts';
import type { Evidence } from './evidence.ts';

/** A cell as a matrix writes it down. */
export interface CellRow {
  /** How it is run alone: `confirm-race --seed 1 --defect ID`. */
  readonly run: string;
  readonly finding: Finding;
  /** It was found, it was exposed, or it held: whatever a cell of its kind has to. */
  readonly isAsItShould: boolean;
  readonly falseAlarms: number;
  /** How often each fault of the scenario struck, in the scenario's order; none of a run that came to no verdict. */
  readonly hits: readonly Evidence[];
}

/** A cell that a world cannot host, and why, as a clause. */
export interface UnhostedCell {
  readonly run: string;
  readonly reason: string;
}

/** What of a written matrix can be laid beside another one. */
export interface Side {
  /** Id of the world. */
  readonly world: string;
  readonly cells: readonly CellRow[];
  readonly unhosted: readonly UnhostedCell[];
}

/** What the comparison came to. */
export interface Comparison {
  /** The world of the other matrix. */
  readonly world: string;
  /** How many cells are the same in both, their faults having struck in both. */
  readonly equal: number;
  /** The others that were run in both, or in one without the other refusing it. */
  readonly differences: readonly { readonly run: string; readonly problem: string }[];
  /** What one of the two worlds cannot host. */
  readonly unhosted: readonly (UnhostedCell & { readonly world: string })[];
}

const cellsOf = ({ cells }: Side): ReadonlyMap<string, CellRow> => new Map(cells.map((cell) => [cell.run, cell]));

const inWords = ({ finding, isAsItShould, falseAlarms }: CellRow): string =>
  [
    finding,
    ...(isAsItShould ? [] : ['as it should not be']),
    ...(falseAlarms === 0 ? [] : [`false alarms: ${falseAlarms}`]),
  ].join(', ');

/** The faults that never struck, in a cell that was run in `world`. */
const idleIn = ({ hits }: CellRow, world: string): readonly string[] =>
  hits.filter(({ count }) => count === 0).map(({ what }) => `${what} in ${world} 0 times`);

const problemOf = (here: CellRow, there: CellRow, worlds: readonly [string, string]): string | undefined => {
  const [said, saidThere] = [inWords(here), inWords(there)];
  if (said !== saidThere) return `${worlds[0]}: ${said}; ${worlds[1]}: ${saidThere}`;
  const idle = [...idleIn(here, worlds[0]), ...idleIn(there, worlds[1])];
  return idle.length === 0 ? undefined : idle.join('; ');
};

/**
 * Lays them side by side. Two cells are the same when they came to the same finding, rightly or wrongly in both, with
 * as many false alarms, and each fault of their scenario struck in both. One that is missing where nobody refused it
 * is a difference.
 */
export const besides = (here: Side, there: Side): Comparison => {
  const unhosted = [here, there].flatMap((side) => side.unhosted.map((cell) => ({ ...cell, world: side.world })));
  const refused = new Set(unhosted.map(({ run }) => run));
  const [own, others] = [cellsOf(here), cellsOf(there)];
  const compared = [...new Set([...own.keys(), ...others.keys()])].filter((run) => !refused.has(run));
  const differences = compared.flatMap((run) => {
    const [cell, other] = [own.get(run), others.get(run)];
    const problem =
      cell && other
        ? problemOf(cell, other, [here.world, there.world])
        : `run in ${cell ? here.world : there.world} alone`;
    return problem === undefined ? [] : [{ run, problem }];
  });
  return { world: there.world, equal: compared.length - differences.length, differences, unhosted };
};
