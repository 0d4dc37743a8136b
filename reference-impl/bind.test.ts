import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { databaseWaits, openPool } from './bind.ts';
import { inTransaction } from './db/transaction.ts';
import type { Log } from './ports.ts';
import { testDatabase } from './test-world.ts';

const database = testDatabase();
const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The database behind a relay. What is asked over a swallowed connection is still done; nothing comes back. */
const swallowable = async (url: string) => {
  const { hostname, port } = new URL(url);
  const open = new Set<{ swallow(): void; end(): void }>();
  const server = createServer((near: Socket) => {
    const far = connect(Number(port), hostname);
    let isSwallowed = false;
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => isSwallowed || near.write(chunk));
    near.on('close', () => isSwallowed || far.destroy()); // a black hole does not tell of the end either
    far.on('close', () => isSwallowed || near.destroy());
    open.add({
      swallow: () => {
        isSwallowed = true;
      },
      end: () => {
        near.destroy();
        far.destroy();
      },
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const connection of open) connection.end();
    server.close();
  });
  const relayed = new URL(url);
  relayed.port = String((server.address() as AddressInfo).port);
  const swallow = (): void => {
    for (const connection of open) connection.swallow();
  };
  return { url: relayed.href, swallow };
};

/** A pool over a relay, and a table with one row, which the pool of the test world changes directly. */
const startPool = async (waits: Partial<Record<keyof typeof databaseWaits, number>>) => {
  const direct = database.as();
  await direct.query('drop table if exists public.kept; create table public.kept (id int primary key, at int)');
  await direct.query('insert into public.kept values (0, 0)');
  const { rows } = await direct.query('select current_database() as name, inet_server_port() as port');
  const relay = await swallowable(`postgres://127.0.0.1:${rows[0].port}/${rows[0].name}`);
  const pool = openPool(relay.url, 'postgres', silent, { ...databaseWaits, ...waits });
  onTestFinished(() => pool.end());
  const count = async (): Promise<unknown> => (await pool.query('select from public.kept')).rowCount;
  return { direct, pool, swallow: relay.swallow, count };
};

test('a commit without an answer is done, told as an error, and the pool goes on without its connection', async () => {
  const { pool, swallow, count } = await startPool({ query_timeout: 2_000 });
  const writing = inTransaction(pool, async (client) => {
    await client.query('insert into public.kept values (1, 1)');
    swallow();
  });
  await expect(writing).rejects.toThrow('Query read timeout');
  expect(await count()).toBe(2);
});

test('one statement whose answer is lost ends in an error as well, and the pool goes on', async () => {
  const { pool, swallow, count } = await startPool({ query_timeout: 2_000 });
  await count();
  swallow();
  await expect(pool.query('insert into public.kept values (1, 1)')).rejects.toThrow('Query read timeout');
  expect(await count()).toBe(2);
});

test('a transaction of which the database hears no more does not keep its locks', async () => {
  const timeouts = { query_timeout: 2_000, idle_in_transaction_session_timeout: 2_000 };
  const { direct, pool, swallow } = await startPool(timeouts);
  const writing = inTransaction(pool, async (client) => {
    await client.query('update public.kept set at = 1');
    swallow();
    await client.query('select 1');
  });
  await expect(writing).rejects.toThrow('Query read timeout');
  const client = await direct.connect();
  try {
    await client.query("set lock_timeout = '20s'");
    expect((await client.query('update public.kept set at = 2 where at = 0')).rowCount).toBe(1);
  } finally {
    client.release(true);
  }
}, 30_000);

test('the database ends a statement before we give up on it', async () => {
  const { pool } = await startPool({ statement_timeout: 300 });
  await expect(pool.query('select pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
  expect(databaseWaits.statement_timeout).toBeLessThan(databaseWaits.query_timeout);
});
