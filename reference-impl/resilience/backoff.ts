/** Waits that grow, so that a failing dependency sees less load, and differ, so that it is not hit in step. */

/** Bounds of a backoff, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The bound after so many failures (1 or more): doubled each time up to `maxMs`. */
export const boundMs = ({ firstMs, maxMs }: Backoff, failures: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30));

/** Full jitter: anything from nothing to the bound, as `unit` (0 to 1) says. */
export const fullJitterMs = (backoff: Backoff, failures: number, unit: number): number =>
  Math.round(boundMs(backoff, failures) * unit);
