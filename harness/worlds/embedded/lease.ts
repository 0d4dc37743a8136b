/** A lease: the folder and the mark under which one run of the harness starts things, and by which they are found. */
import type { Dirent } from 'node:fs';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errors } from '../../errors.ts';
import { isOrphan, makeOwnedFolder } from '../../owner.ts';
import { leaseVariable } from './marked-processes.ts';
import { removeLease } from './remove-lease.ts';
import { startWatchdog } from './watchdog.ts';

/** What a sweep found and removed. */
export interface Swept {
  readonly leases: number;
  readonly processes: number;
  /** Folders of dead owners that could not be removed. */
  readonly stuck: readonly string[];
}

/** The right to leave things on this machine until `release`. */
export interface Lease {
  /** Any user of the machine may enter it, and see nothing but what it is told the name of. */
  readonly dir: string;
  /** Belongs into the environment of every process that is started under the lease. */
  readonly env: Readonly<Record<string, string>>;
  /** The process that ends the lease when its owner is killed. */
  readonly watchdogPid: number;
  /** What was removed of earlier owners. */
  readonly swept: Swept;
  /** Stops all that runs under the lease and removes its folder; throws `leaseNotRemoved` when it cannot. */
  release(): Promise<void>;
}

const prefix = 'topple';

const isSweepable = async (entry: Dirent): Promise<boolean> => {
  if (!entry.isDirectory() || !isOrphan(entry.name, prefix)) return false;
  const { uid } = await stat(path.join(entry.parentPath, entry.name)).catch(() => ({ uid: undefined }));
  return uid === process.getuid?.();
};

/** The folders of this user's leases whose owner is dead. Never rejects. */
export const leftLeases = async (): Promise<readonly string[]> => {
  const tmp = os.tmpdir();
  const entries = await readdir(tmp, { withFileTypes: true }).catch(() => []);
  const isLeft = await Promise.all(entries.map(isSweepable));
  return entries.filter((_entry, index) => isLeft[index]).map(({ name }) => path.join(tmp, name));
};

/**
 * Ends the leases of this user whose owner is dead: stops their processes, removes their folders. Leases of live
 * owners and of other users are not touched. Several sweeps at once do not disturb each other. Never rejects.
 */
export const sweepLeftovers = async (): Promise<Swept> => {
  const swept = { leases: 0, processes: 0, stuck: [] as string[] };
  for (const dir of await leftLeases()) {
    const removed = await removeLease(dir);
    swept.processes += removed.count;
    if (removed.isGone) swept.leases += 1;
    else swept.stuck.push(dir);
  }
  return swept;
};

/** Makes `<temporary folder>/topple-…`, removes what dead owners left, and sets a watchdog on this process. */
export const openLease = async (): Promise<Lease> => {
  const dir = await makeOwnedFolder(os.tmpdir(), prefix);
  await chmod(dir, 0o711);
  await mkdir(path.join(dir, 'logs'));
  const swept = await sweepLeftovers();
  const watchdog = await startWatchdog(dir);
  const end = async (): Promise<void> => {
    const removed = await removeLease(dir);
    if (!removed.isGone) throw errors.leaseNotRemoved(dir, removed.stuck);
    await watchdog.dismiss();
  };
  let ended: Promise<void> | undefined;
  return {
    dir,
    env: { [leaseVariable]: dir },
    watchdogPid: watchdog.pid,
    swept,
    release: () => {
      ended ??= end();
      return ended;
    },
  };
};
