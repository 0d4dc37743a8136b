import type { Random } from './seed.ts';

/** A closed range from which a run's seed draws; `min` = `max` fixes the value. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Both bounds included; throws when `max` < `min`. */
export const between = (min: number, max: number): Range => {
  if (max < min) throw new RangeError(`between(${min}, ${max}): the upper bound is below the lower one`);
  return Object.freeze({ min, max });
};

/** The range that holds `value` alone. */
export const exactly = (value: number): Range => between(value, value);

/** `3` or `2..5`, as it is printed and as `--set` takes it. */
export const formatRange = ({ min, max }: Range): string => (min === max ? String(min) : `${min}..${max}`);

/** One integer of the range, both bounds included. */
export const drawFrom = ({ min, max }: Range, random: Random): number => random.integer(min, max);
