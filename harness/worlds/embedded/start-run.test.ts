import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noFaults, type OpenProvider, type Provider } from '../../provider.ts';
import { randomFrom } from '../../seed.ts';
import type { Target } from '../../target.ts';
import type { Doors, RunningWorld } from '../../world.ts';
import { useOwnTmp } from './fixtures/machine.ts';
import { type Lease, openLease } from './lease.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { startRun } from './start-run.ts';

useOwnTmp();
const patience = { timeout: 30_000, interval: 10 };

let lease: Lease;
let postgres: PostgresServer;
beforeEach(async () => {
  lease = await openLease();
  postgres = await startPostgres({ lease });
});
afterEach(() => lease.release());

const doors: Doors = {
  open: async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
  },
  deliver: async () => ({ status: 0, body: '' }),
};

const provider = (id: string, serves: Provider['serves']): Provider => {
  const open: Partial<OpenProvider> = { id, identity: {}, stop: () => {} };
  return { id, serves, docs: '', operations: [], open: () => open as OpenProvider };
};

/** A system whose roles are shell scripts; `port N` says that one listens. */
const systemOf = (scripts: Readonly<Record<string, string>>, apiRole = 'front', webhookRole = 'back'): Target => {
  const target: Partial<Target> = {
    id: 'scripts',
    roles: Object.keys(scripts),
    apiRole,
    webhookRole,
    process: {
      command: '/bin/sh',
      argsFor: (role) => ['-c', scripts[role] ?? ''],
      environmentFor: () => ({}),
      portIn: (line) => Number(/^port (\d+)$/.exec(line)?.[1]) || undefined,
    },
    database: {
      migrations: () => [],
      userOf: () => 'postgres',
      auditor: 'postgres',
      readLedger: async () => ({}) as never,
    },
  };
  return target as Target;
};

const start = (target: Target) =>
  startRun({
    target,
    lease,
    postgres,
    doors,
    database: 'run_1',
    migrated: () => postgres.createDatabase('run_1'),
    timeScale: 600,
    providers: [provider('bank', 'payment'), provider('sky', 'cloud')],
    random: randomFrom(1),
    siteOf: () => noFaults,
  });

const listening = 'echo port 4711; exec sleep 1000';

/** Sockets that this process listens on, and children that it has. */
const held = () => process.getActiveResourcesInfo().filter((kind) => /^(TCPServerWrap|ProcessWrap)$/.test(kind));

test('a run that is stopped after PostgreSQL was killed says so, and leaves nothing open', async () => {
  const before = held();
  const world = await start(systemOf({ front: listening, back: listening }));
  expect(held().length).toBeGreaterThan(before.length + 5);
  await postgres.crash();
  await expect(world.readLedger()).rejects.toThrow();
  expect(world.ended()).toEqual(['PostgreSQL ended by itself, by SIGKILL']);
  await world.stop();
  await expect.poll(() => held().filter((kind) => kind === 'TCPServerWrap'), patience).toEqual([]);
});

describe('a role that does not come up', () => {
  test('because it ends is named with its last words, and nothing is left', async () => {
    const before = held();
    const started = start(systemOf({ front: 'echo no till >&2; exit 3', back: listening }));
    await expect(started).rejects.toMatchObject({
      code: 'child-ended',
      message: 'run_1-front ended too early, with exit code 3.',
      why: 'It printed:\nno till',
      exitCode: 4,
    });
    await expect.poll(held, patience).toEqual(before);
    expect(await postgres.query('postgres', `select 1 from pg_database where datname = 'run_1'`)).toEqual([]);
  });

  test('because it never says that it listens is named with its last words, and nothing is left', async () => {
    const before = held();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const started = start(systemOf({ front: 'echo still counting; exec sleep 1000', back: listening }));
    const outcome = expect(started).rejects.toMatchObject({
      code: 'child-silent',
      message: expect.stringMatching(/^run_1-front did not say within \d+ ms/),
      why: 'It printed:\nstill counting',
      exitCode: 4,
    });
    const log = `${lease.dir}/logs/run_1-front.log`;
    await vi.waitUntil(() => existsSync(log) && readFileSync(log, 'utf8') !== '', patience);
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    await outcome;
    await expect.poll(held, patience).toEqual(before);
  });

  test('is told also when PostgreSQL is gone and the database cannot be removed', async () => {
    const script = `kill -9 ${postgres.process.pid}; echo no till; exit 3`;
    await expect(start(systemOf({ front: script, back: listening }))).rejects.toMatchObject({ code: 'child-ended' });
    await expect.poll(() => held().filter((kind) => kind === 'TCPServerWrap'), patience).toEqual([]);
  });
});

test('a target whose outward role is not among its roles is refused', async () => {
  const started = start(systemOf({ front: listening, back: listening }, 'front', 'rear'));
  await expect(started).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringContaining('webhookRole "rear" is none of its roles: front, back'),
  });
});

test('faults find the links of the outward roles, whatever these are called, and of one that is both', async () => {
  const slow = { type: 'latency', stream: 'downstream', attributes: { latency: 1, jitter: 0 } } as const;
  const world = await start(systemOf({ front: listening }, 'front', 'front'));
  expect(world.links.toSorted()).toEqual(['bank-service', 'front-postgres', 'service-bank', 'service-sky']);
  const places = ['api-role-postgres', 'webhook-role-postgres', 'front-postgres'];
  for (const [index, place] of places.entries()) await world.addToxic(place, `slow-${index}`, slow);
  expect(world.hits().map(({ link }) => link)).toEqual(places);
  await world.removeToxics();
  await world.stop();
});

describe('a process that is struck', () => {
  /** Listens on another port in each life; says so when it is asked to end. */
  const counting = (name: string) =>
    `echo x >> "$TOPPLE_LEASE/${name}"; echo port $(( 4700 + $(wc -l < "$TOPPLE_LEASE/${name}") )); exec sleep 1000`;
  const startTwo = () => start(systemOf({ front: counting('front'), back: counting('back') }));
  const portOf = (world: RunningWorld, role: string) =>
    new URL(world.metrics.find(({ instance }) => instance === role)?.url ?? '').port;

  test.each([
    ['by its name', 'back'],
    ['by what it does', 'webhook-role'],
  ])('dies at once when it is killed %s, and is there again where its neighbours find it', async (_how, name) => {
    const world = await startTwo();
    expect(portOf(world, 'back')).toBe('4701');
    const blow = world.strike(name, 'kill');
    expect(world.strike('back', 'pause')).toBeUndefined();
    expect(await blow?.heal()).toBe(true);
    expect([portOf(world, 'back'), portOf(world, 'front')]).toEqual(['4702', '4701']);
    expect(world.ended()).toEqual([]);
    expect(world.logs().back).toBe('port 4701\nport 4702');
    await world.stop();
  });

  test('and then ends by itself is told of as ever', async () => {
    const world = await start(systemOf({ front: listening, back: 'echo port 4711; sleep 0.2; exit 3' }));
    await world.strike('back', 'kill')?.heal();
    await expect.poll(() => world.ended(), patience).toEqual(['role back ended by itself, with code 3']);
    await world.stop();
  });

  test('is halted when it is paused, and goes on as the same process', async () => {
    const world = await start(
      systemOf({ front: listening, back: 'echo port 4711; while :; do echo on; sleep 0.02; done' }),
    );
    const lines = () => world.logs().back?.split('\n').length ?? 0;
    const blow = world.strike('webhook-role', 'pause');
    const halted = lines();
    expect(await blow?.heal()).toBe(true);
    await expect.poll(lines, patience).toBeGreaterThan(halted + 1);
    expect(world.logs().back?.match(/port/g)).toHaveLength(1);
    await world.stop();
  });

  test.each(['kill', 'pause'] as const)('and not healed (%s) leaves nothing when the run is stopped', async (how) => {
    const before = held();
    const world = await startTwo();
    world.strike('back', how);
    await world.stop();
    await expect.poll(held, patience).toEqual(before);
  });

  test('loses nothing that it had committed when it is PostgreSQL, and is no end of the world', async () => {
    const world = await startTwo();
    await world.asSuperuser('create table kept as select 1 as one');
    const blow = world.strike('postgres', 'kill');
    const ask = () =>
      world.asSuperuser('select 1').then(
        () => 'answers',
        () => 'is gone',
      );
    await expect.poll(ask, patience).toBe('is gone');
    expect(await blow?.heal()).toBe(true);
    expect(await world.asSuperuser('select one from kept')).toEqual([{ one: 1 }]);
    expect(world.ended()).toEqual([]);
    await world.stop();
    expect(await postgres.query('postgres', `select 1 from pg_database where datname = 'run_1'`)).toEqual([]);
  });

  test('that nobody knows is refused; a role that the target does not name is left alone', async () => {
    const world = await startTwo();
    expect(() => world.strike('cashier', 'kill')).toThrow(/no process "cashier".*/);
    expect(world.strike('grant-role', 'kill')).toBeUndefined();
    await world.stop();
  });
});

test('nothing is started under a lease that is being ended', async () => {
  const world = await start(systemOf({ front: listening, back: listening }));
  const blow = world.strike('back', 'kill');
  const released = lease.release();
  await expect(blow?.heal()).rejects.toMatchObject({ code: 'child-not-started' });
  await released;
});
