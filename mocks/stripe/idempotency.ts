/**
 * Idempotency of API v1: the first answer under a key is kept once execution began, whatever it was, and replayed to
 * the same request; another request is refused, and so is a second one while the first is under way. Refusals before
 * execution keep nothing. After 24 hours a key is new.
 */
import type { Clock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { keyLengthMax, keyLivesMs, type Refusal, refusals } from './quirks.ts';
import { isRefusal } from './wire.ts';

/** What a call comes to: an object of the API, which nobody changes any more, or a refusal. */
export type Answer = object | Refusal;

interface Kept {
  readonly request: string;
  readonly answer: Answer;
  readonly requestId: string;
  readonly atMs: number;
}

/** The keys of the account. */
export interface Keys {
  /** Runs `execute` unless the key of the call says otherwise; `original` is the request it was made for. */
  answer(call: Call, requestId: string, execute: () => Answer): { readonly answer: Answer; readonly original?: string };
  /** Keeps `refusal` as the first answer under the key of the call, in the place of any other. */
  keep(call: Call, refusal: Refusal): void;
  /** Says that the answer to a call has not left before `left` resolves. */
  holdUntil(call: Call, left: Promise<void>): void;
}

const keyOf = (call: Call): string => (call.method === 'POST' ? (call.headers['idempotency-key'] ?? '') : '');

const utf8 = new TextDecoder();

const requestOf = ({ path, body }: Call): string => `${path}?${utf8.decode(body)}`;

const sorted = (request: string): string => {
  const formAt = request.indexOf('?') + 1;
  const form = new URLSearchParams(request.slice(formAt));
  form.sort();
  return request.slice(0, formAt) + form;
};

/** The parameters count, not the order in which they were written. */
const areSame = (one: string, other: string): boolean => one === other || sorted(one) === sorted(other);

/** The answers under keys. They are forgotten a day's worth at a time, when the newest of them is too old. */
const openShelf = (clock: Clock) => {
  let [newer, older] = [new Map<string, Kept>(), new Map<string, Kept>()];
  let newerSinceMs = clock.nowMs();
  return {
    known: (key: string): Kept | undefined => {
      const entry = newer.get(key) ?? older.get(key);
      return entry !== undefined && clock.nowMs() - entry.atMs <= keyLivesMs ? entry : undefined;
    },
    store: (key: string, entry: Kept): void => {
      if (entry.atMs - newerSinceMs > keyLivesMs) {
        [newer, older] = [new Map(), newer];
        newerSinceMs = entry.atMs;
      }
      newer.set(key, entry);
    },
  };
};

/** No keys yet; they age by `clock`. */
export const openKeys = (clock: Clock): Keys => {
  const { known, store } = openShelf(clock);
  const underWay = new Set<string>();
  return {
    answer: (call, requestId, execute) => {
      const key = keyOf(call);
      if (key === '') return { answer: execute() };
      if (key.length > keyLengthMax) return { answer: refusals.longKey };
      const earlier = known(key);
      const request = requestOf(call);
      if (earlier !== undefined && !areSame(earlier.request, request)) return { answer: refusals.otherParameters(key) };
      if (underWay.has(key)) return { answer: refusals.inFlight(key) };
      if (earlier !== undefined) return { answer: earlier.answer, original: earlier.requestId };
      const answer = execute();
      if (!isRefusal(answer) || answer.isStored) store(key, { request, answer, requestId, atMs: clock.nowMs() });
      return { answer };
    },
    keep: (call, refusal) => {
      const key = keyOf(call);
      const requestId = known(key)?.requestId ?? '';
      if (key !== '') store(key, { request: requestOf(call), answer: refusal, requestId, atMs: clock.nowMs() });
    },
    holdUntil: (call, left) => {
      const key = keyOf(call);
      if (key === '') return;
      underWay.add(key);
      void left.then(() => underWay.delete(key));
    },
  };
};
