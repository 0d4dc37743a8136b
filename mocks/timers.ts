/** Timers on any clock that can be counted, and cancelled together for good. */
import type { Clock } from '#harness/clock';

/** What is scheduled. */
export interface Timers {
  count(): number;
  /** Runs `run` once, `delayMs` of the clock `on` from now; never after `stop`, or once the result was called. */
  later(on: Clock, delayMs: number, run: () => void): () => void;
  stop(): void;
}

/** Nothing is scheduled yet. */
export const openTimers = (): Timers => {
  const pending = new Set<() => void>();
  let stopped = false;
  return {
    count: () => pending.size,
    later: (on, delayMs, run) => {
      if (stopped) return () => undefined;
      const cancel = on.after(delayMs, () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
      return () => {
        pending.delete(cancel);
        cancel();
      };
    },
    stop: () => {
      stopped = true;
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
};
