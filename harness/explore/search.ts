/** Runs one new world after the other until a promise is broken or the time is up. */
import { confirm } from './confirm.ts';
import { type Exploration, type RecordedWorld, runSeed } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import type { WorldShape } from './shape.ts';
import { type Shard, whole } from './shard.ts';
import { addTo, emptyTally, type Tally, tallyOf } from './tally.ts';

/** A world in which something was broken. */
export interface Found {
  readonly world: RecordedWorld;
  readonly outcome: WorldOutcome;
  /** Why it could not be repeated exactly; undefined when three replays were equal to it to the byte. */
  readonly differs?: string;
}

/** How long and where to look. */
export interface SearchLimits {
  readonly firstSeed: number;
  /** How many seeds there are for all shards together. */
  readonly worldsMax: number;
  /** Which of these seeds are looked at here; all by default. */
  readonly shard?: Shard;
  /** Asked before each world. */
  readonly isOver: () => boolean;
  /** Hears of each world. */
  readonly told: (tally: Tally) => void;
}

/** What was found in a world that ran once: it is repeated. */
export const foundIn = async (
  exploration: Exploration,
  seed: number,
  shape: WorldShape,
  outcome: WorldOutcome,
): Promise<Found> => {
  const { choices, digest, fingerprint } = outcome;
  const world = { seed, shape, choices, digest, fingerprint };
  const differs = await confirm(exploration, world);
  return { world, outcome, ...(differs === undefined ? {} : { differs }) };
};

/** Looks until the first world that is not sound, or until a limit. */
export const search = async (
  exploration: Exploration,
  { firstSeed, worldsMax, shard = whole, isOver, told }: SearchLimits,
): Promise<{ readonly tally: Tally; readonly found?: Found }> => {
  const tally = emptyTally();
  for (let nth = shard.index - 1; nth < worldsMax && !isOver(); nth += shard.count) {
    const seed = firstSeed + nth;
    const { shape, outcome } = await runSeed(exploration, seed);
    addTo(tally, tallyOf(outcome));
    told(tally);
    if (outcome.fingerprint.length === 0) continue;
    return { tally, found: await foundIn(exploration, seed, shape, outcome) };
  }
  return { tally };
};
