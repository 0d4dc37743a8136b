/** The one thing of PostgreSQL that outlives both its processes and its folder. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Line 7 of postmaster.pid: key and id of the System V segment that guards the data folder. */
const segmentOf = async (dataDir: string): Promise<string | undefined> => {
  const lines = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  return lines.split('\n')[6]?.trim().split(/\s+/)[1];
};

/**
 * Removes the System V segments of the clusters directly below `dir`. A postmaster does so itself unless it was
 * killed; a segment that a process still uses is left alone.
 */
export const removeSharedMemory = async (dir: string): Promise<void> => {
  const folders = await readdir(dir).catch(() => []);
  const ids = await Promise.all(folders.map((name) => segmentOf(path.join(dir, name))));
  if (ids.every((id) => id === undefined)) return;
  for (const row of (await readFile('/proc/sysvipc/shm', 'utf8')).split('\n').slice(1)) {
    const [, id, , , , , users, uid, gid] = row.trim().split(/\s+/);
    if (id === undefined || !ids.includes(id) || users !== '0') continue;
    // Only its owner may remove it: root without CAP_SYS_ADMIN, as in a container, is not enough.
    const owner = process.getuid?.() === 0 ? { uid: Number(uid), gid: Number(gid) } : {};
    await promisify(execFile)('ipcrm', ['-m', id], { ...owner, cwd: '/' }).catch(() => undefined);
  }
};
