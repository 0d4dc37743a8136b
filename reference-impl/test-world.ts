/** What the tests of the service share: a migrated database per file, role by role, and ports that stand still. */
import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Config, timesFor } from './config.ts';
import { migrations } from './db/migrate.ts';
import type { Clock, Http, Ids, Log, Ports } from './ports.ts';

const pool = (database: string, user = 'postgres'): pg.Pool => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  url.username = user;
  const opened = new pg.Pool({ connectionString: url.href, max: 20, options: '-c search_path=sim,pg_catalog,topup' });
  opened.on('error', () => undefined);
  return opened;
};

/** A database that exists from before the first test of a file until after its last. */
export interface TestDatabase {
  /** Logged in as `topup_<role>`, or as the superuser without one. */
  as(role?: string): pg.Pool;
  /** Adds another empty database and returns its superuser's pool. */
  another(name: string): Promise<pg.Pool>;
}

let made = 0;

/** Call it at the top of a test file; `overlay` comes after the migrations. */
export const testDatabase = (overlay?: URL): TestDatabase => {
  const pools = new Map<string, pg.Pool>();
  const databases: string[] = [];
  const open = (database: string, user = 'postgres'): pg.Pool => {
    const key = `${user}@${database}`;
    const known = pools.get(key) ?? pool(database, user);
    pools.set(key, known);
    return known;
  };
  const create = async (name: string): Promise<pg.Pool> => {
    made += 1;
    const database = `${name}_${process.pid}_${made}`; // files may share a process, never a database
    await open('postgres').query(`create database ${database} template template0`);
    databases.push(database);
    return open(database);
  };
  beforeAll(async () => {
    const owner = await create('topup');
    for (const { sql } of migrations(overlay)) await owner.query(sql);
  });
  afterAll(async () => {
    for (const [key, opened] of pools) if (!key.endsWith('@postgres')) await opened.end();
    for (const database of databases) await open('postgres').query(`drop database ${database} with (force)`);
    await open('postgres').end();
  });
  return {
    as: (role) => open(databases[0] ?? '', role === undefined ? 'postgres' : `topup_${role}`),
    another: create,
  };
};

const alipayKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const appKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The key with which the tests sign as Alipay. */
export const alipayPrivateKey = alipayKeys.privateKey;

/** A configuration for every role, at production times. */
export const testConfig: Config = {
  apiToken: 'token',
  webhookUrl: 'http://webhooks.test',
  webhookUrls: {},
  payments: {
    alipay: {
      gatewayUrl: 'http://alipay.test/gateway.do',
      appId: 'app-1',
      appPrivateKey: appKeys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      alipayPublicKey: alipayKeys.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      sellerId: 'seller-1',
    },
  },
  clouds: { 'alibaba-cloud': { url: 'http://cloud.test', accessKeyId: 'id', accessKeySecret: 'secret' } },
  offers: ['alibaba-cloud'],
  times: timesFor(1),
};

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const counter = (prefix: string): (() => string) => {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}_${count}`;
  };
};

const counting: Ids = { orderId: counter('ord'), nonce: counter('nonce'), unit: () => 0.5 };

/** The start of 2026, in milliseconds since the epoch. */
export const beginMs = 1_767_225_600_000;

/** Ports with a clock that stands at `beginMs` unless one is given, ids that count, and no log. */
export const testPorts = (db: pg.Pool, http: Http, clock: Clock = { nowMs: () => beginMs }): Ports => ({
  db,
  http,
  clock,
  ids: counting,
  log: silent,
  metrics: new Registry(),
});
