import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runs, segmentsMadeBy, useOwnTmp } from './fixtures/machine.ts';
import { startOwner } from './fixtures/start-owner.ts';
import { freePort } from './free-port.ts';
import { type Lease, openLease } from './lease.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';

useOwnTmp();
const patience = { timeout: 50_000, interval: 10 };

describe('a server', () => {
  let lease: Lease;
  let server: PostgresServer;
  beforeAll(async () => {
    lease = await openLease();
    server = await startPostgres({ lease });
  });
  afterAll(() => lease.release());

  test('answers with bigint, Date and text, the last of several statements', async () => {
    const sql = `select 1 as a;
      select 9007199254740993::int8 as big, timestamptz '1970-01-01Z' as at, 1.10::numeric as n`;
    expect(await server.query('postgres', sql)).toEqual([{ big: 9007199254740993n, at: new Date(0), n: '1.10' }]);
  });

  test('keeps nothing outside its folder', async () => {
    const [row] = await server.query(
      'postgres',
      `select current_setting('dynamic_shared_memory_type') as dsm,
      current_setting('unix_socket_directories') as sockets, current_setting('data_directory') as dir`,
    );
    expect(row).toEqual({ dsm: 'mmap', sockets: '', dir: `${lease.dir}/postgres` });
  });

  test('copies a database from a template that it was just connected to, and drops one that is in use', async () => {
    await server.createDatabase('blank "quoted"');
    await server.query('blank "quoted"', 'create table t (x int); insert into t values (7)');
    await server.createDatabase('run-1', 'blank "quoted"');
    expect(await server.query('run-1', 'select x from t')).toEqual([{ x: 7 }]);
    const guest = new Client({ connectionString: server.superuserUrl('run-1') });
    const thrown = new Promise((resolve) => guest.on('error', resolve));
    await guest.connect();
    await server.dropDatabase('run-1');
    await thrown;
    const [row] = await server.query('postgres', `select count(*) from pg_database where datname = 'run-1'`);
    expect(row).toEqual({ count: 0n });
    await server.dropDatabase('run-1');
  });

  test('tells the error of a statement and goes on', async () => {
    await expect(server.query('postgres', 'select 1/0')).rejects.toMatchObject({ code: '22012' });
    expect(await server.query('postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('has URLs for other users and for a proxy before it', () => {
    expect(server.urlFor('topup_api', 'run 1')).toBe(`postgres://topup_api@127.0.0.1:${server.port}/run%201`);
    expect(server.urlFor('a', 'b', '127.0.0.1:99')).toBe('postgres://a@127.0.0.1:99/b');
  });
});

test('does not start in a folder that its user cannot enter', async (context) => {
  context.skip(process.getuid?.() !== 0, 'needs root: only there PostgreSQL runs as another user');
  const closed = path.join(os.tmpdir(), 'closed');
  await mkdir(path.join(closed, 'lease'), { recursive: true, mode: 0o700 });
  const started = startPostgres({ lease: { dir: path.join(closed, 'lease'), env: {}, isOver: () => false } });
  await expect(started).rejects.toMatchObject({ code: 'folder-out-of-reach', exitCode: 4 });
});

test('takes another port when the first ones turn out to be taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const offers = [address.port, address.port];
  const lease = await openLease();
  const server = await startPostgres({ lease, nextPort: async () => offers.shift() ?? freePort() });
  expect(offers).toEqual([]);
  expect(await server.query('postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
  await lease.release();
  taken.close();
});

describe('nothing is left', () => {
  const start = async () => {
    const lease = await openLease();
    onTestFinished(() => lease.release());
    const server = await startPostgres({ lease });
    await server.query('postgres', 'select 1');
    const pid = server.process.pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    expect(segmentsMadeBy(pid)).toBe(1);
    expect(children.length).toBeGreaterThan(2);
    return { lease, server, pids: [pid, ...children] };
  };
  const expectNothing = ({ lease, pids }: { lease: { dir: string }; pids: readonly number[] }) => {
    expect(pids.filter(runs)).toEqual([]);
    expect(pids.map(segmentsMadeBy).filter((count) => count > 0)).toEqual([]);
    expect(existsSync(lease.dir)).toBe(false);
  };

  test('after stop and release, and the server ended by itself', async () => {
    const started = await start();
    await started.server.stop();
    expect(await started.server.process.exited).toEqual({ code: 0, signal: null });
    await started.lease.release();
    expectNothing(started);
  });

  test('after release alone, with two servers at once', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.server.port).not.toBe(two.server.port);
    await one.lease.release();
    expect(await one.server.process.exited).toEqual({ code: 0, signal: null });
    expectNothing(one);
    expect(await two.server.query('postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
    await two.lease.release();
    expectNothing(two);
  });

  test('after a crash that left a worker behind and the shared memory with it', async () => {
    const started = await start();
    const [, worker = 0] = started.pids;
    // Until it has a title it is still in the postmaster's process group, and would be killed with it.
    await expect.poll(() => readFileSync(`/proc/${worker}/cmdline`, 'latin1'), patience).toMatch(/^postgres: topple-/);
    process.kill(worker, 'SIGSTOP');
    await started.server.crash();
    expect(runs(worker)).toBe(true);
    expect(segmentsMadeBy(started.server.process.pid)).toBe(1);
    await expect(started.server.query('postgres', 'select 1')).rejects.toThrow();
    await started.lease.release();
    expectNothing(started);
  });

  test('after a crash and the start after it, on the same port with all that was committed', async () => {
    const started = await start();
    const { server } = started;
    await server.query('postgres', 'create table acknowledged as select generate_series(1, 1000) as number');
    await server.query('postgres', 'insert into acknowledged values (0)');
    const { port } = server;
    await server.crash();
    const next = await server.restart();
    expect(server.process).toBe(next);
    expect(server.port).toBe(port);
    expect(next.tail()).toContain('database system was not properly shut down');
    expect(await server.query('postgres', 'select count(*) from acknowledged')).toEqual([{ count: 1001n }]);
    await started.lease.release();
    expectNothing({ ...started, pids: [...started.pids, next.pid] });
  });

  test('after the owner was killed', async () => {
    const owner = await startOwner('postgres');
    expect(owner.pids.every(runs)).toBe(true);
    owner.process.kill('SIGKILL');
    await expect.poll(() => existsSync(owner.dir), patience).toBe(false);
    expectNothing({ lease: owner, pids: owner.pids });
    await expect.poll(() => runs(owner.watchdogPid), patience).toBe(false);
  });
});
