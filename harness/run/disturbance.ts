/** What a run does to the surroundings of the system other than through its providers: put in place and removed. */
import type { Clock } from '../clock.ts';
import type { PlannedFault } from '../fault.ts';
import type { Span, Struck } from '../strike.ts';
import type { RunningWorld } from '../world.ts';
import { digHoles } from './commit-holes.ts';
import type { FaultSites } from './fault-sites.ts';
import { openStrikes } from './strikes.ts';
import { openWindow, type Passing } from './toxic-windows.ts';

/** The faults of a run that are there for a time. */
export interface Disturbance {
  /** Resolves when every fault is in place. */
  start(): Promise<void>;
  /** Removes them, and verifies it; a second time it does nothing. */
  stop(): Promise<void>;
  /** When a planned fault could act; complete once stopped. */
  spansOf(planned: PlannedFault): readonly Span[];
  /** The strikes of a planned fault; complete once stopped. */
  struckBy(planned: PlannedFault): readonly Struck[];
}

/**
 * The disturbance of `world` by `sites`. `ledgerTable` is the target's; without one no hole is opened in a link to the
 * database, and none counts as a hit.
 */
export const disturbanceOf = (
  sites: FaultSites,
  world: Pick<RunningWorld, 'addToxic' | 'removeToxic' | 'removeToxics' | 'asSuperuser' | 'strike'>,
  ledgerTable: string | undefined,
  clock: Clock,
): Disturbance => {
  const passing = new Map<PlannedFault, Passing>();
  const strikes = openStrikes(world, clock);
  let startedMs = 0;
  let whole: readonly Span[] = [];
  let stopping: Promise<void> | undefined;

  const remove = async (): Promise<void> => {
    // First the strikes: what follows needs a database.
    const struck = await Promise.allSettled([strikes.stop()]);
    const stopped = await Promise.allSettled([...passing.values()].map((one) => one.stop()));
    await world.removeToxics();
    whole = [{ fromMs: startedMs, untilMs: clock.nowMs() }];
    for (const outcome of [...struck, ...stopped]) if (outcome.status === 'rejected') throw outcome.reason;
  };

  return {
    start: async () => {
      startedMs = clock.nowMs();
      sites.strikeWith(strikes.carryOut);
      for (const { planned, window, ...toxic } of sites.toxics) {
        if (window === undefined) await world.addToxic(toxic.link, toxic.name, toxic.toxic);
        else passing.set(planned, openWindow({ planned, window, ...toxic }, world, clock));
      }
      for (const holes of sites.commitHoles)
        if (ledgerTable !== undefined) passing.set(holes.planned, await digHoles(holes, ledgerTable, world, clock));
    },
    stop: () => {
      stopping ??= remove();
      return stopping;
    },
    spansOf: (planned) => {
      if (sites.striking.some((aim) => aim.planned === planned))
        return strikes.struckBy(planned).map(({ span }) => span);
      const isPassing = [...sites.commitHoles, ...sites.toxics.filter(({ window }) => window !== undefined)].some(
        (one) => one.planned === planned,
      );
      return isPassing ? (passing.get(planned)?.spans ?? []) : whole;
    },
    struckBy: strikes.struckBy,
  };
};
