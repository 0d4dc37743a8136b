/** The real world: the only file of the service that touches time, chance, timers, sockets and the network. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import pg from 'pg';
import { Registry } from 'prom-client';
import type { Db, Http, Ids, Log, Ports } from './ports.ts';
import { errorText } from './resilience/error-text.ts';
import type { Job, TopUpService } from './service.ts';

/** Every step is durable before the next, so nothing is lost with what a stop interrupts. */
const stopMsMax = 1_000;

const http: Http = (url, { timeoutMs, ...request }) =>
  fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });

const ids: Ids = {
  orderId: () => `ord_${randomBytes(12).toString('hex')}`,
  nonce: () => randomBytes(16).toString('hex'),
  unit: () => randomInt(2 ** 32) / 2 ** 32,
};

/** One JSON object per line on standard output. */
export const jsonLog = (role: string): Log => {
  const write = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    process.stdout.write(
      `${JSON.stringify({ level, time: new Date().toISOString(), role, msg: message, ...fields })}\n`,
    );
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
};

/** The address with the role's own user, unless it names one. */
const userOf = (databaseUrl: string, user: string): string => {
  const url = new URL(databaseUrl);
  if (url.username === '') url.username = user;
  return url.href;
};

/**
 * How long the database may take, in milliseconds. It ends a statement before we give up on it, so that none goes on
 * that was reported as failed; and a transaction of which it hears no more, so that its locks are free again.
 */
export const databaseWaits = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 8_000,
  query_timeout: 10_000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** A pool for one role. A connection that breaks is reported and replaced; it never ends the process. */
export const openPool = (
  databaseUrl: string,
  user: string,
  log: Log,
  waits: Readonly<Record<keyof typeof databaseWaits, number>> = databaseWaits,
): Db & { end(): Promise<void> } => {
  const pool = new pg.Pool({
    connectionString: userOf(databaseUrl, user),
    max: 16,
    ...waits,
    // A schema `sim` that supplies now() goes first wherever it exists.
    options: '-c search_path=sim,pg_catalog,topup',
  });
  const report = (error: Error) => log.warn({ error: errorText(error) }, 'database connection lost');
  pool.on('error', report);
  // An error between two statements of a transaction arrives here; the next statement then fails in the ordinary way.
  pool.on('connect', (client) => client.on('error', report));
  return pool;
};

/** The ports of one role in the real world; `close` ends its database sessions. */
export const realPorts = (role: string, databaseUrl: string): { ports: Ports; close(): Promise<void> } => {
  const log = jsonLog(role);
  const db = openPool(databaseUrl, `topup_${role}`, log);
  const ports: Ports = { db, clock: { nowMs: () => Date.now() }, ids, http, log, metrics: new Registry() };
  return { ports, close: () => db.end() };
};

/** Runs the job until stopped: again at once while it finds work, else after its interval, also after an error. */
const loop = (job: Job, log: Log): { stop(): Promise<void> } => {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turn = async (): Promise<void> => {
    let did = 0;
    try {
      ({ did } = await job.run());
    } catch (error) {
      log.error({ job: job.name, error: errorText(error) }, 'job failed');
    }
    if (!stopped) timer = setTimeout(next, did > 0 ? 0 : job.everyMs);
  };
  let running = turn();
  const next = (): void => {
    running = turn();
  };
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
};

/** A role that listens. */
export interface Listening {
  readonly port: number;
  /** Takes no more requests and gives running work a second to end; what is cut off then is taken up later. */
  stop(): Promise<void>;
}

/** Opens the service on `port` (0 = any free one) of `host` and starts its jobs; rejects when the port is taken. */
export const listen = (service: TopUpService, log: Log, port: number, host: string): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: (request) => service.fetch(request), port, hostname: host }) as Server;
    server.once('error', reject);
    server.once('listening', () => {
      const loops = service.jobs.map((job) => loop(job, log));
      const stop = async (): Promise<void> => {
        const closed = new Promise((done) => server.close(done));
        server.closeIdleConnections();
        const ended = Promise.all([closed, ...loops.map((running) => running.stop())]);
        await Promise.race([ended, new Promise((late) => setTimeout(late, stopMsMax).unref())]);
      };
      resolve({ port: (server.address() as AddressInfo).port, stop });
    });
  });
