/** What many worlds came to, counted. */
import type { Testimony } from '../run/agreement.ts';
import type { StatementCounts } from '../simulate/statements.ts';
import { knownMarks, marksOf } from './marks.ts';
import type { WorldOutcome } from './one-world.ts';

/** What all worlds of a search came to. */
export interface Tally extends StatementCounts {
  worlds: number;
  /** Calls, webhooks and statements that came to harm. */
  harms: number;
  /** Worlds that differed in any choice, row or error. */
  readonly digests: Set<string>;
  /** Facts that could have broken a promise, by the promise's id. */
  readonly exercised: Map<string, number>;
  /** Worlds in which alert and panel of a promise could see, by the promise's id; empty where nobody watched. */
  readonly seen: Map<string, number>;
  /** How often alert and panel agreed with the books, and how often they did not. */
  readonly agreements: Map<string, number>;
  /** Worlds that met each mark; those that none met are there with 0. */
  readonly marks: Map<string, number>;
}

/** Nothing was looked at. */
export const emptyTally = (): Tally => ({
  worlds: 0,
  harms: 0,
  statements: 0,
  waits: 0,
  parked: 0,
  deadlocks: 0,
  digests: new Set(),
  exercised: new Map(),
  seen: new Map(),
  agreements: new Map(),
  marks: new Map(knownMarks.map((mark) => [mark, 0])),
});

const counted = ['worlds', 'harms', 'statements', 'waits', 'parked', 'deadlocks'] as const;

/** Adds what was looked at elsewhere. */
export const addTo = (tally: Tally, other: Tally): void => {
  for (const name of counted) tally[name] += other[name];
  for (const digest of other.digests) tally.digests.add(digest);
  for (const name of ['exercised', 'seen', 'agreements', 'marks'] as const) {
    for (const [id, count] of other[name]) tally[name].set(id, (tally[name].get(id) ?? 0) + count);
  }
};

const couldSee = ({ agreement }: Testimony): boolean => agreement !== 'blind' && agreement !== 'unwatched';

const countedBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

/** What one world came to. */
export const tallyOf = ({ counts, digest, audits, testimonies, harms, lines }: WorldOutcome): Tally => ({
  ...counts,
  worlds: 1,
  harms,
  digests: new Set([digest]),
  exercised: new Map(audits.map(({ invariant, exercised }) => [invariant.id, exercised])),
  seen: new Map(testimonies.filter(couldSee).map(({ audit }) => [audit.invariant.id, 1])),
  agreements: countedBy(testimonies, ({ agreement }) => agreement),
  marks: new Map(marksOf({ lines }).map((mark) => [mark, 1])),
});
