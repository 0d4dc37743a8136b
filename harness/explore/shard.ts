/** Parts of one search that run elsewhere: each takes every n-th seed or pair, together all, and none twice. */
import { simulationErrors } from '../simulation-errors.ts';

/** Part `index`, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The only part. */
export const whole: Shard = { index: 1, count: 1 };

/** Reads `2/3`; throws `badShard`. */
export const parseShard = (text: string): Shard => {
  const [, index = 0, count = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count) throw simulationErrors.badShard(text);
  return { index, count };
};

/** The `parts` shards that together are `shard`. */
export const splitInto = ({ index, count }: Shard, parts: number): readonly Shard[] =>
  Array.from({ length: parts }, (_, part) => ({ index: index + part * count, count: count * parts }));

/** Those of `all` that belong to this part, in their order. */
export const partOf = <Item>(all: readonly Item[], { index, count }: Shard): readonly Item[] =>
  all.filter((_item, nth) => nth % count === index - 1);

/** As `parseShard` reads it. */
export const shardText = ({ index, count }: Shard): string => `${index}/${count}`;
