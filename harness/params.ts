/**
 * Parameters of faults and workloads: a kind declares the allowed range of each, a scenario narrows it, `--set` fixes
 * it, and the run's seed draws from what is left.
 */
import { errors } from './errors.ts';
import { drawFrom, formatRange, type Range } from './range.ts';
import type { Random } from './seed.ts';

/** A range per parameter name; a name ends in its unit. */
export type Ranges<Name extends string = string> = Readonly<Record<Name, Range>>;

/** One drawn integer per parameter. */
export type Values<Name extends string = string> = Readonly<Record<Name, number>>;

/** Draws each parameter from its range, each by a stream of its own. */
export const drawValues = <Name extends string>(ranges: Ranges<Name>, random: Random): Values<Name> => {
  const names = Object.keys(ranges) as Name[];
  return Object.fromEntries(names.map((name) => [name, drawFrom(ranges[name], random.fork(name))])) as Values<Name>;
};

/** `chosen` if it names every parameter and lies within `allowed`; otherwise an error that prints both ranges. */
export const narrowed = <Name extends string>(
  owner: string,
  allowed: Ranges<Name>,
  chosen: Ranges<Name>,
): Ranges<Name> => {
  for (const name of Object.keys(chosen) as Name[]) {
    const limit = allowed[name];
    if (limit === undefined)
      throw errors.unknownName(`parameter of ${owner}`, name, Object.keys(allowed), `\`topple explain ${owner}\``);
    const range = chosen[name];
    if (range.min < limit.min || range.max > limit.max) {
      throw errors.outOfRange(`${owner}.${name}`, formatRange(range), formatRange(limit));
    }
  }
  const missing = (Object.keys(allowed) as Name[]).find((name) => chosen[name] === undefined);
  if (missing !== undefined) throw errors.outOfRange(`${owner}.${missing}`, 'nothing', formatRange(allowed[missing]));
  return chosen;
};
