import type { Random } from '../seed.ts';
import type { Toxic } from './toxic.ts';
import type { Outlet, Stage } from './toxics/toxic.ts';

/** Timers that are longer fire at once; 24 days are as good as never. */
const longestMs = 2 ** 31 - 1;

/** What a slot needs from its link. */
export interface SlotPorts extends Pick<Outlet, 'clock' | 'pass' | 'passEnd' | 'close' | 'reset'> {
  /** The chance of this toxic on this connection. */
  readonly random: Random;
  /** Stands for the connection in the hit counters. */
  readonly connection: object;
}

/** The place of one toxic on one direction of one connection: its die, its stage if it came up, its alarm. */
export interface Slot extends Omit<Stage, 'hangUp'> {
  readonly toxic: Toxic;
  hangUp(): void;
  /** Cancels the alarm; nothing more comes out of this slot. */
  dispose(): void;
}

/**
 * Rolls the die once: the toxic acts if the roll is below its toxicity. An update of the toxicity compares the same
 * roll again, so that raising it never frees a connection that was affected.
 */
export const openSlot = (toxic: Toxic, ports: SlotPorts): Slot => {
  const roll = ports.random.fork('toxicity').unit();
  let disposed = false;
  let cancelAlarm = (): void => {};
  const unlessDisposed =
    <Args extends unknown[]>(run: (...args: Args) => void) =>
    (...args: Args): void => {
      if (!disposed) run(...args);
    };

  const outlet: Outlet = {
    get attributes() {
      return toxic.attributes;
    },
    direction: toxic.stream,
    clock: ports.clock,
    random: ports.random,
    pass: unlessDisposed(ports.pass),
    passEnd: unlessDisposed(ports.passEnd),
    close: unlessDisposed(ports.close),
    reset: unlessDisposed(ports.reset),
    alarm: unlessDisposed((delayMs: number, run: () => void) => {
      cancelAlarm();
      cancelAlarm = ports.clock.after(Math.min(delayMs, longestMs), run);
    }),
    touch: (bytes) => toxic.hits.touch(ports.connection, bytes),
  };
  const openStage = (): Stage | undefined => (roll < toxic.toxicity ? toxic.kind.open(outlet) : undefined);
  let stage = openStage();

  return {
    toxic,
    data: (chunk) => (stage === undefined ? ports.pass(chunk) : stage.data(chunk)),
    end: () => (stage === undefined ? ports.passEnd() : stage.end()),
    full: () => stage?.full() ?? false,
    hangUp: () => stage?.hangUp?.(),
    update: () => {
      cancelAlarm();
      if (stage === undefined) {
        stage = openStage();
      } else if (roll < toxic.toxicity) {
        stage.update();
      } else {
        stage.remove();
        stage = undefined;
      }
    },
    remove: () => {
      cancelAlarm();
      stage?.remove();
    },
    dispose: () => {
      cancelAlarm();
      disposed = true;
    },
  };
};
