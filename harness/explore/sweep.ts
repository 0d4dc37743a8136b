/**
 * Every point of a calm world at which something else could have happened, once with each of that: a harm that comes
 * to a statement or a call, or another one whose turn it is. What does the system survive?
 */
import { planRun, type RunPlan } from '../run/plan.ts';
import type { Random } from '../seed.ts';
import type { ChoicePoint, Chooser } from '../simulate/choices.ts';
import { guidedBy } from '../simulate/milestones.ts';
import { confirm } from './confirm.ts';
import { type Exploration, type RecordedWorld, runShaped } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import type { WorldShape } from './shape.ts';
import { addTo, emptyTally, tallyOf } from './tally.ts';

/** What is swept: what may come to harm, or whose turn it is. */
export type Swept = 'harms' | 'turns';

/** A moment of the calm world at which something else could have happened. */
export interface FaultPoint {
  /** Its place among all of them, from 0. */
  readonly nth: number;
  /** Its place among those of the same `what`, from 1. */
  readonly nthAlike: number;
  /** What happens there: `api commit`, `provisioning calls alibaba-cloud`; of a turn the step that is usual. */
  readonly what: string;
  /** What else can happen: the harms that can come to it, `is lost`, or the other steps that are possible. */
  readonly harms: readonly string[];
}

/** One harm at one point, or one other step in its place. */
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
  readonly swept: Swept;
  /** How many took part. */
  readonly orders: number;
  readonly points: readonly FaultPoint[];
  readonly trials: readonly Trial[];
  /** One for each set of promises that was broken together. */
  readonly broken: readonly BrokenTrial[];
  /** How many trials there would have been; of pairs those whose first strike was tried. */
  readonly possible: number;
  /** Promises of the scenario that nothing in any of these worlds could have broken. */
  readonly untried: readonly string[];
}

/** What is swept. */
export interface SweepLimits {
  readonly seed: number;
  readonly swept: Swept;
  /** How many orders of one batch are to take part, if there are as many. */
  readonly orders: number;
  /** After the worlds with one strike those with a second one later, in an order drawn from this chance. */
  readonly pairsBy?: Random;
  readonly isOver: () => boolean;
  readonly told: (trials: number, possibleTrials: number) => void;
}

const kinds: Readonly<Record<Swept, readonly ChoicePoint['kind'][]>> = {
  harms: ['statement', 'call'],
  turns: ['schedule'],
};

/** Disturbs nothing but at the points of `strikes`; `seen` hears of each point. */
const striking = (swept: Swept, strikes: readonly Strike[], seen: (point: FaultPoint) => void): Chooser => {
  const calm = guidedBy([]);
  const met = new Map<string, number>();
  let nth = -1;
  const pointAt = ({ options, of }: ChoicePoint, usual: number): FaultPoint => {
    const what = of?.what ?? options[usual] ?? '';
    const nthAlike = (met.get(what) ?? 0) + 1;
    met.set(what, nthAlike);
    nth += 1;
    const others = options.toSpliced(usual, 1);
    return { nth, nthAlike, what, harms: others.map((other) => (of ? other.slice(of.subject.length + 1) : other)) };
  };
  return {
    choose: (choice) => {
      const usual = calm.choose(choice);
      if (!kinds[swept].includes(choice.kind) || choice.options.length === 1) return usual;
      const here = pointAt(choice, usual);
      seen(here);
      const other = here.harms.indexOf(strikes.find(({ point }) => point.nth === here.nth)?.harm ?? '');
      if (other < 0) return usual;
      const index = other < usual ? other : other + 1;
      // Whoever goes on here goes on from now on.
      calm.choose({ ...choice, options: choice.options.slice(index, index + 1) });
      return index;
    },
  };
};

/** Some orders that are under way together, and no schedule but the usual one. */
const calmShape = ({ traffic }: RunPlan, orders: number, swept: Swept): WorldShape => {
  const batch = traffic.batches.find((one) => one.length >= orders) ?? traffic.batches[0] ?? [];
  const ordinals = batch.slice(0, orders).map(({ ordinal }) => ordinal);
  return { ordinals, hasGates: swept === 'turns', isHasty: false };
};

const strikesAt = (points: readonly FaultPoint[]): readonly Strike[] =>
  points.flatMap((point) => point.harms.map((harm) => ({ point, harm })));

/** Takes the rest of `all` in an order that `random` draws, and empties it. */
function* shuffled<T>(all: T[], random: Random): Generator<T> {
  for (let left = all.length; left > 0; left -= 1) yield all.splice(random.integer(0, left - 1), 1)[0] as T;
}

/** Sweeps some orders of the scenario. A golden run that breaks a promise by itself is the only trial. */
export const sweep = async (
  exploration: Exploration,
  { seed, swept, orders, pairsBy, isOver, told }: SweepLimits,
): Promise<Sweep> => {
  const { scenario, settings } = exploration.subject;
  const shape = calmShape(planRun(scenario, seed, settings), orders, swept);
  const trials: Trial[] = [];
  const broken: BrokenTrial[] = [];
  const tally = emptyTally();
  const result = (points: readonly FaultPoint[], possible: number): Sweep => {
    const untried = scenario.expect.map(({ id }) => id).filter((id) => (tally.exercised.get(id) ?? 0) === 0);
    return { swept, orders: shape.ordinals.length, points, trials, broken, possible, untried };
  };
  const attempt = async (strikes: readonly Strike[]): Promise<readonly FaultPoint[]> => {
    const met: FaultPoint[] = [];
    const chooser = striking(swept, strikes, (point) => met.push(point));
    const outcome = await runShaped(exploration, seed, shape, chooser, 'quick');
    const { fingerprint, choices, digest } = outcome;
    trials.push({ strikes, fingerprint });
    addTo(tally, tallyOf(outcome));
    const isKnown = broken.some((other) => other.fingerprint.join() === fingerprint.join());
    if (fingerprint.length === 0 || isKnown) return met;
    const world = { seed, shape, choices, digest, fingerprint };
    const differs = await confirm(exploration, world);
    broken.push({ strikes, fingerprint, world, outcome, ...(differs === undefined ? {} : { differs }) });
    return met;
  };
  const points = await attempt([]);
  if (broken.length > 0) return result(points, 1);
  trials.length = 0;
  const strikes = strikesAt(points);
  const pairs: (readonly Strike[])[] = [];
  for (const strike of strikes) {
    if (isOver()) break;
    // What can still happen afterwards is not what happened in the calm world.
    const later = (await attempt([strike])).filter(({ nth }) => nth > strike.point.nth);
    if (pairsBy !== undefined) pairs.push(...strikesAt(later).map((second) => [strike, second]));
    told(trials.length, strikes.length + pairs.length);
  }
  const possible = strikes.length + pairs.length;
  for (const pair of pairsBy === undefined ? [] : shuffled(pairs, pairsBy)) {
    if (isOver()) break;
    await attempt(pair);
    told(trials.length, possible);
  }
  return result(points, possible);
};
