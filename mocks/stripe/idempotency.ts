/**
 * Idempotency of API v1: the first answer under a key is kept once execution began, whatever it was, and replayed to
 * the same request; another request is refused, and so is a second one while the first is under way. Refusals before
 * execution keep nothing. After 24 hours a key is new.
 */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import { keyLengthMax, keyLivesMs, type Refusal, refusals } from './quirks.ts';

interface Kept {
  readonly fingerprint: string;
  readonly reply: Reply;
  readonly requestId: string;
  readonly atMs: number;
}

/** The keys of the account. */
export interface Keys {
  /** Runs `execute` unless the key of the call says otherwise; `isStored` tells whether its answer is kept. */
  answer(
    call: Call,
    requestId: string,
    execute: () => { readonly reply: Reply; readonly isStored: boolean },
  ): Reply | Refusal;
  /** Keeps `reply` as the first answer under the key of the call, in the place of any other. */
  keep(call: Call, reply: Reply): void;
  /** Says that the answer to a call has not left before `left` resolves. */
  holdUntil(call: Call, left: Promise<void>): void;
}

const keyOf = (call: Call): string => (call.method === 'POST' ? (call.headers['idempotency-key'] ?? '') : '');

/** The parameters count, not the order in which they were written. */
const fingerprintOf = ({ method, path, body }: Call): string => {
  const form = new URLSearchParams(Buffer.from(body).toString());
  form.sort();
  return `${method} ${path}\n${form}`;
};

/** No keys yet; they age by `clock`. */
export const openKeys = (clock: Clock): Keys => {
  const kept = new Map<string, Kept>();
  const underWay = new Set<string>();
  const known = (key: string): Kept | undefined => {
    const entry = kept.get(key);
    if (entry === undefined || clock.nowMs() - entry.atMs <= keyLivesMs) return entry;
    kept.delete(key);
    return undefined;
  };
  /** Those that nobody asked for again would stay for ever. */
  const dropOld = (): void => {
    for (const [key, { atMs }] of kept) {
      if (clock.nowMs() - atMs <= keyLivesMs) break;
      kept.delete(key);
    }
  };
  const store = (key: string, entry: Kept): void => {
    dropOld();
    kept.delete(key); // and so comes to stand last: the oldest stand first
    kept.set(key, entry);
  };
  const replayed = ({ reply, requestId }: Kept): Reply => ({
    ...reply,
    headers: { ...reply.headers, 'Idempotent-Replayed': 'true', 'Original-Request': requestId },
  });

  return {
    answer: (call, requestId, execute) => {
      const key = keyOf(call);
      if (key === '') return execute().reply;
      if (key.length > keyLengthMax) return refusals.longKey;
      const earlier = known(key);
      const fingerprint = fingerprintOf(call);
      if (earlier !== undefined && earlier.fingerprint !== fingerprint) return refusals.otherParameters(key);
      if (underWay.has(key)) return refusals.inFlight(key);
      if (earlier !== undefined) return replayed(earlier);
      const { reply, isStored } = execute();
      if (isStored) store(key, { fingerprint, reply, requestId, atMs: clock.nowMs() });
      return reply;
    },
    keep: (call, reply) => {
      const key = keyOf(call);
      const requestId = known(key)?.requestId ?? reply.headers['Request-Id'] ?? '';
      if (key !== '') store(key, { fingerprint: fingerprintOf(call), reply, requestId, atMs: clock.nowMs() });
    },
    holdUntil: (call, left) => {
      const key = keyOf(call);
      if (key === '') return;
      underWay.add(key);
      void left.then(() => underWay.delete(key));
    },
  };
};
