/** Tells a breach as a story: what happened to one order, in order of time, with the proof marked. */
import type { Witness } from '../invariant.ts';
import type { RunResult } from '../run/result.ts';
import { type Moment, momentsOf } from './moments.ts';

/** A story, and how many of its moments were left out to keep it short. */
export interface Story {
  readonly moments: readonly Moment[];
  readonly leftOut: number;
}

const momentsMax = 12;
const proofsMax = 3;

/** The indexes to keep: the frame, the first proofs with the latest cause before each, the rest while there is room. */
const kept = (moments: readonly Moment[]): ReadonlySet<number> => {
  const indexes = [...moments.keys()];
  const weighing = (weight: Moment['weight']) => indexes.filter((index) => moments[index]?.weight === weight);
  const proofs = weighing('proof').slice(0, proofsMax);
  const causes = proofs.flatMap(
    (proof) =>
      weighing('cause')
        .filter((index) => index < proof)
        .at(-1) ?? [],
  );
  const wanted = new Set([...weighing('frame'), ...proofs, ...causes, ...weighing('cause'), ...weighing('detail')]);
  return new Set([...wanted].slice(0, momentsMax));
};

/** The story of the witness's order; empty when the witness speaks of none. */
export const storyOf = (result: RunResult, witness: Witness): Story => {
  const order = result.books.orders.find(({ id }) => id === witness.orderId);
  if (order === undefined) return { moments: [], leftOut: 0 };
  const all = momentsOf(result, order, witness.evidence);
  const keep = kept(all);
  return { moments: all.filter((_moment, index) => keep.has(index)), leftOut: all.length - keep.size };
};
