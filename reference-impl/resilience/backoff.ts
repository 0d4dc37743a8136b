/** Waits that grow, so that a failing dependency sees less load, and differ, so that it is not hit in step. */

/** Bounds of a backoff, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The wait after so many failures (1 or more): doubled each time up to `maxMs`, then spread by ±25 % with `unit`. */
export const backoffMs = ({ firstMs, maxMs }: Backoff, failures: number, unit: number): number =>
  Math.round(Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30)) * (0.75 + unit / 2));
