/**
 * The only home of chance. A `Random` is a stream that its seed and label decide completely; `fork(label)` opens an
 * independent stream, so a draw added in one place never shifts the draws of another.
 */
export interface Random {
  /** `randomFrom(name)` is the same stream from its beginning. */
  readonly name: string;
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer, both bounds included; throws when `max` < `min`. */
  integer(min: number, max: number): number;
  /** One element; throws on an empty list. */
  pick<T>(from: readonly T[]): T;
  /** A stream of its own, decided by this stream's seed and `label` alone. */
  fork(label: string): Random;
}

/** FNV-1a over UTF-16 code units: spreads labels over 32 bits. */
const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
};

/** `seed` is any text or number; equal seeds give equal streams on every machine. */
export const randomFrom = (seed: string | number): Random => {
  const name = String(seed);
  let state = hash32(name) || 1;
  // mulberry32: 32 bits of state are enough for plans of a few thousand draws.
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const integer = (min: number, max: number): number => {
    if (max < min) throw new RangeError(`no integer lies between ${min} and ${max}`);
    return min + Math.floor(unit() * (max - min + 1));
  };
  return {
    name,
    unit,
    integer,
    pick: (from) => {
      const index = integer(0, from.length - 1);
      return from[index] as (typeof from)[number];
    },
    fork: (label) => randomFrom(`${name}/${label}`),
  };
};
