/**
 * All interleavings of two requests: the orders in which their steps can follow each other, one world after the other,
 * depth first, each world made anew up to the place where it differs from the one before. Those that differ only in
 * steps that cannot touch each other are made once (sleep sets; Godefroid 1996).
 */
import { simulationErrors } from '../simulation-errors.ts';
import { actorOf, type ChoicePoint, type Chooser } from './choices.ts';
import type { Step } from './steps.ts';
import { areApart, Touches, type Touching } from './touching.ts';

/** Names of two requests. */
export type Pair = readonly [string, string];

/** Thrown by the chooser in a world that goes on as one before; there is nothing to see in it. */
export class SeenBefore extends Error {}

type Offered = Pick<Step, 'label' | 'request' | 'sql'>;

/** Nothing comes to harm; jobs and timers go first, then one request after the other, each to its end. */
class Calm {
  last: Offered | undefined;

  choose(steps: readonly Offered[]): number {
    const jobs = steps.filter(({ request }) => request === undefined);
    const among = jobs.length > 0 ? jobs : steps;
    const same = among.find(({ request, label }) => {
      if (request !== undefined) return request === this.last?.request;
      return this.last !== undefined && actorOf(label) === actorOf(this.last.label);
    });
    return steps.indexOf(same ?? (among[0] as Offered));
  }

  take(step: Offered): void {
    this.last = step;
  }
}

/** A schedule in which the two are free, and everything else is calm; `free` decides between their steps. */
const calmBut = (free: (calm: Calm, steps: readonly Offered[]) => number | undefined): Chooser => {
  const calm = new Calm();
  return {
    choose: ({ kind, steps = [] }: ChoicePoint) => {
      if (kind !== 'schedule') return 0;
      const index = free(calm, steps) ?? calm.choose(steps);
      calm.take(steps[index] as Offered);
      return index;
    },
  };
};

/** Lets nothing race, and hears of each two requests that are under way together, once, when they first are. */
export const meeting = (met: (pair: Pair) => void): Chooser => {
  const known = new Set<string>();
  return calmBut((_calm, steps) => {
    const names = [...new Set(steps.flatMap(({ request }) => request ?? []))];
    for (const [index, name] of names.entries())
      for (const other of names.slice(index + 1)) {
        const key = [name, other].sort().join('\n');
        if (known.has(key)) continue;
        known.add(key);
        met([name, other]);
      }
    return undefined;
  });
};

const namesOf = (steps: readonly Touching[]): string => steps.map(({ label }) => label).join(' | ');

/** A moment at which either could go on. */
interface Fork {
  readonly options: readonly Touching[];
  /** Steps that need not be taken here: worlds before this one begin with them, or with what comes to the same. */
  readonly asleep: Map<string, Touching>;
  taken: Touching;
}

/** What is varied. */
export interface InterleavingOptions {
  /** Also those that differ only in steps that cannot touch each other: for requests that share memory. */
  readonly isEvery: boolean;
}

/** Those of one pair. */
export class Interleavings {
  readonly #pair: Pair;
  readonly #isEvery: boolean;
  readonly #path: Fork[] = [];

  constructor(pair: Pair, { isEvery }: InterleavingOptions) {
    this.#pair = pair;
    this.#isEvery = isEvery;
  }

  /** Decides the next world, which throws `SeenBefore` at the place since which it would be one of those before. */
  chooser(): Chooser {
    const touches = new Touches();
    let asleep = new Map<string, Touching>();
    let depth = 0;
    let isRacing = false;
    const take = (step: Offered): void => {
      const taken = touches.of(step);
      touches.take(step);
      asleep = new Map([...asleep].filter(([, other]) => !this.#isEvery && areApart(taken, other)));
    };
    const pick = (options: readonly Touching[], last: string | undefined): string => {
      const awake = options.filter(({ label }) => !asleep.has(label));
      if (options.length === 1 && awake[0] !== undefined) return awake[0].label;
      const known = this.#path[depth];
      const first = awake.find(({ request }) => request === last) ?? awake[0];
      if (known === undefined && first === undefined) throw new SeenBefore('this world goes on as one before');
      const fork = known ?? { options, asleep, taken: first as Touching };
      if (known === undefined) this.#path.push(fork);
      if (namesOf(fork.options) !== namesOf(options))
        throw simulationErrors.choicesDiffer(depth + 1, fork.taken.label, [namesOf(options)]);
      depth += 1;
      asleep = fork.asleep;
      return fork.taken.label;
    };
    return calmBut((calm, steps) => {
      const mine = steps.filter(({ request = '' }) => this.#pair.includes(request));
      isRacing ||= new Set(mine.map(({ request }) => request)).size === 2;
      const options = isRacing ? mine.map((step) => touches.of(step)) : [];
      const label = options.length > 0 ? pick(options, calm.last?.request) : undefined;
      const index = label === undefined ? calm.choose(steps) : steps.findIndex((step) => step.label === label);
      take(steps[index] as Offered);
      return index;
    });
  }

  /** Makes the next world another one; false when there is none. */
  next(): boolean {
    for (;;) {
      const fork = this.#path.at(-1);
      if (fork === undefined) return false;
      fork.asleep.set(fork.taken.label, fork.taken);
      const left = fork.options.find(({ label }) => !fork.asleep.has(label));
      if (left !== undefined) {
        fork.taken = left;
        return true;
      }
      this.#path.pop();
    }
  }
}
