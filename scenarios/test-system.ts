/** The whole system inside this process: all roles, the mocks' route tables, a stepped clock, a database under it. */
import pg from 'pg';
import { inject } from 'vitest';
import { type SteppedClock, steppedClock } from '#harness/clock';
import {
  type FaultSite,
  noFaults,
  type OpenProvider,
  type OutgoingWebhook,
  type WebhookAnswer,
} from '#harness/provider';
import { randomFrom } from '#harness/seed';
import type { HttpRequest, HttpResponse, InProcessPorts, InProcessRole, Target } from '#harness/target';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

const configUrl = new URL('../topple.config.ts', import.meta.url).href;

/** The target that topple.config names. */
export const { target } = (await import(configUrl)) as { target: Target };

/** A moment far from today, so that a real time in a stored row is told at once. */
export const startMs = Date.UTC(2031, 4, 6, 7, 8, 9);

const sim = `
  create schema sim;
  create table sim.clock as select to_timestamp(${startMs} / 1000.0) as at;
  grant select on sim.clock to public;
  create function sim.now() returns timestamptz stable language sql as 'select at from sim.clock';
  create function sim.pg_xact_commit_timestamp(xid) returns timestamptz language sql as 'select null::timestamptz';
  create function sim.gen_random_uuid() returns uuid language sql
    as 'select ''00000000-0000-4000-8000-000000000000''::uuid';`;

/** A database with the schema `sim` and the target's migrations. */
export interface SimulatedDatabase {
  /** A pool of `topup_<role>`, or of the superuser without one. */
  as(role?: string): pg.Pool;
  /** Time of the systems on this database; `System.advance` moves it together with sim.clock. */
  readonly clock: SteppedClock;
  drop(): Promise<void>;
}

/** Makes the database; its now() stands still until somebody updates sim.clock. */
export const openDatabase = async (variant?: string): Promise<SimulatedDatabase> => {
  const name = `in_process_${process.pid}`; // a process per test file
  const pools = new Map<string, pg.Pool>();
  const open = (user: string, database: string): pg.Pool => {
    const url = Object.assign(new URL(inject('postgresUrl')), { username: user, pathname: `/${database}` });
    const pool = new pg.Pool({ connectionString: url.href, options: '-c search_path=sim,pg_catalog,topup' });
    pool.on('error', () => undefined);
    return pool;
  };
  const as = (role?: string): pg.Pool => {
    const user = role === undefined ? 'postgres' : target.database.userOf(role);
    const known = pools.get(user) ?? open(user, name);
    pools.set(user, known);
    return known;
  };
  const server = open('postgres', 'postgres');
  await server.query(`create database ${name} template template0`);
  await as().query(sim);
  for (const script of target.database.migrations(variant)) await as().query(script);
  return {
    as,
    clock: steppedClock(startMs),
    drop: async () => {
      for (const pool of pools.values()) await pool.end();
      await server.query(`drop database ${name} with (force)`);
      await server.end();
    },
  };
};

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Carries the service's calls to the providers' route tables; a cut rejects, as a broken connection would. */
const callsTo =
  (providers: Readonly<Record<string, OpenProvider>>): InProcessPorts['http'] =>
  async (target, request) => {
    const url = new URL(target);
    const provider = providers[url.hostname.replace('.test', '')];
    const reply = provider?.handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      rawQuery: url.search.slice(1),
      headers: { ...lowerCase(request.headers), host: url.host },
      body: Buffer.from(request.body ?? ''),
    });
    if (!reply || 'cut' in reply) throw new Error('the connection broke');
    return {
      status: reply.status,
      headers: new Headers(reply.headers),
      text: async () => Buffer.from(reply.body).toString(),
    };
  };

/** A system in operation. */
export interface System {
  readonly clock: SteppedClock;
  readonly alipay: OpenProvider;
  readonly cloud: OpenProvider;
  /** Sends a request as the target's adapter builds it, to the role that answers customers. */
  ask(request: HttpRequest): Promise<HttpResponse>;
  metrics(role: string): Promise<string>;
  /** Advances the database's clock and ours, and waits for the answers to the webhooks that fell due. */
  advance(byMs: number): Promise<void>;
  /** Runs every job of every role until none finds anything to do. */
  settle(): Promise<void>;
}

/** Where everybody is met. */
const addresses = {
  providerUrls: { alipay: 'http://alipay.test', 'alibaba-cloud': 'http://alibaba-cloud.test' },
  webhookUrl: 'http://webhooks.test',
  webhookUrls: {},
};

/** Composes all roles around `database`; `http` replaces the way to the mocks. */
export const openSystem = async (
  database: SimulatedDatabase,
  given: { site?: FaultSite; http?: InProcessPorts['http']; variant?: string; seed?: string } = {},
): Promise<System> => {
  const { clock } = database;
  const random = randomFrom(given.seed ?? 'in-process');
  const roles = new Map<string, InProcessRole>();
  const underWay = new Set<Promise<unknown>>();
  const post = async ({ url, headers, body }: OutgoingWebhook): Promise<WebhookAnswer> => {
    const request = new Request(url, { method: 'POST', headers, body: Buffer.from(body) });
    const answer = await roles.get(target.webhookRole)?.fetch(request);
    return { status: answer?.status ?? 0, body: (await answer?.text()) ?? '' };
  };
  const deliver = (webhook: OutgoingWebhook): Promise<WebhookAnswer> => {
    const answered = post(webhook);
    underWay.add(answered);
    return answered.finally(() => underWay.delete(answered));
  };
  const ports = { clock, wall: clock, random, site: given.site ?? noFaults, deliver };
  const opened = { alipay: alipay.open(ports), 'alibaba-cloud': alibabaCloud.open(ports) };
  const providerIdentities = { alipay: opened.alipay.identity, 'alibaba-cloud': opened['alibaba-cloud'].identity };
  const wiring = { ...addresses, providerIdentities, timeScale: 1 };
  for (const role of target.roles) {
    const surroundings = {
      db: database.as(role),
      clock,
      random,
      http: given.http ?? callsTo(opened),
      log: () => undefined,
    };
    const composed = await target.inProcess?.(role, wiring, surroundings, given.variant);
    if (composed) roles.set(role, composed);
  }
  return {
    clock,
    alipay: opened.alipay,
    cloud: opened['alibaba-cloud'],
    ask: async ({ method, path, headers, body }) => {
      const init = { method, headers: { ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answer = await roles.get(target.apiRole)?.fetch(new Request(`http://api.test${path}`, init));
      return { status: answer?.status ?? 0, body: await answer?.json() };
    },
    metrics: async (role) => (await roles.get(role)?.fetch(new Request('http://any.test/metrics')))?.text() ?? '',
    advance: async (byMs) => {
      const thenMs = clock.nowMs() + byMs;
      await database.as().query('update sim.clock set at = to_timestamp($1::float8 / 1000)', [thenMs]);
      clock.advance(byMs);
      while (underWay.size > 0) await Promise.all(underWay);
    },
    settle: async () => {
      for (let did = 1; did > 0; ) {
        did = 0;
        for (const role of roles.values()) for (const job of role.jobs) did += (await job.run()).did;
      }
    },
  };
};
