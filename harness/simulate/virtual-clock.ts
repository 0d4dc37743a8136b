/** The clock of a world: it stands still until the scheduler lets the next timer fire. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.ts';
import { quiescence, type StepSource } from './steps.ts';

/** A clock whose only step is that time goes on to the next timer, which fires. */
export interface VirtualClock extends Clock, StepSource {
  /** The timers that are due at this moment, one per step, in order: no time passes. */
  readonly due: StepSource;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Starts at `startMs`. Timers of one moment fire in the order in which they were set, one per step. */
export const virtualClock = (startMs: number): VirtualClock => {
  let currentMs = startMs;
  const timers = new Set<Timer>();
  const next = (): Timer | undefined =>
    [...timers].reduce<Timer | undefined>((first, one) => (first && first.dueMs <= one.dueMs ? first : one), undefined);
  const fire = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    currentMs = timer.dueMs;
    timer.run();
    await quiescence();
  };
  return {
    scale: 1,
    nowMs: () => currentMs,
    after: (delayMs, run) => {
      const timer = { dueMs: currentMs + Math.max(0, delayMs), run: AsyncLocalStorage.bind(run) };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    steps: () => {
      const timer = next();
      if (timer === undefined || timer.dueMs <= currentMs) return [];
      return [{ label: `clock goes to +${timer.dueMs - startMs} ms`, take: () => fire(timer) }];
    },
    due: {
      steps: () => {
        const timer = next();
        if (timer === undefined || timer.dueMs > currentMs) return [];
        return [{ label: 'timer fires', take: () => fire(timer) }];
      },
    },
  };
};
