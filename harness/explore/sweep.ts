/** Every fault point of a calm world, once with each harm that can come to it: what does the system survive? */
import type { RunPlan } from '../run/plan.ts';
import { planRun } from '../run/plan.ts';
import type { Random } from '../seed.ts';
import type { ChoicePoint, Chooser } from '../simulate/choices.ts';
import { guidedBy } from '../simulate/milestones.ts';
import { confirm } from './confirm.ts';
import { type Exploration, type RecordedWorld, runShaped } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import type { WorldShape } from './shape.ts';

/** A moment of the calm world at which a statement, a call or a webhook may come to harm. */
export interface FaultPoint {
  /** Its place among all of them, from 0. */
  readonly nth: number;
  /** What happens there: `api commit`, `provisioning calls alibaba-cloud`. */
  readonly what: string;
  /** The harms that can come to it: `is lost`. */
  readonly harms: readonly string[];
}

/** One harm at one point. */
export interface Strike {
  readonly point: FaultPoint;
  readonly harm: string;
}

/** A world with one strike, or two, and what they broke; nothing when every promise held. */
export interface Trial {
  readonly strikes: readonly Strike[];
  readonly fingerprint: readonly string[];
}

/** The first trial that broke these promises, with its world. */
export interface BrokenTrial extends Trial {
  readonly world: RecordedWorld;
  readonly outcome: WorldOutcome;
  /** Why it could not be repeated exactly, if so. */
  readonly differs?: string;
}

/** What a sweep came to. */
export interface Sweep {
  readonly points: readonly FaultPoint[];
  readonly trials: readonly Trial[];
  /** One for each set of promises that was broken together. */
  readonly broken: readonly BrokenTrial[];
  /** How many trials there would have been. */
  readonly possible: number;
}

/** What is swept. */
export interface SweepLimits {
  readonly seed: number;
  /** Two strikes in each world, in an order drawn from this chance, instead of one. */
  readonly pairsBy?: Random;
  readonly isOver: () => boolean;
  readonly told: (trials: number, possibleTrials: number) => void;
}

const harmsOf = ({ options, of }: ChoicePoint): readonly string[] =>
  options.slice(1).map((option) => option.slice((of?.subject.length ?? 0) + 1));

/** Disturbs nothing but at the points of `strikes`; `seen` hears of each point. */
const striking = (strikes: readonly Strike[], seen: (point: FaultPoint) => void = () => undefined): Chooser => {
  const calm = guidedBy([]);
  let nth = -1;
  return {
    choose: (choice) => {
      if (choice.kind !== 'fate') return calm.choose(choice);
      nth += 1;
      const harms = harmsOf(choice);
      seen({ nth, what: choice.of?.what ?? '', harms });
      const strike = strikes.find(({ point }) => point.nth === nth);
      return strike === undefined ? 0 : 1 + harms.indexOf(strike.harm);
    },
  };
};

/** One order of the plan, and no schedule but the usual one. */
const calmShape = ({ traffic }: RunPlan): WorldShape => ({
  ordinals: traffic.batches
    .flat()
    .slice(0, 1)
    .map(({ ordinal }) => ordinal),
  hasGates: false,
  isHasty: false,
});

const strikesAt = (points: readonly FaultPoint[]): readonly Strike[] =>
  points.flatMap((point) => point.harms.map((harm) => ({ point, harm })));

/** All pairs of strikes at different points, each once, in an order drawn by `random`. */
function* pairsOf(strikes: readonly Strike[], random: Random): Generator<readonly Strike[]> {
  const drawn = new Set<number>();
  const possible = pairCount(strikes);
  while (drawn.size < possible) {
    const [one, other] = [random.pick(strikes), random.pick(strikes)];
    const key = strikes.indexOf(one) * strikes.length + strikes.indexOf(other);
    if (one.point.nth >= other.point.nth || drawn.has(key)) continue;
    drawn.add(key);
    yield [one, other];
  }
}

const pairCount = (strikes: readonly Strike[]): number => {
  const perPoint = new Map<number, number>();
  for (const { point } of strikes) perPoint.set(point.nth, (perPoint.get(point.nth) ?? 0) + 1);
  const same = [...perPoint.values()].reduce((sum, count) => sum + count * count, 0);
  return (strikes.length ** 2 - same) / 2;
};

/** Sweeps one order of the scenario. A golden run that breaks a promise by itself is the only trial. */
export const sweep = async (exploration: Exploration, { seed, pairsBy, isOver, told }: SweepLimits): Promise<Sweep> => {
  const { scenario, settings } = exploration.subject;
  const shape = calmShape(planRun(scenario, seed, settings));
  const points: FaultPoint[] = [];
  const trials: Trial[] = [];
  const broken: BrokenTrial[] = [];
  const attempt = async (strikes: readonly Strike[], seen?: (point: FaultPoint) => void): Promise<void> => {
    const outcome = await runShaped(exploration, seed, shape, striking(strikes, seen), 'quick');
    const { fingerprint, choices, digest } = outcome;
    trials.push({ strikes, fingerprint });
    const isKnown = broken.some((other) => other.fingerprint.join() === fingerprint.join());
    if (fingerprint.length === 0 || isKnown) return;
    const world = { seed, shape, choices, digest, fingerprint };
    const differs = await confirm(exploration, world);
    broken.push({ strikes, fingerprint, world, outcome, ...(differs === undefined ? {} : { differs }) });
  };
  await attempt([], (point) => points.push(point));
  if (broken.length > 0) return { points, trials, broken, possible: 1 };
  trials.length = 0;
  const strikes = strikesAt(points);
  const possible = pairsBy === undefined ? strikes.length : pairCount(strikes);
  const all = pairsBy === undefined ? strikes.map((strike) => [strike]) : pairsOf(strikes, pairsBy);
  for (const each of all) {
    if (isOver()) break;
    await attempt(each);
    told(trials.length, possible);
  }
  return { points, trials, broken, possible };
};
