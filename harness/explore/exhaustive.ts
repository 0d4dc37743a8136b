/** Every interleaving of each two requests that are under way together in one world, or as many as the time allows. */
import { planRun } from '../run/plan.ts';
import { randomFrom } from '../seed.ts';
import { type InterleavingOptions, Interleavings, meeting, type Pair, SeenBefore } from '../simulate/interleavings.ts';
import { type Exploration, runShaped } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import { type Found, foundIn } from './search.ts';
import { drawShape, type WorldShape } from './shape.ts';
import { partOf, type Shard } from './shard.ts';
import { addTo, emptyTally, type Tally, tallyOf } from './tally.ts';

/** What was looked at of two requests. */
export interface PairLooked {
  /** Its place among all pairs of the world, from 0. */
  readonly nth: number;
  readonly requests: Pair;
  /** Those that differ in more than steps that cannot touch each other. */
  readonly interleavings: number;
  /** There are no others. */
  readonly isExhausted: boolean;
}

/** How long and where to look. */
export interface ExhaustiveLimits extends InterleavingOptions {
  readonly seed: number;
  /** Which of the pairs are looked at here. */
  readonly shard: Shard;
  /** How many orders are under way together, if the scenario has as many. */
  readonly orders: number;
  /** Milliseconds that are left of the budget; asked before each world. */
  readonly leftMs: () => number;
  /** Hears of each world. */
  readonly told: (tally: Tally) => void;
}

/** What an exhaustive search came to. */
export interface Exhaustive {
  readonly tally: Tally;
  readonly pairs: readonly PairLooked[];
  readonly found?: Found;
}

/** One world after the other of one seed and shape. */
class Looking {
  readonly tally = emptyTally();
  readonly #exploration: Exploration;
  readonly #limits: ExhaustiveLimits;
  readonly #shape: WorldShape;

  constructor(exploration: Exploration, limits: ExhaustiveLimits) {
    const { scenario, settings } = exploration.subject;
    const drawn = drawShape(
      planRun(scenario, limits.seed, settings),
      randomFrom(`${scenario.id}/${limits.seed}`).fork('world'),
      limits.orders,
    );
    this.#exploration = exploration;
    this.#limits = limits;
    this.#shape = { ...drawn, hasGates: false, isHasty: false };
  }

  async world(chooser: ReturnType<Interleavings['chooser']>): Promise<WorldOutcome> {
    const outcome = await runShaped(this.#exploration, this.#limits.seed, this.#shape, chooser, 'quick');
    addTo(this.tally, tallyOf(outcome));
    this.#limits.told(this.tally);
    return outcome;
  }

  /** Looks at two requests for `forMs`, or until an interleaving breaks a promise. */
  async pair(nth: number, requests: Pair, forMs: number): Promise<PairLooked & { readonly broken?: WorldOutcome }> {
    const { leftMs } = this.#limits;
    const untilMs = leftMs() - forMs;
    const all = new Interleavings(requests, this.#limits);
    let interleavings = 0;
    for (let isMore = true; isMore; isMore = all.next()) {
      if (leftMs() <= Math.max(0, untilMs)) return { nth, requests, interleavings, isExhausted: false };
      const outcome = await this.world(all.chooser()).catch((error: unknown) => {
        if (error instanceof SeenBefore) return undefined;
        throw error;
      });
      if (outcome === undefined) continue;
      interleavings += 1;
      if (outcome.fingerprint.length > 0) return { nth, requests, interleavings, isExhausted: false, broken: outcome };
    }
    return { nth, requests, interleavings, isExhausted: true };
  }

  found(outcome: WorldOutcome): Promise<Found> {
    return foundIn(this.#exploration, this.#limits.seed, this.#shape, outcome);
  }
}

/** Looks at the pairs of a part, each with its share of the time, until the first world that is not sound. */
export const searchExhaustively = async (exploration: Exploration, limits: ExhaustiveLimits): Promise<Exhaustive> => {
  const looking = new Looking(exploration, limits);
  const { tally } = looking;
  const met: Pair[] = [];
  const calm = await looking.world(meeting((pair) => met.push(pair)));
  if (calm.fingerprint.length > 0) return { tally, pairs: [], found: await looking.found(calm) };
  const own = partOf([...met.entries()], limits.shard);
  const pairs: PairLooked[] = [];
  for (const [index, [nth, requests]] of own.entries()) {
    const { broken, ...pair } = await looking.pair(nth, requests, limits.leftMs() / (own.length - index));
    pairs.push(pair);
    if (broken !== undefined) return { tally, pairs, found: await looking.found(broken) };
  }
  return { tally, pairs };
};
