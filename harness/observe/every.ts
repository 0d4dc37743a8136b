import type { Clock } from '../clock.ts';

/**
 * Calls `run` after `delayMs` (0: now) and at each whole multiple of `intervalMs` from then; the result ends it. `run`
 * gets the time at which the tick was due, so that early and late timers shift nothing; ticks that came due while one
 * was late are left out.
 */
export const every = (clock: Clock, intervalMs: number, run: (dueMs: number) => void, delayMs = 0): (() => void) => {
  if (!(intervalMs > 0)) throw new RangeError(`an interval is longer than ${intervalMs} ms`);
  const startMs = clock.nowMs() + delayMs;
  let cancel = (): void => {};
  const tick = (count: number): void => {
    const elapsedMs = clock.nowMs() - startMs;
    const next = Math.max(count + 1, Math.floor(elapsedMs / intervalMs) + 1);
    cancel = clock.after(next * intervalMs - elapsedMs, () => tick(next));
    run(startMs + count * intervalMs);
  };
  if (delayMs > 0) cancel = clock.after(delayMs, () => tick(0));
  else tick(0);
  return () => cancel();
};
