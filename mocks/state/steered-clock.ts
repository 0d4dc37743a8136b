/** A clock that runs by itself, and can be made faster, stepped ahead, or stood still and led through the past. */
import { type Clock, nextTurn } from '#harness/clock';

/** Timers run at the very moment at which they are due, in order, however late the machine gets to them. */
export interface SteeredClock extends Clock {
  /** Goes `byMs` forward at once; `settled` is awaited before each timer that is due by then, and at the end. */
  step(byMs: number, settled: () => Promise<void>): Promise<void>;
  /** From now on it runs `scale` times as fast as its base; above 0. */
  setScale(scale: number): void;
  /** Runs what is due, and stands still until this turn of the event loop is over. */
  enter(): void;
  /** Stands still until this turn of the event loop is over. */
  hold(): void;
  /** Stands at `atMs`, whatever is due. */
  standAt(atMs: number): void;
  /** While it stands: runs the first timer alone; false when there is none. */
  runFirst(): boolean;
  /** Ends a stand: it runs on from `fromMs`, and what became due by then runs at once. */
  runOn(fromMs: number): void;
}

/** How a clock begins. */
export interface Beginning {
  /** It stands there until it runs on; left out: it runs. */
  readonly standsAtMs?: number;
  /** Is told before each timer, at the moment of that. */
  readonly beforeTimer?: () => void;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Timers by when they are due; of two at the same time the older one comes first. */
const openQueue = () => {
  const queue: Timer[] = [];
  const dropCancelled = (): void => {
    while (queue[0]?.isCancelled) queue.shift();
  };
  return {
    add: (timer: Timer): void => {
      let [low, high] = [0, queue.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((queue[middle] as Timer).dueMs <= timer.dueMs) low = middle + 1;
        else high = middle;
      }
      queue.splice(low, 0, timer);
    },
    nextMs: (): number | undefined => {
      dropCancelled();
      return queue[0]?.dueMs;
    },
    /** The first one that is due by `untilMs`, which leaves the queue. */
    take: (untilMs: number): Timer | undefined => {
      dropCancelled();
      return queue[0] !== undefined && queue[0].dueMs <= untilMs ? queue.shift() : undefined;
    },
  };
};

class Steered implements SteeredClock {
  readonly #base: Clock;
  readonly #beforeTimer: (() => void) | undefined;
  readonly #queue = openQueue();
  #scale = 1;
  #originMs: number;
  #originBaseMs: number;
  #standing: number | undefined;
  #isLed: boolean;
  #isTurnAwaited = false;
  #wake: { readonly atMs: number; readonly cancel: () => void } | undefined;

  constructor(base: Clock, { standsAtMs, beforeTimer }: Beginning) {
    this.#base = base;
    this.#beforeTimer = beforeTimer;
    this.#originMs = base.nowMs();
    this.#originBaseMs = this.#originMs;
    this.#standing = standsAtMs;
    this.#isLed = standsAtMs !== undefined;
  }

  get scale(): number {
    return this.#base.scale * this.#scale;
  }

  // These two are functions of their own: callers take them out of a clock.
  readonly nowMs = (): number => this.#standing ?? this.#runningMs();

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { dueMs: this.nowMs() + Math.max(0, delayMs), run, isCancelled: false };
    this.#queue.add(timer);
    this.#arm();
    return () => {
      timer.isCancelled = true;
    };
  };

  async step(byMs: number, settled: () => Promise<void>): Promise<void> {
    const untilMs = this.nowMs() + byMs;
    this.standAt(this.nowMs());
    await settled();
    for (let due = this.#queue.take(untilMs); due !== undefined; due = this.#queue.take(untilMs)) {
      this.#run(due);
      await settled();
    }
    this.runOn(untilMs);
  }

  setScale(scale: number): void {
    this.#originMs = this.#runningMs();
    this.#originBaseMs = this.#base.nowMs();
    this.#scale = scale;
    this.#sleep();
    this.#arm();
  }

  enter(): void {
    if (this.#isLed) return;
    const untilMs = Math.max(this.#runningMs(), this.#standing ?? 0);
    for (let due = this.#queue.take(untilMs); due !== undefined; due = this.#queue.take(untilMs)) this.#run(due);
    this.#standForTurn(untilMs);
    if (this.#wake !== undefined && this.#wake.atMs <= untilMs) this.#sleep();
    this.#arm();
  }

  hold(): void {
    if (!this.#isLed) this.#standForTurn(this.nowMs());
  }

  standAt(atMs: number): void {
    this.#standing = atMs;
    this.#isLed = true;
    this.#sleep();
  }

  runFirst(): boolean {
    const first = this.#queue.take(Number.POSITIVE_INFINITY);
    if (first !== undefined) this.#run(first);
    return first !== undefined;
  }

  runOn(fromMs: number): void {
    this.#originMs = fromMs;
    this.#originBaseMs = this.#base.nowMs();
    this.#standing = undefined;
    this.#isLed = false;
    this.enter();
  }

  #runningMs(): number {
    return this.#originMs + (this.#base.nowMs() - this.#originBaseMs) * this.#scale;
  }

  #run(timer: Timer): void {
    this.#standing = Math.max(this.#standing ?? timer.dueMs, timer.dueMs);
    this.#beforeTimer?.();
    timer.run();
  }

  #standForTurn(atMs: number): void {
    this.#standing = atMs;
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    nextTurn(() => {
      this.#isTurnAwaited = false;
      if (!this.#isLed) this.#standing = undefined;
    });
  }

  /** Wakes up for the first timer, unless it will be awake by then. */
  #arm(): void {
    const atMs = this.#queue.nextMs();
    if (this.#isLed || atMs === undefined || (this.#wake !== undefined && this.#wake.atMs <= atMs)) return;
    this.#wake?.cancel();
    const delayMs = Math.max(0, (atMs - this.#runningMs()) / this.#scale);
    this.#wake = { atMs, cancel: this.#base.after(delayMs, () => this.enter()) };
  }

  #sleep(): void {
    this.#wake?.cancel();
    this.#wake = undefined;
  }
}

/** Runs from the moment of `base`, unless it stands. */
export const steeredClock = (base: Clock, beginning: Beginning = {}): SteeredClock => new Steered(base, beginning);
