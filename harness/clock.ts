/**
 * The only home of time: every module that waits or dates something takes a `Clock`.
 * `scale` is how many clock milliseconds pass in one real millisecond (1 = real time; 600 = ten minutes in a second).
 */
export interface Clock {
  readonly scale: number;
  /** Milliseconds since the Unix epoch, on this clock. */
  nowMs(): number;
  /** Calls `run` once, `delayMs` clock milliseconds from now (0 = as soon as possible); the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Longer than this, a timer of the machine would end at once. */
const machineDelayMsMax = 2_147_483_647;

/** Real time of this machine; no timer is longer than 24 days. */
export const systemClock: Clock = {
  scale: 1,
  nowMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, machineDelayMsMax));
    return () => clearTimeout(timer);
  },
};

/** Like `systemClock`, but `nowMs` has fractions and never goes back: for delays that must not end early. */
export const preciseClock: Clock = {
  ...systemClock,
  nowMs: () => performance.timeOrigin + performance.now(),
};

/** A clock that starts at the real time of the call and runs `scale` times as fast as `base`; `scale` > 0. */
export const scaledClock = (scale: number, base: Clock = systemClock): Clock => {
  const originMs = base.nowMs();
  return {
    scale: base.scale * scale,
    nowMs: () => originMs + (base.nowMs() - originMs) * scale,
    after: (delayMs, run) => base.after(delayMs / scale, run),
  };
};

/** A clock that stands still until `advance` is called; timers due by then run in order of their due time. */
export interface SteppedClock extends Clock {
  advance(byMs: number): void;
}

/** Starts at `startMs`; `advance` throws on a negative step. */
export const steppedClock = (startMs: number): SteppedClock => {
  let currentMs = startMs;
  let timers: { dueMs: number; run: () => void }[] = [];
  return {
    scale: 1,
    nowMs: () => currentMs,
    after: (delayMs, run) => {
      const timer = { dueMs: currentMs + Math.max(0, delayMs), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: (byMs) => {
      if (!(byMs >= 0)) throw new RangeError(`a stepped clock moves forward only, not by ${byMs} ms`);
      const untilMs = currentMs + byMs;
      for (;;) {
        const due = timers.filter((timer) => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        timers = timers.filter((timer) => timer !== due);
        currentMs = Math.max(currentMs, due.dueMs);
        due.run();
      }
      currentMs = untilMs;
    },
  };
};

/** Resolves after `delayMs` of `clock`'s time. */
export const sleep = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });

/** Calls `run` in the next turn of the event loop, once the I/O that is ready now was handled. */
export const nextTurn = (run: () => void): void => {
  setImmediate(run);
};
