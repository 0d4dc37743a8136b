/**
 * A history as Jepsen has it: each operation is an invocation and a completion (`ok`, `fail`, or `info` when nobody
 * knows) of a process that does one thing at a time. A process whose operation ended as `info` may still be at it, so
 * its number is not used again.
 */
import type { Operation } from '../history.ts';
import { type Edn, type Keyword, keyword } from './edn.ts';

/** One line of a Jepsen history. */
export type JepsenOp = {
  readonly index: number;
  readonly type: Keyword;
  readonly process: number;
  readonly f: Keyword;
  readonly value: Edn;
  /** Nanoseconds since the first invocation. */
  readonly time: number;
  readonly error?: Edn;
};

/** What a history is made of: something that was under way from its invocation to its completion. */
export interface Span {
  readonly f: string;
  readonly invokedMs: number;
  readonly completedMs: number;
  readonly type: 'ok' | 'fail' | 'info';
  /** As it was asked for, and as it ended. */
  readonly asked: Edn;
  readonly ended: Edn;
  readonly error?: Edn;
}

interface Moment {
  readonly span: Span;
  readonly atMs: number;
  readonly isEnd: boolean;
}

/** In order of time. What touches in one millisecond may have overlapped, so that beginnings stand before ends. */
const momentsOf = (spans: readonly Span[]): readonly Moment[] =>
  spans
    .flatMap((span) => [
      { span, atMs: span.invokedMs, isEnd: false },
      { span, atMs: span.completedMs, isEnd: true },
    ])
    .sort((a, b) => a.atMs - b.atMs || Number(a.isEnd) - Number(b.isEnd));

/** The history of these spans, each on a process that was free. */
export const historyOf = (spans: readonly Span[]): readonly JepsenOp[] => {
  const free: number[] = [];
  const busy = new Map<Span, number>();
  const moments = momentsOf(spans);
  const beginMs = moments[0]?.atMs ?? 0;
  let processes = 0;
  return moments.map(({ span, atMs, isEnd }, index) => {
    const process = busy.get(span) ?? free.pop() ?? processes++;
    if (!isEnd) busy.set(span, process);
    else if (span.type !== 'info') free.push(process);
    return {
      index,
      type: keyword(isEnd ? span.type : 'invoke'),
      process,
      f: keyword(span.f),
      value: isEnd ? span.ended : span.asked,
      time: Math.round((atMs - beginMs) * 1_000_000),
      ...(isEnd && span.error !== undefined ? { error: span.error } : {}),
    };
  });
};

/** An operation, or what a journal has kept of it. */
export type JepsenOperation = Omit<Operation, 'shownMinor'> & { readonly shownMinor?: bigint | string };

const types = { ok: 'ok', failed: 'fail', unknown: 'info' } as const;

/** What buyers and providers asked of the system. */
export const spansOf = (operations: readonly JepsenOperation[]): readonly Span[] =>
  operations.map(({ kind, ordinal, invokedMs, completedMs, outcome, status, subject, shownMinor }) => ({
    f: kind,
    invokedMs,
    completedMs,
    type: types[outcome],
    asked: { order: ordinal },
    ended: { order: ordinal, subject, ...(shownMinor === undefined ? {} : { balance: `${shownMinor}` }) },
    ...(outcome === 'ok' ? {} : { error: status === 0 ? keyword('no-answer') : [keyword('status'), status] }),
  }));
