/** The clock of a world: it stands still until the scheduler lets the next timer fire. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.ts';
import { quiescence, type StepSource } from './steps.ts';

/** A clock whose only step is that time goes on to the next timer, which fires. */
export interface VirtualClock extends Clock, StepSource {
  /** The timers that are due at this moment, one per step, in order: no time passes. */
  readonly due: StepSource;
  /** The same time for those who only look: their timers fire while it passes them, and are no steps. */
  readonly onlookers: Clock;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

const firstOf = (timers: ReadonlySet<Timer>): Timer | undefined =>
  [...timers].reduce<Timer | undefined>((first, one) => (first && first.dueMs <= one.dueMs ? first : one), undefined);

/**
 * Starts at `startMs`. Timers of one moment fire in the order in which they were set, one per step. Time stands still
 * for an onlooker until `seen` resolves: what it looks at may take real time.
 */
export const virtualClock = (startMs: number, seen: () => Promise<void> = quiescence): VirtualClock => {
  let currentMs = startMs;
  const timers = new Set<Timer>();
  const looks = new Set<Timer>();
  const next = (): Timer | undefined => firstOf(timers);
  const passTo = async (untilMs: number): Promise<void> => {
    for (let look = firstOf(looks); look !== undefined && look.dueMs <= untilMs; look = firstOf(looks)) {
      looks.delete(look);
      currentMs = Math.max(currentMs, look.dueMs);
      look.run();
      await seen();
    }
    currentMs = untilMs;
  };
  const fire = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    await passTo(timer.dueMs);
    timer.run();
    await quiescence();
  };
  const clockOf = (own: Set<Timer>): Clock => ({
    scale: 1,
    nowMs: () => currentMs,
    after: (delayMs, run) => {
      const timer = { dueMs: currentMs + Math.max(0, delayMs), run: AsyncLocalStorage.bind(run) };
      own.add(timer);
      return () => own.delete(timer);
    },
  });
  return {
    ...clockOf(timers),
    onlookers: clockOf(looks),
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
