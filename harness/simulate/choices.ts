/** Who decides what happens next. The scheduler offers, a `Chooser` picks; nothing else in the world is free. */
import type { Random } from '../seed.ts';

/** A moment at which more than one thing may happen; `options` are in a fixed order and never empty. */
export interface ChoicePoint {
  /** `schedule`: whose turn it is; `network`: what becomes of a call. Each kind has a stream of chance of its own. */
  readonly kind: 'schedule' | 'network';
  readonly options: readonly string[];
}

/** Picks an index into `options`. */
export interface Chooser {
  choose(point: ChoicePoint): number;
}

/** Every option equally likely, per kind from a stream of its own. */
export const uniformly = (random: Random): Chooser => {
  const streams = { schedule: random.fork('schedule'), network: random.fork('network') };
  return { choose: ({ kind, options }) => streams[kind].integer(0, options.length - 1) };
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
