/**
 * Which steps cannot touch each other, so that their order makes no difference. Judged from what PostgreSQL promises on
 * READ COMMITTED, and never from which tables a statement names: triggers touch others.
 */
import { actorOf } from './choices.ts';
import { remembered } from './remembered.ts';
import type { Step } from './steps.ts';

/**
 * What a step may touch outside of its own transaction. `nothing`: a BEGIN, or the end of a transaction that only read.
 * `reads`: what others have committed; it takes no lock. `locks`: changes and locks that nobody sees yet, but whoever
 * wants the same rows waits for. `publishes`: it makes changes visible and lets go of locks. `calls`: the memory of a
 * provider. `anything`: whatever is not known to be less.
 */
export type Touch = 'nothing' | 'reads' | 'locks' | 'publishes' | 'calls' | 'anything';

/** A step that may be taken, and what it touches. */
export interface Touching {
  readonly label: string;
  readonly request: string | undefined;
  readonly touch: Touch;
  /** Its end may be the answer to a webhook, which the provider notes. */
  readonly tellsProvider: boolean;
}

const harmlessCalls = new Set(
  `all and any array as by cast coalesce count distinct exists extract filter floor from greatest having in interval is
   least lower max min not now nullif on or order over row select some starts_with split_part substr substring sum then
   upper using values when where with`.split(/\s+/),
);

/** A SELECT that only looks: it locks no row, and calls nothing that is not known to have no effect. */
const isPlainRead = remembered((sql) => {
  if (!/^\s*select\b/i.test(sql) || sql.includes(';')) return false;
  if (/\bfor\s+(no\s+key\s+)?update\b|\bfor\s+(key\s+)?share\b|\binto\b/i.test(sql)) return false;
  return [...sql.matchAll(/([\w.]+)\s*\(/g)].every(([, name = '']) => harmlessCalls.has(name.toLowerCase()));
});

const isBegin = (sql: string): boolean => /^\s*begin\s*$/i.test(sql);
const isEnd = (sql: string): boolean => /^\s*(commit|rollback)\s*$/i.test(sql);
/** Then a transaction sees what was there when it began, and all that is said here is not so. */
const isStricter = (sql: string): boolean => /\b(isolation|serializable|repeatable)\b/i.test(sql);

interface Held {
  hasLocks: boolean;
  readonly isStrict: boolean;
}

/** Knows of each session whether it is in a transaction that has changed or locked something. */
export class Touches {
  readonly #open = new Map<string, Held>();

  /** What `step` may touch if it is taken next. */
  of({ label, sql, request }: Pick<Step, 'label' | 'sql' | 'request'>): Touching {
    const tellsProvider = request?.startsWith('webhook ') ?? false;
    const other = request === undefined ? 'anything' : 'calls';
    return { label, request, tellsProvider, touch: sql === undefined ? other : this.#touchOf(actorOf(label), sql) };
  }

  /** Hears of the step that is taken. */
  take({ label, sql }: Pick<Step, 'label' | 'sql'>): void {
    if (sql === undefined) return;
    const session = actorOf(label);
    const open = this.#open.get(session);
    if (isEnd(sql)) this.#open.delete(session);
    else if (open === undefined && !isPlainRead(sql) && /^\s*(begin|start)\b/i.test(sql))
      this.#open.set(session, { hasLocks: false, isStrict: isStricter(sql) });
    else if (open !== undefined && !isPlainRead(sql)) open.hasLocks = true;
  }

  #touchOf(session: string, sql: string): Touch {
    const open = this.#open.get(session);
    if (open?.isStrict || isStricter(sql)) return 'anything';
    if (isPlainRead(sql)) return 'reads';
    if (open === undefined) return isBegin(sql) ? 'nothing' : 'publishes';
    if (!isEnd(sql)) return 'locks';
    if (!open.hasLocks) return 'nothing';
    return /^\s*commit\b/i.test(sql) ? 'publishes' : 'locks';
  }
}

/** Of two steps of different sessions: what the second may be, if the first is this, for them to be independent. */
const apart: Readonly<Record<Touch, readonly Touch[]>> = {
  nothing: ['nothing', 'reads', 'locks', 'publishes', 'calls'],
  reads: ['nothing', 'reads', 'locks', 'calls'],
  locks: ['nothing', 'reads', 'calls'],
  publishes: ['nothing', 'calls'],
  calls: ['nothing', 'reads', 'locks', 'publishes'],
  anything: [],
};

/**
 * True when it makes no difference which of the two is taken first, provided that their requests share nothing but the
 * database and the providers.
 */
export const areApart = (one: Touching, other: Touching): boolean => {
  const isCall = one.touch === 'calls' || other.touch === 'calls';
  if (isCall && (one.tellsProvider || other.tellsProvider)) return false;
  return apart[one.touch].includes(other.touch);
};
