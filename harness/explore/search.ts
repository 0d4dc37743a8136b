/** Runs one new world after the other until a promise is broken or the time is up. */
import type { Clock } from '../clock.ts';
import { ToppleError } from '../errors.ts';
import type { StatementCounts } from '../simulate/statements.ts';
import { type Exploration, type RecordedWorld, repeatWorld, runSeed } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';

/** What all worlds of a search came to. */
export interface Tally extends StatementCounts {
  worlds: number;
  /** Calls, webhooks and statements that came to harm. */
  harms: number;
  /** Worlds that differed in any choice, row or error. */
  readonly digests: Set<string>;
  /** Facts that could have broken a promise, by the promise's id. */
  readonly exercised: Map<string, number>;
}

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
  readonly worldsMax: number;
  readonly clock: Clock;
  readonly untilMs: number;
  /** Hears of each world. */
  readonly told: (tally: Tally) => void;
}

const confirmations = 3;

const emptyTally = (): Tally => ({
  worlds: 0,
  harms: 0,
  statements: 0,
  waits: 0,
  parked: 0,
  deadlocks: 0,
  digests: new Set(),
  exercised: new Map(),
});

const count = (tally: Tally, { counts, digest, audits, harms }: WorldOutcome): void => {
  tally.worlds += 1;
  tally.harms += harms;
  for (const name of ['statements', 'waits', 'parked', 'deadlocks'] as const) tally[name] += counts[name];
  tally.digests.add(digest);
  for (const { invariant, exercised } of audits) {
    tally.exercised.set(invariant.id, (tally.exercised.get(invariant.id) ?? 0) + exercised);
  }
};

/** Repeats the world; undefined when each repetition was equal to it. */
export const confirm = async (exploration: Exploration, world: RecordedWorld): Promise<string | undefined> => {
  for (let nth = 1; nth <= confirmations; nth += 1) {
    try {
      const { digest } = await repeatWorld(exploration, world);
      if (digest !== world.digest) return `repetition ${nth} had other rows: digest ${digest}, not ${world.digest}`;
    } catch (error) {
      if (error instanceof ToppleError && error.code === 'choices-differ') return error.message;
      throw error;
    }
  }
  return undefined;
};

/** Looks until the first world that is not sound, or until a limit. */
export const search = async (
  exploration: Exploration,
  { firstSeed, worldsMax, clock, untilMs, told }: SearchLimits,
): Promise<{ readonly tally: Tally; readonly found?: Found }> => {
  const tally = emptyTally();
  while (tally.worlds < worldsMax && clock.nowMs() < untilMs) {
    const seed = firstSeed + tally.worlds;
    const { shape, outcome } = await runSeed(exploration, seed);
    count(tally, outcome);
    told(tally);
    if (outcome.fingerprint.length === 0) continue;
    const { choices, digest, fingerprint } = outcome;
    const world = { seed, shape, choices, digest, fingerprint };
    const differs = await confirm(exploration, world);
    return { tally, found: { world, outcome, ...(differs === undefined ? {} : { differs }) } };
  }
  return { tally };
};
