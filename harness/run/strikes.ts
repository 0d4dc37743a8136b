/** Carries out the strikes that faults decide on, one at a time on each process, and undoes every one of them. */
import { type Clock, sleep } from '../clock.ts';
import type { PlannedFault } from '../fault.ts';
import type { Struck } from '../strike.ts';
import type { Blow, RunningWorld } from '../world.ts';
import type { PlannedStrike } from './fault-sites.ts';

/** How soon a strike is tried again whose process is struck already. */
const lookAgainMs = 20;

/** Strikes under way. */
export interface Strikes {
  /** At once or when its time has come; while the process is struck, it waits. None, once its fault had its share. */
  carryOut(strike: PlannedStrike): void;
  /** Undoes what is under way, and strikes no more; rejects when something could not be done or undone. */
  stop(): Promise<void>;
  /** What was carried out for a planned fault; complete once stopped. */
  struckBy(planned: PlannedFault): readonly Struck[];
}

/** Undoes a blow once its time, or the disturbance, is over; resolves with what became of it. */
const follow = async (strike: PlannedStrike, blow: Blow, clock: Clock, isOver: Promise<void>): Promise<Struck> => {
  const { reference, forMs } = strike;
  const fromMs = clock.nowMs();
  await Promise.race([sleep(clock, forMs), isOver]);
  const isProven = await blow.heal();
  return { reference, span: { fromMs, untilMs: clock.nowMs() }, isProven };
};

/** No strikes yet, in `world`. */
export const openStrikes = (world: Pick<RunningWorld, 'strike'>, clock: Clock): Strikes => {
  const struck = new Map<PlannedFault, Struck[]>();
  const begun = new Map<PlannedFault, number>();
  const waiting = new Map<PlannedFault, () => void>();
  const underWay = new Set<Promise<void>>();
  let endWaits = (): void => undefined;
  const isOver = new Promise<void>((resolve) => {
    endWaits = resolve;
  });
  let isStopped = false;
  const failures: unknown[] = [];

  const begin = (strike: PlannedStrike): void => {
    try {
      const blow = world.strike(strike.process, strike.how);
      if (blow === undefined) {
        waiting.set(
          strike.planned,
          clock.after(lookAgainMs, () => begin(strike)),
        );
        return;
      }
      waiting.delete(strike.planned);
      begun.set(strike.planned, (begun.get(strike.planned) ?? 0) + 1);
      const following = follow(strike, blow, clock, isOver)
        .then((one) => void struck.set(strike.planned, [...(struck.get(strike.planned) ?? []), one]))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(following));
      underWay.add(following);
    } catch (error) {
      failures.push(error); // whoever told the moment has no part in it
    }
  };

  return {
    carryOut: (strike) => {
      const { planned, times, afterMs } = strike;
      if (isStopped || waiting.has(planned) || (begun.get(planned) ?? 0) >= times) return;
      if (afterMs === 0) begin(strike);
      else
        waiting.set(
          planned,
          clock.after(afterMs, () => begin(strike)),
        );
    },
    stop: async () => {
      isStopped = true;
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
      endWaits();
      await Promise.all(underWay);
      if (failures.length > 0) throw failures[0];
    },
    struckBy: (planned) => struck.get(planned) ?? [],
  };
};
