/** Makes a broken world smaller while it breaks the same promises: fewer orders, less and weaker harm, fewer turns. */
import { ToppleError } from '../errors.ts';
import type { Choices } from '../simulate/choices.ts';
import { type Guided, guidedBy } from '../simulate/milestones.ts';
import { type Exploration, type RecordedWorld, runShaped, watchWorld } from './exploration.ts';
import { byDeaths, byPauses } from './interruptions.ts';
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
  readonly aims: Choices;
  readonly switches: number;
  readonly outcome: WorldOutcome;
}

/** The smallest world that was found. */
export interface Shrunk {
  readonly world: RecordedWorld;
  readonly outcome: WorldOutcome;
  /** Choices that had to be as they were; the others are what disturbs least. */
  readonly deviations: readonly string[];
  /** How often a session that could have gone on had to wait for another one. */
  readonly switches: number;
  /** Worlds that were tried. */
  readonly tries: number;
}

/** How candidates are tried. */
export interface Trials {
  /** Runs the world of the seed in this shape. */
  run(shape: WorldShape, chooser: Guided): Promise<WorldOutcome>;
  /** Runs the world that is to be shrunk, looked at after each step. */
  watch(): Promise<WorldOutcome>;
}

/** Broken like the original; worlds that cannot go on are another defect. */
const sameBreach =
  ({ run }: Trials, { fingerprint }: RecordedWorld) =>
  async (candidate: Candidate): Promise<Broken | undefined> => {
    const { shape, milestones } = candidate;
    try {
      const chooser = guidedBy(milestones);
      const outcome = await run(shape, chooser);
      if (outcome.fingerprint.join() !== fingerprint.join()) return undefined;
      const { deviations, harms, aims } = chooser;
      return { candidate, deviations, harms, aims, switches: chooser.switches(), outcome };
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

/** The same with amounts that a reader adds up in his head. */
const withRoundAmounts = ({ candidate: { shape, milestones } }: Broken): readonly Candidate[] =>
  shape.hasRoundAmounts ? [] : [{ milestones, shape: { ...shape, hasRoundAmounts: true } }];

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

/** Nothing at all; else nothing but its harms, all of them or one alone, wherever what they strike happens first. */
const byAims = ({ candidate: { shape, milestones }, aims }: Broken): readonly Candidate[] =>
  [[], aims, ...aims.map((aim) => [aim])].flatMap((fewer) =>
    fewer.length < milestones.length ? [{ shape, milestones: fewer }] : [],
  );

/** Nothing but one of its deaths, as a harm that comes with a statement. */
const withOneDeath = ({ candidate: { shape, milestones }, outcome }: Broken): readonly Candidate[] =>
  byDeaths(outcome.course).flatMap((fewer) => (fewer.length < milestones.length ? [{ shape, milestones: fewer }] : []));

/** So many of the last turns before the breach are tried alone. */
const windows = [6, 18, 54] as const;

/** A step of a session or of time, or a harm; not that something went as it usually does. */
const isTelling = (choice: string): boolean => /^(\S+-\d+|timer|clock) /.test(choice) && !choice.endsWith(' runs');

/** What was chosen before the step since which a promise has been broken, and before the last death of each process. */
const waysToBreach = ({ fingerprint, choices, brokenSince, course }: WorldOutcome): readonly Choices[] => {
  const breach = brokenSince.get(fingerprint[0] ?? '');
  const diedAfter = new Map(course.deaths.map((death) => [death.role, death.choices]));
  const counts = [...(breach === undefined ? [] : [breach.choices]), ...diedAfter.values()];
  return counts.map((count) => choices.slice(0, count).filter(isTelling));
};

/** One pause before the breach, and nothing else; nobody can stand still unless time may pass. */
const pauses = ({ fingerprint, brokenSince, course }: WorldOutcome, { isHasty }: WorldShape): readonly Choices[] => {
  const breach = brokenSince.get(fingerprint[0] ?? '');
  return isHasty ? byPauses({ steps: course.steps.slice(0, breach?.steps) }) : [];
};

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
  readonly #tried = new Set<string>();

  constructor(trials: Trials, world: RecordedWorld, limits: ShrinkLimits) {
    this.#breaks = sameBreach(trials, world);
    this.#limits = limits;
  }

  isTime(): boolean {
    return !this.#limits.isOver();
  }

  /** False, without a try, for one that was tried before. */
  async accepts(candidate: Candidate): Promise<boolean> {
    const text = JSON.stringify(candidate);
    if (this.#tried.has(text)) return false;
    this.#tried.add(text);
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

  /** Tries all that may be left of a long world at once; `watch` says where it was broken. */
  async leap(watch: () => Promise<WorldOutcome>): Promise<void> {
    const shape = this.best?.candidate.shape;
    if (shape === undefined || this.#length() <= windows[0] || !this.isTime()) return;
    const watched = await watch();
    const ways = waysToBreach(watched);
    const ends = windows.flatMap((length) => ways.map((way) => way.slice(-length)));
    for (const milestones of [...pauses(watched, shape), ...ends]) {
      if (!this.isTime()) return;
      if (milestones.length < this.#length() && (await this.accepts({ shape, milestones }))) return;
    }
  }

  #length(): number {
    return this.best?.candidate.milestones.length ?? 0;
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
export const shrinkBy = async (
  trials: Trials,
  world: RecordedWorld,
  limits: ShrinkLimits,
): Promise<Shrunk | undefined> => {
  const shrinking = new Shrinking(trials, world, limits);
  await shrinking.accepts({ shape: world.shape, milestones: world.choices });
  await shrinking.simplify(byAims);
  await shrinking.simplify(withOneDeath);
  await shrinking.leap(trials.watch);
  for (let isSmaller = true; isSmaller && shrinking.isTime(); ) {
    isSmaller = false;
    for (const ways of [withoutAKind, withoutOrders, plainer])
      isSmaller = (await shrinking.simplify(ways)) || isSmaller;
    isSmaller = (await shrinking.forget()) || isSmaller;
    isSmaller = (await shrinking.simplify(withWeakerHarm)) || isSmaller;
  }
  if (shrinking.isTime()) await shrinking.simplify(withRoundAmounts);
  if (shrinking.best === undefined) return undefined;
  const { candidate, deviations, switches, outcome } = shrinking.best;
  const { choices, digest, fingerprint } = outcome;
  return {
    world: { seed: world.seed, shape: candidate.shape, choices, digest, fingerprint },
    outcome,
    deviations,
    switches,
    tries: shrinking.tries,
  };
};

/** As `shrinkBy`, in worlds of `exploration`. */
export const shrink = (
  exploration: Exploration,
  world: RecordedWorld,
  limits: ShrinkLimits,
): Promise<Shrunk | undefined> =>
  shrinkBy(
    {
      run: (shape, chooser) => runShaped(exploration, world.seed, shape, chooser, 'quick'),
      watch: () => watchWorld(exploration, world),
    },
    world,
    limits,
  );
