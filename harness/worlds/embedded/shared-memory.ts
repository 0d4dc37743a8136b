/** The one thing of PostgreSQL that outlives both its processes and its folder. */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

interface Segment {
  readonly id: string;
  readonly makerPid: number;
  readonly uid: number;
  readonly gid: number;
}

/** System V segments that no process uses. */
const unusedSegments = async (): Promise<readonly Segment[]> => {
  const rows = (await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '')).trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, id = '', , , makerPid, , users, uid, gid] = row.trim().split(/\s+/);
    return users === '0' ? [{ id, makerPid: Number(makerPid), uid: Number(uid), gid: Number(gid) }] : [];
  });
};

/** Line 7 of postmaster.pid: key and id of the segment that guards the data folder. */
const idIn = async (dataDir: string): Promise<string | undefined> => {
  const lines = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  return lines.split('\n')[6]?.trim().split(/\s+/)[1];
};

/**
 * Unused segments of the clusters directly below `dir`: the cluster names it, or one of the ended processes `pids` made
 * it as the cluster's user. A server that is killed while it starts has made a segment and not noted it yet.
 */
const segmentsOf = async (dir: string, pids: readonly number[]): Promise<readonly Segment[]> => {
  const folders = (await readdir(dir).catch(() => [])).map((name) => path.join(dir, name));
  const ids = await Promise.all(folders.map(idIn));
  const uids = await Promise.all(folders.map(async (folder) => (await stat(folder).catch(() => undefined))?.uid));
  const isTheirs = ({ id, makerPid, uid }: Segment): boolean =>
    ids.includes(id) || (pids.includes(makerPid) && uids.includes(uid));
  return ids.every((id) => id === undefined) && pids.length === 0 ? [] : (await unusedSegments()).filter(isTheirs);
};

/** What was removed, and what could not be: ids as `ipcs -m` shows them. */
export interface RemovedMemory {
  readonly removed: readonly string[];
  readonly left: readonly string[];
}

/**
 * Removes the System V segments of the clusters directly below `dir`, whose processes had the ids `pids`. A postmaster
 * does so itself unless it was killed; a segment that a process still uses is left alone. Never rejects.
 */
export const removeSharedMemory = async (dir: string, pids: readonly number[]): Promise<RemovedMemory> => {
  const segments = await segmentsOf(dir, pids);
  for (const { id, uid, gid } of segments) {
    // Only its owner may remove it: root without CAP_SYS_ADMIN, as in a container, is not enough.
    const owner = process.getuid?.() === 0 ? { uid, gid } : {};
    await promisify(execFile)('ipcrm', ['-m', id], { ...owner, cwd: '/' }).catch(() => undefined);
  }
  const left = segments.length === 0 ? [] : await segmentsOf(dir, pids);
  const isLeft = ({ id }: Segment): boolean => left.some((other) => other.id === id);
  return {
    removed: segments.filter((segment) => !isLeft(segment)).map(({ id }) => id),
    left: left.map(({ id }) => id),
  };
};
