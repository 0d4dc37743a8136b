/** A search as JSON: what `explore --json` prints, what its text is made of, and what parts of one are merged from. */
import type { AnomalyId } from '../anomaly.ts';
import type { testimonyDocument } from '../report/json.ts';
import type { Finding } from '../run/audit.ts';
import { simulationErrors } from '../simulation-errors.ts';
import type { PairLooked } from './exhaustive.ts';
import type { KeptWorld } from './kept-worlds.ts';
import { type Shard, shardText, splitInto, whole } from './shard.ts';
import { addTo, emptyTally, type Tally } from './tally.ts';

/** A broken world that was made smaller. */
export interface SmallestDocument {
  readonly kept: string;
  readonly orders: number;
  /** What has to happen in this order; everything else is what disturbs least. */
  readonly choices: readonly string[];
  /** How often a session that could have gone on had to wait for another one. */
  readonly switches: number;
  readonly tries: number;
  readonly tookMs: number;
  /** How it comes to the breach, as text of 80 columns. */
  readonly way: string;
  readonly world: KeptWorld;
}

/** A broken world. */
export interface FoundDocument {
  readonly seed: number;
  /** Why it could not be repeated; null when three replays were equal to the byte. */
  readonly differs: string | null;
  /** Each broken promise, in words. */
  readonly story: string;
  /** The classes of these breaches: `C1`. */
  readonly anomalies: readonly AnomalyId[];
  /** What alerts and panels said of broken promises, or wrongly of others; empty where nobody watched. */
  readonly dashboards: readonly ReturnType<typeof testimonyDocument>[];
  /** Its name in `.topple/worlds`. */
  readonly kept: string;
  /** The page that shows it, or the smallest that was made of it, from the folder of the search. */
  readonly page: string;
  readonly world: KeptWorld;
  readonly smallest: SmallestDocument | null;
}

/** What was searched; parts of one search are equal in it. */
export interface SearchedDocument {
  readonly version: 1;
  readonly target: string;
  readonly scenario: string;
  readonly variant: string | null;
  readonly settings: readonly string[];
  readonly firstSeed: number;
  /** Promises that the scenario strains. */
  readonly expected: readonly string[];
  /** Faults of the scenario that mean nothing in a simulated world. */
  readonly meaningless: readonly string[];
  /** Of the promises that the scenario strains, those whose alerts and panels were watched; null: nobody watched. */
  readonly watched: readonly string[] | null;
  readonly lie: string | null;
  /** How an exhaustive search was asked for; null: it was none. */
  readonly exhaustive: { readonly orders: number; readonly isEvery: boolean } | null;
}

/** A search and what it came to. */
export interface SearchDocument extends SearchedDocument {
  readonly shard: string;
  readonly finding: Finding;
  readonly worlds: number;
  readonly worldsPerMinute: number;
  readonly different: number;
  readonly counts: Readonly<Record<'statements' | 'waits' | 'parked' | 'deadlocks' | 'harms', number>>;
  readonly exercised: Readonly<Record<string, number>>;
  /** In how many worlds alert and panel of a promise could see, and how often each agreement was found. */
  readonly seen: Readonly<Record<string, number>>;
  readonly agreements: Readonly<Record<string, number>>;
  /** In how many worlds each thing happened that should happen in some. */
  readonly marks: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  readonly found: FoundDocument | null;
  readonly tookMs: number;
  /** Of an exhaustive search: what was looked at of each two requests; else null. */
  readonly pairs: readonly PairLooked[] | null;
  /** Of a part only: what it takes to count worlds that are different over all parts. */
  readonly digests?: readonly string[];
}

/**
 * Nothing found is worth something only if every promise of the scenario was put to the test in some world, and could
 * be seen in some where it was watched; and if a search that is to be exhaustive is.
 */
const findingOf = (searched: SearchedDocument, { tally, found, pairs }: Result): Finding => {
  if (found !== null) return found.differs === null ? 'violated' : 'unknown';
  const isTried = searched.expected.every((id) => (tally.exercised.get(id) ?? 0) > 0);
  const isSeen = (searched.watched ?? []).every((id) => (tally.seen.get(id) ?? 0) > 0);
  const isDone = pairs === undefined || (pairs.length > 0 && pairs.every(({ isExhausted }) => isExhausted));
  return isTried && isSeen && isDone ? 'holds' : 'unknown';
};

/** What a search came to. */
export interface Result {
  readonly shard: Shard;
  readonly tally: Tally;
  readonly found: FoundDocument | null;
  readonly tookMs: number;
  /** Of an exhaustive search. */
  readonly pairs?: readonly PairLooked[];
}

/** The document of a search. */
export const searchDocument = (searched: SearchedDocument, result: Result): SearchDocument => {
  const { shard, tally, found, tookMs, pairs = null } = result;
  const { worlds, digests, statements, waits, parked, deadlocks, harms } = tally;
  return {
    ...searched,
    shard: shardText(shard),
    finding: findingOf(searched, result),
    worlds,
    worldsPerMinute: Math.round((worlds * 60_000) / tookMs),
    different: digests.size,
    counts: { statements, waits, parked, deadlocks, harms },
    exercised: Object.fromEntries(tally.exercised),
    seen: Object.fromEntries(tally.seen),
    agreements: Object.fromEntries(tally.agreements),
    marks: Object.fromEntries(tally.marks),
    violations: found?.world.fingerprint ?? [],
    found,
    tookMs,
    pairs,
    ...(shard.count === 1 ? {} : { digests: [...digests] }),
  };
};

const searchedIn = ({
  version,
  target,
  scenario,
  variant,
  settings,
  firstSeed,
  expected,
  meaningless,
  watched,
  lie,
  exhaustive,
}: SearchDocument): SearchedDocument => ({
  version,
  target,
  scenario,
  variant,
  settings,
  firstSeed,
  expected,
  meaningless,
  watched,
  lie,
  exhaustive,
});

const tallyIn = ({ worlds, counts, digests = [], exercised, seen, agreements, marks }: SearchDocument): Tally => ({
  worlds,
  ...counts,
  digests: new Set(digests),
  exercised: new Map(Object.entries(exercised)),
  seen: new Map(Object.entries(seen)),
  agreements: new Map(Object.entries(agreements)),
  marks: new Map(Object.entries(marks)),
});

/** Throws `shardsDiffer` unless the documents are those of all parts of one search, once each. */
const checkParts = (documents: readonly SearchDocument[], shard: Shard): void => {
  const [first, ...others] = documents.map(searchedIn);
  if (first === undefined) throw simulationErrors.shardsDiffer('There are none.');
  for (const name of Object.keys(first) as (keyof SearchedDocument)[]) {
    const texts = [first, ...others].map((one) => JSON.stringify(one[name]));
    const other = texts.find((text) => text !== texts[0]);
    if (other !== undefined) throw simulationErrors.shardsDiffer(`${name} is ${texts[0]} here and ${other} there.`);
  }
  const expected = splitInto(shard, documents.length).map(shardText).sort();
  const given = documents.map((document) => document.shard).sort();
  if (given.join() !== expected.join())
    throw simulationErrors.shardsDiffer(`Here are the parts ${given.join(', ')} instead of ${expected.join(', ')}.`);
};

/**
 * The documents of all parts of `shard` as one; found is what the smallest seed broke. Its time is that of the slowest
 * part. Throws `shardsDiffer`.
 */
export const merged = (documents: readonly SearchDocument[], shard: Shard = whole): SearchDocument => {
  checkParts(documents, shard);
  const tally = emptyTally();
  for (const document of documents) addTo(tally, tallyIn(document));
  const [found = null] = documents
    .flatMap((document) => document.found ?? [])
    .sort((a, b) => Number(a.differs !== null) - Number(b.differs !== null) || a.seed - b.seed);
  const tookMs = Math.max(...documents.map((document) => document.tookMs));
  const searched = searchedIn(documents[0] as SearchDocument);
  const pairs = documents.flatMap((document) => document.pairs ?? []).sort((a, b) => a.nth - b.nth);
  return searchDocument(searched, { shard, tally, found, tookMs, ...(searched.exhaustive && { pairs }) });
};
