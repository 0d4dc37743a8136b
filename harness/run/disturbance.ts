/** What a run does to the surroundings of the system other than through its providers: put in place and removed. */
import type { Clock } from '../clock.ts';
import type { PlannedFault, Span } from '../fault.ts';
import type { RunningWorld } from '../world.ts';
import { type Digging, digHoles } from './commit-holes.ts';
import type { FaultSites } from './fault-sites.ts';

/** The faults of a run that are there for a time. */
export interface Disturbance {
  /** Resolves when every fault is in place. */
  start(): Promise<void>;
  /** Removes them, and verifies it; a second time it does nothing. */
  stop(): Promise<void>;
  /** When a planned fault could act; complete once stopped. */
  spansOf(planned: PlannedFault): readonly Span[];
}

/**
 * The disturbance of `world` by `sites`. `ledgerTable` is the target's; without one no hole is opened in a link to the
 * database, and none counts as a hit.
 */
export const disturbanceOf = (
  sites: FaultSites,
  world: Pick<RunningWorld, 'addToxic' | 'removeToxic' | 'removeToxics' | 'asSuperuser'>,
  ledgerTable: string | undefined,
  clock: Clock,
): Disturbance => {
  const diggings = new Map<PlannedFault, Digging>();
  let startedMs = 0;
  let whole: readonly Span[] = [];
  let stopping: Promise<void> | undefined;

  const remove = async (): Promise<void> => {
    const stopped = await Promise.allSettled([...diggings.values()].map((digging) => digging.stop()));
    await world.removeToxics();
    whole = [{ fromMs: startedMs, untilMs: clock.nowMs() }];
    for (const outcome of stopped) if (outcome.status === 'rejected') throw outcome.reason;
  };

  return {
    start: async () => {
      startedMs = clock.nowMs();
      for (const { link, name, toxic } of sites.toxics) await world.addToxic(link, name, toxic);
      for (const holes of sites.commitHoles)
        if (ledgerTable !== undefined) diggings.set(holes.planned, await digHoles(holes, ledgerTable, world, clock));
    },
    stop: () => {
      stopping ??= remove();
      return stopping;
    },
    spansOf: (planned) => {
      const isHole = sites.commitHoles.some((holes) => holes.planned === planned);
      return isHole ? (diggings.get(planned)?.spans ?? []) : whole;
    },
  };
};
