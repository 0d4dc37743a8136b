import type { Direction } from './toxics/toxic.ts';

/**
 * What one toxic really did, over all the time that the server is up: connections it affected (each counted once,
 * however often the toxic was removed and added again) and bytes it delayed, cut up or kept back.
 */
export interface ToxicHits {
  readonly proxy: string;
  readonly toxic: string;
  readonly type: string;
  readonly stream: Direction;
  readonly connections: number;
  readonly bytes: number;
}

/** Counts for one toxic; `connection` is any object that stands for the connection. */
export interface HitCounter {
  touch(connection: object, bytes: number): void;
}

/** The record of all toxics that were ever added; removal of a toxic or a proxy does not shorten it. */
export interface HitLedger {
  /** Opens the record at zero, or continues the one of the same proxy, name, type and stream. */
  counter(proxy: string, toxic: string, type: string, stream: Direction): HitCounter;
  /** In the order in which the toxics were first added. */
  list(): ToxicHits[];
}

/** An empty ledger. */
export const hitLedger = (): HitLedger => {
  const records = new Map<string, { hits: ToxicHits; counter: HitCounter }>();
  return {
    counter: (proxy, toxic, type, stream) => {
      const key = JSON.stringify([proxy, toxic, type, stream]);
      const known = records.get(key);
      if (known !== undefined) return known.counter;
      const hits = { proxy, toxic, type, stream, connections: 0, bytes: 0 };
      const seen = new WeakSet();
      const counter: HitCounter = {
        touch: (connection, bytes) => {
          hits.bytes += bytes;
          if (seen.has(connection)) return;
          seen.add(connection);
          hits.connections += 1;
        },
      };
      records.set(key, { hits, counter });
      return counter;
    },
    list: () => [...records.values()].map(({ hits }) => ({ ...hits })),
  };
};
