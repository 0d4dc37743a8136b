/** A fresh data folder of PostgreSQL: copying a prepared one takes a tenth of the time that initdb takes. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errors } from '../../errors.ts';
import { cachedFolder } from './cache.ts';
import { startChild } from './child.ts';
import type { Lease } from './lease.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

const initOptions = [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--wal-segsize=1', // MB; a smaller folder to copy
  '--no-sync',
  '--no-instructions',
];

/** Holds for a data folder from which nothing obvious was taken, by a cleaner of caches for example. */
const isCluster = (dataDir: string): boolean =>
  ['PG_VERSION', 'global/pg_control', 'base/1/PG_VERSION'].every((file) => existsSync(path.join(dataDir, file)));

/**
 * Fills `dataDir`, which must not exist, with an empty cluster (superuser `postgres`, no passwords, locale C, UTF-8)
 * that belongs to the user of `binaries`; `cache` is the folder that keeps a prepared one, if there can be any.
 */
export const createCluster = async (
  lease: Pick<Lease, 'dir' | 'env' | 'isOver'>,
  binaries: PostgresBinaries,
  dataDir: string,
  cache: string | undefined,
): Promise<void> => {
  const { user } = binaries;
  const ids = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const run = async (name: string, command: string, args: readonly string[]): Promise<void> => {
    const child = await startChild({ lease, name, command, args, cwd: lease.dir, ...ids });
    const exit = await child.exited;
    if (exit.code !== 0) throw errors.childEnded(name, exit, child.tail());
  };
  const copyTo = async (from: string, to: string): Promise<void> => {
    await chmod(to, 0o700);
    if (user !== undefined) await chown(to, user.uid, user.gid);
    await run('copy-cluster', 'cp', ['-R', `${from}/.`, to]);
  };
  const options = createHash('sha256').update(initOptions.join(' ')).digest('hex').slice(0, 8);
  const name = `cluster-${binaries.version}-${user?.name ?? 'own'}-${options}`;
  const prepared = cache === undefined ? undefined : path.join(cache, name);
  await mkdir(dataDir, { mode: 0o700 });
  if (prepared !== undefined && isCluster(prepared)) return copyTo(prepared, dataDir);

  if (user !== undefined) await chown(dataDir, user.uid, user.gid);
  await run('initdb', binaries.initdb, [`--pgdata=${dataDir}`, ...initOptions]);
  if (prepared !== undefined) await rm(prepared, { recursive: true, force: true }).catch(() => undefined);
  await cachedFolder(cache, name, (part) => copyTo(dataDir, part));
};
