/** Makes a broken world smaller while it breaks the same promises: fewer orders, less harm, fewer changes of turn. */
import type { Clock } from '../clock.ts';
import { ToppleError } from '../errors.ts';
import { leaningOn } from '../simulate/choices.ts';
import { type Exploration, type RecordedWorld, runShaped } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import type { WorldShape } from './shape.ts';

/** Choices to lean on; `undefined` leaves the choice to what disturbs least. */
type Leanings = readonly (string | undefined)[];

interface Candidate {
  readonly shape: WorldShape;
  readonly leanings: Leanings;
}

/** The smallest world that was found. */
export interface Shrunk {
  readonly world: RecordedWorld;
  readonly outcome: WorldOutcome;
  /** Choices that had to be as they were; the others are what disturbs least. */
  readonly deviations: readonly string[];
  /** Worlds that were tried. */
  readonly tries: number;
}

/** Broken like the original; worlds that cannot go on are another defect. */
const sameBreach =
  (exploration: Exploration, { seed, fingerprint }: RecordedWorld) =>
  async ({ shape, leanings }: Candidate): Promise<WorldOutcome | undefined> => {
    try {
      const outcome = await runShaped(exploration, seed, shape, leaningOn(leanings), 'quick');
      return outcome.fingerprint.join() === fingerprint.join() ? outcome : undefined;
    } catch (error) {
      if (error instanceof ToppleError) return undefined;
      throw error;
    }
  };

const withoutOrders = ({ shape, leanings }: Candidate): readonly Candidate[] =>
  shape.ordinals.length === 1
    ? []
    : shape.ordinals.map((left) => ({
        leanings,
        shape: { ...shape, ordinals: shape.ordinals.filter((ordinal) => ordinal !== left) },
      }));

const plainer = ({ shape, leanings }: Candidate): readonly Candidate[] => [
  ...(shape.hasGates ? [{ leanings, shape: { ...shape, hasGates: false } }] : []),
  ...(shape.isHasty ? [{ leanings, shape: { ...shape, isHasty: false } }] : []),
];

/** The leanings without those from `from` on, `count` of them. */
const forgetting = (leanings: Leanings, from: number, count: number): Leanings =>
  leanings.map((leaning, index) => (index >= from && index < from + count ? undefined : leaning));

/** What bounds the work. */
export interface ShrinkLimits {
  readonly clock: Clock;
  readonly untilMs: number;
  /** Hears how many worlds were tried. */
  readonly told: (tries: number) => void;
}

/** The best candidate so far, and the ways to a better one; each says whether it found one. */
class Shrinking {
  tries = 0;
  best: { readonly candidate: Candidate; readonly outcome: WorldOutcome } | undefined;
  readonly #breaks: ReturnType<typeof sameBreach>;
  readonly #limits: ShrinkLimits;

  constructor(exploration: Exploration, world: RecordedWorld, limits: ShrinkLimits) {
    this.#breaks = sameBreach(exploration, world);
    this.#limits = limits;
  }

  isTime(): boolean {
    return this.#limits.clock.nowMs() < this.#limits.untilMs;
  }

  async accepts(candidate: Candidate): Promise<boolean> {
    this.tries += 1;
    this.#limits.told(this.tries);
    const outcome = await this.#breaks(candidate);
    if (outcome !== undefined) this.best = { candidate, outcome };
    return outcome !== undefined;
  }

  async simplify(ways: (candidate: Candidate) => readonly Candidate[]): Promise<boolean> {
    let isSmaller = false;
    for (let isOnward = true; isOnward && this.isTime(); ) {
      isOnward = false;
      for (const candidate of this.best === undefined ? [] : ways(this.best.candidate)) {
        isOnward = await this.accepts(candidate);
        if (isOnward) break;
      }
      isSmaller ||= isOnward;
    }
    return isSmaller;
  }

  /** Forgets large parts first, then ever smaller ones (delta debugging). */
  async forget(): Promise<boolean> {
    let isSmaller = false;
    const length = this.best?.candidate.leanings.length ?? 0;
    for (let count = length; count >= 1; count = Math.floor(count / 2)) {
      for (let from = 0; from < length && this.best !== undefined && this.isTime(); from += count) {
        const { shape, leanings } = this.best.candidate;
        const fewer = forgetting(leanings, from, count);
        if (fewer.every((leaning, index) => leaning === leanings[index])) continue;
        isSmaller = (await this.accepts({ shape, leanings: fewer })) || isSmaller;
      }
    }
    return isSmaller;
  }
}

/**
 * Shrinks `world` until nothing more can be left out or the time is up; undefined when it does not even break like that
 * when its own choices are leant on.
 */
export const shrink = async (
  exploration: Exploration,
  world: RecordedWorld,
  limits: ShrinkLimits,
): Promise<Shrunk | undefined> => {
  const shrinking = new Shrinking(exploration, world, limits);
  await shrinking.accepts({ shape: world.shape, leanings: world.choices });
  for (let isSmaller = true; isSmaller && shrinking.isTime(); ) {
    const hasFewerParts = [await shrinking.simplify(withoutOrders), await shrinking.simplify(plainer)].includes(true);
    isSmaller = (await shrinking.forget()) || hasFewerParts;
  }
  if (shrinking.best === undefined) return undefined;
  const { candidate, outcome } = shrinking.best;
  const { choices, digest, fingerprint } = outcome;
  return {
    world: { seed: world.seed, shape: candidate.shape, choices, digest, fingerprint },
    outcome,
    deviations: candidate.leanings.filter((leaning) => leaning !== undefined),
    tries: shrinking.tries,
  };
};
