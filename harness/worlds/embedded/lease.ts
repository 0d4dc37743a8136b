/** A lease: the folder and the mark under which one run of the harness starts things, and by which they are found. */
import { chmod, lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errors } from '../../errors.ts';
import { isOrphan, makeOwnedFolder } from '../../owner.ts';
import { leaseVariable, namedLeases } from './marked-processes.ts';
import { type Removed, removeLease } from './remove-lease.ts';
import { startWatchdog } from './watchdog.ts';

/** A lease of a dead owner, and what was found under it. */
export interface SweptLease extends Removed {
  readonly dir: string;
}

/** The right to leave things on this machine until `release`. */
export interface Lease {
  /** Any user of the machine may enter it, and see nothing but what it is told the name of. */
  readonly dir: string;
  /** Belongs into the environment of every process that is started under the lease. */
  readonly env: Readonly<Record<string, string>>;
  /** The process that ends the lease when its owner is killed. */
  readonly watchdogPid: number;
  /** True from the moment at which it is being ended: whatever is started from then on might be left. */
  isOver(): boolean;
  /** What was removed of earlier owners. */
  readonly swept: readonly SweptLease[];
  /** Stops all that runs under the lease and removes its folder; throws `leaseNotRemoved` when it cannot. */
  release(): Promise<void>;
}

const prefix = 'topple';

/** As the file system names it: the mark of a process is compared as text. */
const temporaryFolder = (): Promise<string> => realpath(os.tmpdir());

const isSweepable = async (dir: string): Promise<boolean> => {
  if (!isOrphan(path.basename(dir), prefix)) return false;
  const found = await lstat(dir).catch(() => undefined);
  // Without its folder a lease is known by its processes alone, and these are this user's.
  return found === undefined || (found.isDirectory() && found.uid === process.getuid?.());
};

/**
 * The folders of this user's leases in the temporary folder whose owner is dead, also of those whose folder somebody
 * deleted while their processes go on. Never rejects.
 */
export const leftLeases = async (): Promise<readonly string[]> => {
  const tmp = await temporaryFolder().catch(() => undefined);
  if (tmp === undefined) return [];
  const there = (await readdir(tmp).catch(() => [])).map((name) => path.join(tmp, name));
  const named = [...namedLeases()].filter((dir) => path.dirname(dir) === tmp);
  const dirs = [...new Set([...there, ...named])];
  const isLeft = await Promise.all(dirs.map(isSweepable));
  return dirs.filter((_dir, index) => isLeft[index]);
};

/**
 * Ends the leases of this user whose owner is dead: stops their processes, removes their folders. Leases of live
 * owners and of other users are not touched. Several sweeps at once do not disturb each other. Never rejects.
 */
export const sweepLeftovers = async (): Promise<readonly SweptLease[]> => {
  const swept: SweptLease[] = [];
  for (const dir of await leftLeases()) swept.push({ dir, ...(await removeLease(dir)) });
  return swept;
};

const makeFolder = async (): Promise<string> => {
  try {
    return await makeOwnedFolder(await temporaryFolder(), prefix);
  } catch (error) {
    throw errors.noTemporaryFolder(os.tmpdir(), error);
  }
};

/**
 * Makes `<temporary folder>/topple-…`, removes what dead owners left, and sets a watchdog on this process. Throws
 * `noTemporaryFolder`.
 */
export const openLease = async (): Promise<Lease> => {
  const dir = await makeFolder();
  await chmod(dir, 0o711);
  await mkdir(path.join(dir, 'logs'));
  const swept = await sweepLeftovers();
  const watchdog = await startWatchdog(dir);
  const end = async (): Promise<void> => {
    const removed = await removeLease(dir);
    if (removed.stuck !== undefined) throw errors.leaseNotRemoved(dir, removed.stuck);
    await watchdog.dismiss();
  };
  let ended: Promise<void> | undefined;
  return {
    dir,
    env: { [leaseVariable]: dir },
    watchdogPid: watchdog.pid,
    swept,
    isOver: () => ended !== undefined,
    release: () => {
      ended ??= end();
      return ended;
    },
  };
};
