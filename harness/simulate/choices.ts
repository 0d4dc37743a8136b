/** Who decides what happens next. The world offers, a `Chooser` picks; nothing else in it is free. */
import type { ToppleError } from '../errors.ts';
import type { Random } from '../seed.ts';
import { simulationErrors } from '../simulation-errors.ts';
import type { Step } from './steps.ts';

/** A moment at which more than one thing may happen; `options` differ, are in a fixed order and never empty. */
export interface ChoicePoint {
  /**
   * `schedule`: whose turn it is; `statement` and `call`: what becomes of a statement, a call or a webhook; `fault`:
   * whether what the scenario planned strikes. But for a schedule, the first option does no harm.
   */
  readonly kind: 'schedule' | 'statement' | 'call' | 'fault';
  readonly options: readonly string[];
  /** Of a fate: whose it is, which every option begins with, and what it is about, the same for all of that kind. */
  readonly of?: { readonly subject: string; readonly what: string };
  /** Of a schedule: the steps behind `options`, in the same order. */
  readonly steps?: readonly Pick<Step, 'label' | 'request' | 'sql'>[];
}

/** Picks an index into `options`. */
export interface Chooser {
  choose(point: ChoicePoint): number;
}

/** The choices of a world, in order: the options that were taken. Points with a single option are none. */
export type Choices = readonly string[];

/** Every option equally likely, per kind from a stream of its own. */
export const uniformly = (random: Random): Chooser => {
  const streams = new Map<string, Random>();
  const streamOf = (kind: string): Random => {
    const stream = streams.get(kind) ?? random.fork(kind);
    streams.set(kind, stream);
    return stream;
  };
  return { choose: ({ kind, options }) => streamOf(kind).integer(0, options.length - 1) };
};

const harmsMax = [0, 0, 1, 1, 2, 4] as const;
/** A world has about a hundred statements and ten calls: with one chance for both no call would come to harm. */
const harmPercent = { statement: 3, call: 20 } as const;

/**
 * Schedules by `schedule`, and lets a few things come to harm: how many at most, and of which kinds, is drawn once from
 * `random`, so that some worlds know no harm, some one kind only, some all.
 */
export const swarming = (schedule: Chooser, random: Random): Chooser => {
  let left: number = random.fork('number').pick(harmsMax);
  const chance = random.fork('harm');
  const isKnown = new Map<string, boolean>();
  /** A harm is known by its place in the list; what stands before it tells whom it would strike. */
  const known = (kind: string, place: number): boolean => {
    const harm = `${kind} ${place}`;
    const drawn = isKnown.get(harm) ?? random.fork(harm).unit() < 0.6;
    isKnown.set(harm, drawn);
    return drawn;
  };
  return {
    choose: (point) => {
      if (point.kind === 'schedule') return schedule.choose(point);
      if (point.kind === 'fault') return chance.integer(0, point.options.length - 1);
      const harms = [...point.options.keys()].filter((index) => index > 0 && known(point.kind, index));
      if (left === 0 || harms.length === 0 || chance.integer(1, 100) > harmPercent[point.kind]) return 0;
      left -= 1;
      return chance.pick(harms);
    },
  };
};

/** The actor of a step: the first word of its label. */
export const actorOf = (option: string): string => option.split(' ', 1)[0] ?? '';

/**
 * Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): the actor of the highest priority goes on, and at
 * `changes` moments of the first `stepsMax` the one that would go on falls behind all others. Time comes last: ahead of
 * an actor it would starve it, for it never ends.
 */
export const byPriority = (random: Random, changes: number, stepsMax: number): Chooser => {
  const priorities = new Map<string, number>();
  const draw = random.fork('priorities');
  const moments = random.fork('changes');
  const changeAt = new Set(Array.from({ length: changes }, () => moments.integer(1, stepsMax)));
  let steps = 0;
  const priorityOf = (option: string): number => {
    const actor = actorOf(option);
    const known = priorities.get(actor) ?? (actor === 'clock' ? Number.NEGATIVE_INFINITY : draw.unit());
    priorities.set(actor, known);
    return known;
  };
  const first = (options: readonly string[]): number => {
    const ranks = options.map(priorityOf);
    return ranks.indexOf(Math.max(...ranks));
  };
  return {
    choose: ({ kind, options }) => {
      if (kind !== 'schedule') return 0;
      steps += 1;
      const next = actorOf(options[first(options)] ?? '');
      if (changeAt.has(steps) && next !== 'clock') priorities.set(next, -steps);
      return first(options);
    },
  };
};

/** How long a session stands still, in milliseconds of the world's clock. */
const standsMs = [60_000, 600_000] as const;

/** To which millisecond of the world's clock a step goes; undefined for any other step. */
export const timeOf = (option: string): number | undefined => {
  const [, ms] = /^clock goes to \+(\d+(?:\.\d+)?) ms$/.exec(option) ?? [];
  return ms === undefined ? undefined : Number(ms);
};

/**
 * Schedules by `schedule`, but at `pauses` moments of the first `stepsMax` the session that would go on stands still
 * for minutes of the world's time, as in a process that is paused, while others go on. Only then does time pass
 * although somebody could go on; so it has to be among the options.
 */
export const stalling = (schedule: Chooser, random: Random, pauses: number, stepsMax: number): Chooser => {
  const moments = random.fork('moments');
  const pauseAt = new Set(Array.from({ length: pauses }, () => moments.integer(1, stepsMax)));
  const lengths = random.fork('lengths');
  const stopped = new Map<string, number>();
  let nowMs = 0;
  let steps = 0;
  const pick = ({ kind, options, steps: behind }: ChoicePoint, among: readonly number[]): number => {
    const own = { kind, options: among.map((index) => options[index] ?? '') };
    const asked = behind ? { ...own, steps: among.flatMap((index) => behind[index] ?? []) } : own;
    return among[schedule.choose(asked)] ?? 0;
  };
  const choose = (point: ChoicePoint): number => {
    const all = [...point.options.keys()];
    const isTime = (index: number): boolean => timeOf(point.options[index] ?? '') !== undefined;
    const stands = (index: number): boolean => nowMs < (stopped.get(actorOf(point.options[index] ?? '')) ?? 0);
    const free = all.filter((index) => !isTime(index) && !stands(index));
    if (free.length > 0) return pick(point, free);
    const time = all.filter(isTime);
    return pick(point, time.length > 0 ? time : all);
  };
  return {
    choose: (point) => {
      if (point.kind !== 'schedule') return 0;
      steps += 1;
      let index = choose(point);
      const actor = actorOf(point.options[index] ?? '');
      if (pauseAt.has(steps) && /-\d+$/.test(actor)) {
        stopped.set(actor, nowMs + lengths.pick(standsMs));
        index = choose(point);
      }
      nowMs = timeOf(point.options[index] ?? '') ?? nowMs;
      return index;
    },
  };
};

const slipPercent = 10;

/**
 * One step each, in turn, as requests that `Promise.all` starts together go on: whoever has waited longest is next, but
 * for a slip now and then. Time comes last.
 */
export const inTurns = (random: Random): Chooser => {
  const lastTurn = new Map<string, number>();
  const slips = random.fork('slips');
  let steps = 0;
  return {
    choose: ({ kind, options, steps: behind = [] }) => {
      if (kind !== 'schedule') return 0;
      steps += 1;
      const actors = options.map((option, index) => behind[index]?.request ?? actorOf(option));
      const turns = actors.map((actor) => (actor === 'clock' ? Number.POSITIVE_INFINITY : (lastTurn.get(actor) ?? 0)));
      const isSlip = slips.integer(1, 100) <= slipPercent;
      const index = isSlip ? slips.integer(0, options.length - 1) : turns.indexOf(Math.min(...turns));
      lastTurn.set(actors[index] ?? '', steps);
      return index;
    },
  };
};

/** Chooses as `chooser` does, writes down what was taken and counts what came to harm. */
export const recording = (chooser: Chooser): Chooser & { readonly taken: Choices; harms(): number } => {
  const taken: string[] = [];
  let harms = 0;
  return {
    taken,
    harms: () => harms,
    choose: (point) => {
      const index = chooser.choose(point);
      if (point.options.length > 1) taken.push(point.options[index] ?? '');
      if (point.kind !== 'schedule' && index > 0) harms += 1;
      return index;
    },
  };
};

/** Chooses what was chosen before; throws `choicesDiffer` where that is not possible, or where the record ends. */
export const repeating = (choices: Choices): Chooser => {
  let taken = 0;
  let broken: ToppleError | undefined;
  return {
    choose: ({ options }) => {
      if (broken) throw broken; // the program may have caught it the first time
      if (options.length === 1) return 0;
      const wanted = choices[taken];
      const index = wanted === undefined ? -1 : options.indexOf(wanted);
      taken += 1;
      if (index < 0) {
        broken = simulationErrors.choicesDiffer(taken, wanted, options);
        throw broken;
      }
      return index;
    },
  };
};

/** The first option that starts with the next of `prefixes`; for tests that tell one schedule. */
export const inOrder = (prefixes: readonly string[]): Chooser => {
  let taken = 0;
  return {
    choose: ({ options }) => {
      const prefix = prefixes[taken] ?? '';
      taken += 1;
      const index = options.findIndex((option) => option.startsWith(prefix));
      if (index < 0) throw new RangeError(`step ${taken} is to be "${prefix}", possible are: ${options.join(' | ')}`);
      return index;
    },
  };
};
