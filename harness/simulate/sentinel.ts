/**
 * Watches the code of a simulated world: whatever it takes from the real one (time, chance, timers, sockets, files,
 * work on other threads) could not be repeated, so it is an error that names the line.
 */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { ToppleError } from '../errors.ts';
import { simulationErrors } from '../simulation-errors.ts';

/** A watch over everything that began in `run`, and over nothing else in this process. */
export interface Sentinel {
  /** Calls `work`; what it awaits, and what that awaits, is watched too. */
  run<T>(work: () => T): T;
  /** Calls `work` unwatched: what the world itself does, although the program set it off. */
  outside<T>(work: () => T): T;
  /** Throws `realWorldLeak` for the first leak since the watch began. */
  check(): void;
  close(): void;
}

// What asynchronous work may consist of: promises, ticks and microtasks have all run at the next quiescence.
const repeatable = new Set(['PROMISE', 'TickObject', 'Microtask']);

const prototypeOf = (one: object): object => Object.getPrototypeOf(one) as object;

/** Met in the call itself, by the object that has them: readers of time and chance, and what begins inside Node. */
const readers: readonly (readonly [object, readonly string[]])[] = [
  [Date, ['now']],
  [prototypeOf(performance), ['now']],
  [Math, ['random']],
  [process.hrtime, ['bigint']],
  [process, ['hrtime', 'uptime']],
  [crypto, ['randomBytes', 'randomInt', 'randomUUID', 'randomFillSync']],
  [prototypeOf(crypto.webcrypto), ['randomUUID', 'getRandomValues']],
  [prototypeOf(crypto.subtle), ['digest', 'sign', 'verify', 'encrypt', 'decrypt', 'generateKey', 'importKey']],
  [globalThis, ['fetch']],
];

/** Work on the calling thread unless a callback is given last; the async hook sees a resource in either case. */
const maybeSynchronous = ['sign', 'verify'] as const;

const framesMax = 3;

/** The innermost lines of the program, without Node's own and without this file's. */
const callSite = (): string => {
  const stack = new Error('here').stack?.split('\n').slice(1) ?? [];
  const frames = stack.filter((line) => !line.includes('node:') && !line.includes(import.meta.url.slice(7)));
  return frames.length === 0 ? '  somewhere inside Node' : frames.slice(0, framesMax).join('\n');
};

type Member = Record<string, (...args: unknown[]) => unknown>;

/** Calls `seen` with the arguments before the original, and `done` after; the result puts the original back. */
const wrap = (
  owner: object,
  name: string,
  seen: (args: readonly unknown[]) => void,
  done: () => void = () => undefined,
): (() => void) => {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  const call = (owner as Member)[name];
  if (original === undefined || call === undefined) throw new RangeError(`there is no ${name} to watch`);
  const watched = function (this: unknown, ...args: unknown[]): unknown {
    seen(args);
    try {
      return Reflect.apply(call, this, args);
    } finally {
      done();
    }
  };
  const value = Object.assign(watched, call);
  Object.defineProperty(owner, name, { value, configurable: true, enumerable: original.enumerable ?? true });
  return () => Object.defineProperty(owner, name, original);
};

const wrapDate = (seen: () => void): (() => void) => {
  const original = globalThis.Date;
  globalThis.Date = new Proxy(original, {
    construct: (target, args, self) => {
      if (args.length === 0) seen();
      return Reflect.construct(target, args, self) as object;
    },
    apply: (target) => {
      seen();
      return target();
    },
  });
  return () => {
    globalThis.Date = original;
  };
};

/** Begins to watch. One sentinel at a time per process; `close` it in any case. */
export const openSentinel = (): Sentinel => {
  const inside = new AsyncLocalStorage<true>();
  let leak: ToppleError | undefined;
  let isSynchronous = false;
  const meet = (what: string): ToppleError => {
    leak ??= simulationErrors.realWorldLeak(what, callSite());
    return leak;
  };
  const hook = createHook({
    // Nothing may be thrown here: Node ends the process.
    init: (_id, type) => {
      if (!repeatable.has(type) && !isSynchronous && inside.getStore()) meet(type);
    },
  }).enable();
  const seen = (what: string) => (): void => {
    if (inside.getStore()) throw meet(what);
  };
  const unwraps = readers.flatMap(([owner, names]) => names.map((name) => wrap(owner, name, seen(name))));
  const begins = (args: readonly unknown[]): void => {
    isSynchronous = typeof args.at(-1) !== 'function';
  };
  const ends = (): void => {
    isSynchronous = false;
  };
  unwraps.push(...maybeSynchronous.map((name) => wrap(crypto, name, begins, ends)), wrapDate(seen('Date')));
  syncBuiltinESMExports();
  return {
    run: (work) => inside.run(true, work),
    outside: (work) => inside.exit(work),
    check: () => {
      if (leak) throw leak;
    },
    close: () => {
      hook.disable();
      for (const unwrap of unwraps) unwrap();
      syncBuiltinESMExports();
    },
  };
};
