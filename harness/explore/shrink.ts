/** Makes a broken world smaller while it breaks the same promises: fewer orders, less and weaker harm, fewer turns. */
import { ToppleError } from '../errors.ts';
import type { Choices } from '../simulate/choices.ts';
import { guidedBy } from '../simulate/milestones.ts';
import { type Exploration, type RecordedWorld, runShaped } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import type { WorldShape } from './shape.ts';
import { weakened } from './weaken.ts';

interface Candidate {
  readonly shape: WorldShape;
  readonly milestones: Choices;
}

/** A candidate that breaks the same promises, and which of its milestones left the usual way. */
interface Broken {
  readonly candidate: Candidate;
  readonly deviations: Choices;
  readonly harms: ReadonlySet<string>;
  readonly outcome: WorldOutcome;
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
  async (candidate: Candidate): Promise<Broken | undefined> => {
    const { shape, milestones } = candidate;
    try {
      const chooser = guidedBy(milestones);
      const outcome = await runShaped(exploration, seed, shape, chooser, 'quick');
      if (outcome.fingerprint.join() !== fingerprint.join()) return undefined;
      return { candidate, deviations: chooser.deviations, harms: chooser.harms, outcome };
    } catch (error) {
      if (error instanceof ToppleError) return undefined;
      throw error;
    }
  };

const withoutOrders = ({ candidate: { shape, milestones } }: Broken): readonly Candidate[] =>
  shape.ordinals.length === 1
    ? []
    : shape.ordinals.map((left) => ({
        milestones,
        shape: { ...shape, ordinals: shape.ordinals.filter((ordinal) => ordinal !== left) },
      }));

const plainer = ({ candidate: { shape, milestones } }: Broken): readonly Candidate[] => [
  ...(shape.hasGates ? [{ milestones, shape: { ...shape, hasGates: false } }] : []),
  ...(shape.isHasty ? [{ milestones, shape: { ...shape, isHasty: false } }] : []),
];

/** First without any harm, then without any change of turn, then without what is usual anyway. */
const withoutAKind = ({ candidate: { shape, milestones }, deviations, harms }: Broken): readonly Candidate[] =>
  [
    deviations.filter((deviation) => !harms.has(deviation)),
    deviations.filter((deviation) => harms.has(deviation)),
    deviations,
  ].flatMap((fewer) => (fewer.length < milestones.length ? [{ shape, milestones: fewer }] : []));

/** One harm weaker than it is, the weakest first. */
const withWeakerHarm = ({ candidate: { shape, milestones }, harms }: Broken): readonly Candidate[] =>
  weakened(milestones, harms).map((weaker) => ({ shape, milestones: weaker }));

/** What bounds the work. */
export interface ShrinkLimits {
  /** Asked before each world. */
  readonly isOver: () => boolean;
  /** Hears how many worlds were tried. */
  readonly told: (tries: number) => void;
}

/** The best candidate so far, and the ways to a better one; each says whether it found one. */
class Shrinking {
  tries = 0;
  best: Broken | undefined;
  readonly #breaks: ReturnType<typeof sameBreach>;
  readonly #limits: ShrinkLimits;

  constructor(exploration: Exploration, world: RecordedWorld, limits: ShrinkLimits) {
    this.#breaks = sameBreach(exploration, world);
    this.#limits = limits;
  }

  isTime(): boolean {
    return !this.#limits.isOver();
  }

  async accepts(candidate: Candidate): Promise<boolean> {
    this.tries += 1;
    this.#limits.told(this.tries);
    const broken = await this.#breaks(candidate);
    if (broken !== undefined) this.best = broken;
    return broken !== undefined;
  }

  async simplify(ways: (best: Broken) => readonly Candidate[]): Promise<boolean> {
    let isSmaller = false;
    for (let isOnward = true; isOnward && this.isTime(); ) {
      isOnward = false;
      for (const candidate of this.best === undefined ? [] : ways(this.best)) {
        isOnward = await this.accepts(candidate);
        if (isOnward) break;
      }
      isSmaller ||= isOnward;
    }
    return isSmaller;
  }

  /** Leaves out large parts first, then ever smaller ones (delta debugging). */
  async forget(): Promise<boolean> {
    let isSmaller = false;
    const length = this.best?.candidate.milestones.length ?? 0;
    for (let count = Math.ceil(length / 2); count >= 1; count = Math.floor(count / 2)) {
      for (let from = 0; this.best !== undefined && this.isTime(); ) {
        const { shape, milestones } = this.best.candidate;
        if (from >= milestones.length) break;
        const isLess = await this.accepts({ shape, milestones: milestones.toSpliced(from, count) });
        if (!isLess) from += count;
        isSmaller ||= isLess;
      }
    }
    return isSmaller;
  }
}

/**
 * Shrinks `world` until nothing more can be left out or the time is up; undefined when it does not even break like that
 * when its own choices are its milestones.
 */
export const shrink = async (
  exploration: Exploration,
  world: RecordedWorld,
  limits: ShrinkLimits,
): Promise<Shrunk | undefined> => {
  const shrinking = new Shrinking(exploration, world, limits);
  await shrinking.accepts({ shape: world.shape, milestones: world.choices });
  for (let isSmaller = true; isSmaller && shrinking.isTime(); ) {
    isSmaller = false;
    for (const ways of [withoutAKind, withoutOrders, plainer])
      isSmaller = (await shrinking.simplify(ways)) || isSmaller;
    isSmaller = (await shrinking.forget()) || isSmaller;
    isSmaller = (await shrinking.simplify(withWeakerHarm)) || isSmaller;
  }
  if (shrinking.best === undefined) return undefined;
  const { candidate, deviations, outcome } = shrinking.best;
  const { choices, digest, fingerprint } = outcome;
  return {
    world: { seed: world.seed, shape: candidate.shape, choices, digest, fingerprint },
    outcome,
    deviations,
    tries: shrinking.tries,
  };
};
