/** A real PostgreSQL under a lease: quick to start, fit for tests, nothing of it left after the lease. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheHome } from '../../cache-home.ts';
import { sleep, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { sweepCache } from './cache.ts';
import { type Child, startChild } from './child.ts';
import { createCluster } from './cluster.ts';
import { type DatabaseServer, databaseServer } from './database-server.ts';
import { freePort } from './free-port.ts';
import type { Lease } from './lease.ts';
import { findPostgres, type PostgresBinaries, postgresPackage } from './postgres-binaries.ts';
import { enter, mayUse, unprivilegedUser } from './system-user.ts';

/** A running server. Everyone on this machine may log in as any of its users. */
export interface PostgresServer extends DatabaseServer {
  /** On 127.0.0.1. */
  readonly port: number;
  /** The postmaster as it is now: its output, its end, signals to it. */
  readonly process: Child;
  /** SIGKILL to the postmaster: clients lose their connections, the workers end by themselves. */
  crash(): Promise<void>;
  /** Starts it again on its port after its end, however that came; resolves when it has recovered. */
  restart(): Promise<Child>;
  stop(): Promise<void>;
}

/** How the server of a run is set, wherever it runs. */
export const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a socket's path may have 107 bytes, a temporary folder's can have more
  max_connections: '200',
  // To survive the death of the machine costs time; what a commit has answered must survive that of the server.
  fsync: 'off',
  synchronous_commit: 'on',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off', // a run is short, and nothing but the run shall touch its tables
  track_commit_timestamp: 'on', // when a fact could be seen; `now()` is when its transaction began
  jit: 'off',
  io_method: 'sync', // three processes less
  max_logical_replication_workers: '0',
  dynamic_shared_memory_type: 'mmap', // in the data folder: nothing is left in /dev/shm
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const readyMsMax = 60_000;
const stopMsMax = 5_000;
const triesMax = 20;
/** A taken port; or workers of a server that was killed, which are about to notice it. */
const passing = /Address already in use|shared memory block .* is still in use/;

/** Starts the postmaster on a port of `nextPort`, and on another one as long as the port turns out to be taken. */
const startPostmaster = async (
  lease: Pick<Lease, 'dir' | 'env' | 'isOver'>,
  { postgres, user }: PostgresBinaries,
  dataDir: string,
  nextPort: () => Promise<number>,
): Promise<{ process: Child; port: number }> => {
  // The cluster's name is in the title of every process of the server: by it a lost one is found.
  const options = Object.entries({ ...settings, cluster_name: path.basename(lease.dir) });
  const args = ['-D', dataDir, ...options.flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  const ids = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  for (let tries = 1; ; tries += 1) {
    const port = await nextPort();
    const command = { lease, name: 'postgres', command: postgres, args: [...args, '-p', String(port)] };
    const child = await startChild({ ...command, cwd: lease.dir, ...ids });
    try {
      await child.firstLine((line) => line.includes('ready to accept connections') || undefined, readyMsMax);
      return { process: child, port };
    } catch (error) {
      await child.stop(0);
      if (tries === triesMax || !passing.test(child.tail())) throw error;
      await sleep(systemClock, tries * 10);
    }
  }
};

/** A postmaster, and how to start the next one on its port and data. */
interface Postmaster {
  readonly process: Child;
  readonly port: number;
  readonly startNext: () => Promise<{ readonly process: Child }>;
}

const connect = ({ process: first, port, startNext }: Postmaster): PostgresServer => {
  let child = first;
  const server = databaseServer(`127.0.0.1:${port}`);
  return {
    ...server,
    port,
    get process() {
      return child;
    },
    crash: async () => {
      child.kill('SIGKILL');
      await child.exited;
    },
    restart: async () => {
      child = (await startNext()).process;
      return child;
    },
    stop: async () => {
      await server.disconnect();
      await child.stop(stopMsMax);
    },
  };
};

/** What `startPostgres` may be told; the defaults are what a run wants. */
export interface PostgresOptions {
  readonly lease: Pick<Lease, 'dir' | 'env' | 'isOver'>;
  /** Proposes ports, each call another one. */
  readonly nextPort?: () => Promise<number>;
}

/**
 * Starts a server that serves this lease alone. Throws `noPostgresPackage`, `noUserForPostgres`, `postgresOutOfReach`,
 * `folderOutOfReach` or `childEnded`.
 */
export const startPostgres = async ({ lease, nextPort = freePort }: PostgresOptions): Promise<PostgresServer> => {
  const uid = process.getuid?.() ?? 0;
  const user = unprivilegedUser(uid, await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (user !== undefined && !mayUse(user, lease.dir, enter)) throw errors.folderOutOfReach(lease.dir, user.name);
  const cache = cacheHome(uid, process.env);
  await sweepCache(cache);
  const spare = path.join(lease.dir, 'postgres-programs');
  const binaries = await findPostgres(await postgresPackage(), user, { cache, spare });
  const dataDir = path.join(lease.dir, 'postgres');
  await createCluster(lease, binaries, dataDir, cache);
  const start = (portOf: () => Promise<number>) => startPostmaster(lease, binaries, dataDir, portOf);
  const { process: postmaster, port } = await start(nextPort);
  return connect({ process: postmaster, port, startNext: () => start(async () => port) });
};
