import { nextTurn } from '../../clock.ts';
import type { Outlet, Stage } from './toxic.ts';

/** A first-in first-out queue whose chunks leave at their due time; everything of a stage but `data`. */
export interface DelayLine extends Omit<Stage, 'data'> {
  /**
   * Lets `chunk` leave at the clock time that `dueMs` gives, but never before what was put earlier. It is asked when
   * the chunk is the next to leave, so it may depend on attributes that have changed since.
   */
  put(chunk: Buffer, dueMs: () => number): void;
  /** Like `end`, but the end leaves at `dueMs`. */
  endAt(dueMs: number): void;
  /** Lets the next one leave at once, whatever its due time; the others are asked again. */
  hurry(): void;
}

/** Opens a line that is full at `capacityBytes`. Chunks due together leave in separate writes, one per loop turn. */
export const delayLine = (outlet: Outlet, capacityBytes: number): DelayLine => {
  let queue: { chunk: Buffer | undefined; dueMs: () => number }[] = [];
  let heldBytes = 0;
  /** A chunk has left in this turn. In the same turn the socket would merge the next one into its write. */
  let resting = false;

  const emit = (chunk: Buffer | undefined): void => {
    heldBytes -= chunk?.length ?? 0;
    if (chunk === undefined) outlet.passEnd();
    else outlet.pass(chunk);
  };
  const hurry = (): void => {
    const head = queue.shift();
    if (head === undefined) return;
    if (!resting) nextTurn(release);
    resting = true;
    emit(head.chunk);
  };
  const release = (): void => {
    resting = false;
    const head = queue[0];
    if (head === undefined) return;
    const waitMs = head.dueMs() - outlet.clock.nowMs();
    // Timers drop the fraction of a millisecond, and would then fire before the chunk is due.
    if (waitMs > 0) outlet.alarm(Math.ceil(waitMs), release);
    else hurry();
  };
  const enqueue = (chunk: Buffer | undefined, dueMs: () => number): void => {
    heldBytes += chunk?.length ?? 0;
    queue.push({ chunk, dueMs });
    if (queue.length === 1 && !resting) release();
  };
  const flush = (): void => {
    const held = queue;
    queue = [];
    for (const { chunk } of held) emit(chunk);
  };

  return {
    put: enqueue,
    end: () => enqueue(undefined, () => 0),
    endAt: (dueMs) => enqueue(undefined, () => dueMs),
    update: flush,
    hurry,
    remove: flush,
    full: () => heldBytes >= capacityBytes,
  };
};
