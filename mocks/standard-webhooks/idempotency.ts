/**
 * Idempotency as draft-ietf-httpapi-idempotency-key-header-07 has it: every POST carries a key; the first answer under
 * it is given again to the same request, another request is refused (422), and so is a second one while the first is
 * under way (409). Refusals before work began keep nothing. After a day a key is new.
 */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import { keyLengthMax, keyLivesMs, type Refusal, refusals } from './quirks.ts';

interface Kept {
  readonly fingerprint: string;
  readonly reply: Reply;
  readonly atMs: number;
}

/** The keys of the merchant. */
export interface Keys {
  /** Runs `execute` unless the key of the call says otherwise; `isStored` tells whether its answer is kept. */
  answer(call: Call, execute: () => { readonly reply: Reply; readonly isStored: boolean }): Reply | Refusal;
  /** Says that the answer to a call has not left before `left` resolves. */
  holdUntil(call: Call, left: Promise<void>): void;
}

/** The key of a call: text in quotes, as the draft has it, or without them, as most clients write it. */
export const keyOf = ({ headers }: Call): string => (headers['idempotency-key'] ?? '').replace(/^"(.*)"$/, '$1');

const fingerprintOf = ({ method, path, body }: Call): string => `${method} ${path}\n${Buffer.from(body)}`;

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
  return {
    answer: (call, execute) => {
      if (call.method !== 'POST') return execute().reply;
      const key = keyOf(call);
      if (key === '') return refusals.keyMissing;
      if (key.length > keyLengthMax) return refusals.keyInvalid;
      const [earlier, fingerprint] = [known(key), fingerprintOf(call)];
      if (earlier !== undefined && earlier.fingerprint !== fingerprint) return refusals.keyReused;
      if (underWay.has(key)) return refusals.keyInUse;
      if (earlier !== undefined) return earlier.reply;
      const { reply, isStored } = execute();
      if (isStored) kept.set(key, { fingerprint, reply, atMs: clock.nowMs() });
      return reply;
    },
    holdUntil: (call, left) => {
      const key = keyOf(call);
      if (key === '') return;
      underWay.add(key);
      void left.then(() => underWay.delete(key));
    },
  };
};
