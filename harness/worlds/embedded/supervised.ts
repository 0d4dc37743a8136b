/** Processes that a fault may strike: ended or halted by a signal, then started again or continued. */
import { readFileSync } from 'node:fs';
import { sleep, systemClock } from '../../clock.ts';
import type { StrikeKind } from '../../strike.ts';
import type { Blow } from '../../world.ts';
import type { Child } from './child.ts';

/** A process that is there from the start of a run to its end, as one child after the other. */
export interface Supervised {
  /** The child that it is now, or was until it was killed. */
  child(): Child;
  /** Whether it has ended, and nothing was started in its place. */
  hasEnded(): boolean;
  /** Strikes it at once; `undefined` while it is struck. */
  strike(how: StrikeKind): Blow | undefined;
}

/** How one is kept. */
export interface Supervision {
  /** What is told of it. */
  readonly name: string;
  readonly first: Child;
  /** Starts the next child; resolves when it works. */
  readonly startNext: () => Promise<Child>;
  /** Whether the log of the child that came after a kill says that there was one; left out: nobody asks it. */
  readonly confirms?: (next: Child) => boolean;
  /** Hears in words of an end that nobody asked for. */
  readonly onEnd: (told: string) => void;
}

/** A busy machine takes its time to halt a process. */
const haltTries = 200;
const haltLookEveryMs = 5;

/** Whether the operating system holds it halted. */
const isHalted = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  } catch {
    return false; // it has ended
  }
};

/** Keeps a process. */
export const supervise = ({ name, first, startNext, confirms, onEnd }: Supervision): Supervised => {
  let child = first;
  let isStruck = false;
  let ended: Child | undefined;
  const killed = new Set<Child>();
  const watch = (watched: Child): void => {
    void watched.exited.then(({ code, signal }) => {
      ended = watched;
      if (killed.has(watched)) return;
      onEnd(`${name} ended by itself, ${signal === null ? `with code ${code}` : `by ${signal}`}`);
    });
  };
  watch(first);

  const kill = (): Blow => {
    const victim = child;
    killed.add(victim);
    victim.kill('SIGKILL');
    return {
      heal: async () => {
        const { signal } = await victim.exited;
        child = await startNext();
        watch(child);
        isStruck = false;
        return signal === 'SIGKILL' && confirms?.(child) !== false;
      },
    };
  };
  const pause = (): Blow => {
    const halted = child;
    halted.kill('SIGSTOP');
    return {
      heal: async () => {
        let wasHalted = isHalted(halted.pid);
        for (let tries = 1; !wasHalted && tries < haltTries; tries += 1) {
          await sleep(systemClock, haltLookEveryMs);
          wasHalted = isHalted(halted.pid);
        }
        halted.kill('SIGCONT');
        isStruck = false;
        return wasHalted;
      },
    };
  };
  return {
    child: () => child,
    hasEnded: () => ended === child,
    strike: (how) => {
      if (isStruck) return undefined;
      isStruck = true;
      return how === 'kill' ? kill() : pause();
    },
  };
};
