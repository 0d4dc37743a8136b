/** What killed runs of this user left on this machine, for `topple cleanup`. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cacheHome } from '../../cache-home.ts';
import { leftParts } from './cache.ts';
import { leftLeases } from './lease.ts';
import { countMarked } from './marked-processes.ts';
import { removeLease } from './remove-lease.ts';

/** One thing that was left. */
export interface Leftover {
  /** Its path. */
  readonly place: string;
  /** What it is, as far as it can be told before it is removed. */
  readonly what: string;
  /** Removes it; the result says what was removed, or why it could not be. Never rejects. */
  remove(): Promise<{ readonly what: string } | { readonly stuck: string }>;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const processes = (count: number): string => (count === 1 ? '1 process' : `${count} processes`);

const leaseLeftover = (place: string): Leftover => ({
  place,
  what: `a killed run with ${processes(countMarked(place))}`,
  remove: async () => {
    const { pids, segments, containers = [], stuck } = await removeLease(place);
    if (stuck !== undefined) return { stuck };
    const parts = [
      processes(pids.length),
      counted(segments.length, 'shared memory segment'),
      ...(containers.length === 0 ? [] : [containers.join(', ')]),
    ];
    return { what: `a killed run with ${parts.join(', ')}` };
  },
});

/** A folder that nobody uses any more; `what` says of what. */
export const folderLeftover = (place: string, what: string): Leftover => ({
  place,
  what,
  remove: () =>
    rm(place, { recursive: true, force: true }).then(
      () => ({ what }),
      (error: unknown) => ({ stuck: `${error instanceof Error ? error.message : error}.` }),
    ),
});

const ownCache = (): string | undefined => cacheHome(process.getuid?.() ?? 0, process.env);

/** Leases, and folders of the cache that were being filled. Live runs and other users' are not among them. */
export const findLeftovers = async (): Promise<readonly Leftover[]> => [
  ...(await leftLeases()).map(leaseLeftover),
  ...(await leftParts(ownCache())).map((place) => folderLeftover(place, 'a cache that was being filled')),
];

/** The folder of prepared programs and data, if there is one; it is no leftover, and next starts are faster for it. */
export const keptCache = (): string | undefined => {
  const home = ownCache();
  return home !== undefined && existsSync(home) ? home : undefined;
};
