/** What all runs of an open world `containers` share: a network, and PostgreSQL on it. */
import path from 'node:path';
import { type DatabaseServer, databaseServer } from '../embedded/database-server.ts';
import type { Lease } from '../embedded/lease.ts';
import { settings } from '../embedded/postgres.ts';
import { labelsOf, type RunningContainer, startContainer } from './container.ts';
import type { Engine } from './engine.ts';
import { imageOf } from './images.ts';
import { markLease } from './leftovers.ts';

/** The shared part of the world. */
export interface ContainerGround {
  readonly engine: Engine;
  readonly lease: Lease;
  /** Begins the name of everything on the engine. */
  readonly prefix: string;
  readonly network: string;
  readonly postgres: RunningContainer;
  readonly databases: DatabaseServer;
  /** Where other containers find PostgreSQL. */
  readonly databaseAddress: string;
  close(): Promise<void>;
}

const postgresPort = 5432;
const readyMsMax = 60_000;
const dataFolder = '/var/lib/postgresql';
const socketFolder = '/var/run/postgresql';
/** The user `postgres` of Debian's images, and of ours. */
const postgresUser = '999:999';

/** Ports are published to this machine alone where the engine is on it. */
const networkOptions = ({ host }: Engine) =>
  host === '127.0.0.1' ? { Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' } } : {};

const startDatabase = async (
  base: Pick<ContainerGround, 'engine' | 'lease' | 'prefix' | 'network'>,
): Promise<RunningContainer> => {
  const set = { ...settings, listen_addresses: '*', unix_socket_directories: socketFolder };
  const owned = 'rw,uid=999,gid=999,mode=0700';
  const container = await startContainer({
    ...base,
    name: `${base.prefix}-postgres`,
    title: 'PostgreSQL',
    image: imageOf('postgres', process.env),
    args: ['postgres', ...Object.entries(set).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    env: { POSTGRES_HOST_AUTH_METHOD: 'trust', PGDATA: `${dataFolder}/data` },
    ports: [postgresPort],
    folders: { [dataFolder]: owned, [socketFolder]: owned },
    user: postgresUser,
  });
  // The first server of a fresh image listens nowhere but on its socket.
  const isReady = (line: string) => (/listening on IPv4 address/.test(line) ? line : undefined);
  await container.firstLine(isReady, readyMsMax);
  await container.firstLine((line) => line.includes('ready to accept connections') || undefined, readyMsMax);
  return container;
};

/** Starts it under `lease`. Throws `noEngine`, `noTestcontainers`, `noContainer`, `childEnded` or `childSilent`. */
export const openContainerGround = async (engine: Engine, lease: Lease): Promise<ContainerGround> => {
  const prefix = `topple-${process.pid}-${path.basename(lease.dir).slice(-6).toLowerCase()}`;
  markLease(lease.dir);
  await engine.api.createNetwork({ Name: prefix, Labels: labelsOf(lease.dir), ...networkOptions(engine) });
  const base = { engine, lease, prefix, network: prefix };
  const postgres = await startDatabase(base);
  const databases = databaseServer(postgres.addressOf(postgresPort));
  return {
    ...base,
    postgres,
    databases,
    databaseAddress: `${postgres.name}:${postgresPort}`,
    close: databases.disconnect,
  };
};
