/** A vendor's limit of calls per second. */
import type { Clock } from '#harness/clock';

/** Answers whether one more call of `operation` is let through; seconds are those of `clock`. */
export const openRateLimit = (clock: Clock, perSecondMax: number): ((operation: string) => boolean) => {
  const counts = new Map<string, { readonly second: number; readonly calls: number }>();
  return (operation) => {
    const second = Math.floor(clock.nowMs() / 1_000);
    const now = counts.get(operation);
    const calls = now?.second === second ? now.calls + 1 : 1;
    counts.set(operation, { second, calls });
    return calls <= perSecondMax;
  };
};
