/** The scheduler on a real PostgreSQL: what it lets happen, what it forbids, and that both can be repeated. */
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { randomFrom } from '../seed.ts';
import { inOrder, uniformly } from './choices.ts';
import { type Actor, testSessions } from './test-sessions.ts';

const database = testSessions(
  3,
  `create table wallet (id int primary key, balance int not null);
   create table ledger (id int generated always as identity, intent text not null);
   create table claim (wallet int references wallet deferrable initially deferred)`,
);

beforeEach(async () => {
  await database.sql(
    'truncate wallet, ledger, claim restart identity; insert into wallet select n, 0 from generate_series(1, 3) n',
  );
});

const balances = async (): Promise<unknown[]> =>
  (await database.sql('select balance from wallet order by id')).map(({ balance }) => balance);

const inTransaction =
  (...statements: readonly string[]): Actor =>
  async (ask) => {
    await ask('begin');
    try {
      for (const sql of statements) await ask(sql);
      await ask('commit');
    } catch (error) {
      await ask('rollback');
      throw error;
    }
  };

const readThenWrite: Actor = async (ask) => {
  const { rows } = await ask('select balance from wallet where id = 1');
  await ask('update wallet set balance = $1 where id = 1', [Number(rows[0]?.balance) + 100]);
};

describe('order', () => {
  test('is the chooser’s: one order loses an update, the other keeps it', async () => {
    await database.run([readThenWrite, readThenWrite], inOrder(['s1', 's1', 's2', 's2']));
    expect((await balances())[0]).toBe(200);
    await database.sql('update wallet set balance = 0');
    await database.run([readThenWrite, readThenWrite], inOrder(['s1', 's2', 's2', 's1']));
    expect((await balances())[0]).toBe(100);
  });

  test('a failing statement rejects with the server’s own error, and its session goes on', async () => {
    const failing: Actor = async (ask) => {
      await expect(ask('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
      return (await ask('select 7 as n')).rows;
    };
    const { outcomes } = await database.run([failing], inOrder([]));
    expect(outcomes).toEqual([{ status: 'fulfilled', value: [{ n: 7 }] }]);
  });
});

describe('a lock wait', () => {
  const guarded = `update wallet set balance = balance + 100
    where id = 1 and not exists (select from ledger where intent = 'i1')`;
  const first = inTransaction(guarded, `insert into ledger (intent) values ('i1')`);
  const second: Actor = (ask) => ask(guarded);

  test('that is real lets a guard on another table credit twice', async () => {
    const { counts } = await database.run(
      [first, second],
      inOrder(['s1 begin', 's1 update', 's2 update', 's1 insert', 's1 commit']),
    );
    expect(counts).toMatchObject({ waits: 1, parked: 0 });
    expect((await balances())[0]).toBe(200);
  });

  test('that is replaced by asking again later would have hidden that', async () => {
    const { counts } = await database.run([first, second], inOrder(['s1', 's1', 's1', 's1', 's2 update']));
    expect(counts.waits).toBe(0);
    expect((await balances())[0]).toBe(100);
  });

  test('has one waiter at most: the next one is taken back, and the chooser says when it asks again', async () => {
    const add = (amount: number) => inTransaction(`update wallet set balance = balance * 10 + ${amount} where id = 1`);
    const { counts, lines } = await database.run(
      [add(1), add(2), add(3)],
      inOrder(['s1 b', 's2 b', 's3 b', 's1 u', 's2 u', 's3 u', 's1 commit', 's3 u', 's2 commit']),
    );
    expect(counts).toMatchObject({ waits: 2, parked: 1, deadlocks: 0 });
    expect(lines.filter((line) => /waits|stays/.test(line))).toEqual([
      's2 waits for s1',
      's3 stays behind s2',
      's3 waits for s2',
    ]);
    expect((await balances())[0]).toBe(123);
  });

  test('outside of the world is an error, because nobody could repeat it', async () => {
    const stranger = new pg.Client(database.url());
    await stranger.connect();
    await stranger.query('begin; update wallet set balance = 5 where id = 1');
    const running = database.run([(ask) => ask('update wallet set balance = 6 where id = 1')], inOrder([]));
    await expect(running).rejects.toMatchObject({ code: 'blocked-from-outside' });
    await stranger.end();
  });
});

describe('a deadlock', () => {
  const both = (one: number, other: number): Actor =>
    inTransaction(
      `update wallet set balance = balance + 1 where id = ${one}`,
      `update wallet set balance = balance + 1 where id = ${other}`,
    );

  test('takes the one that closes the cycle, which frees the other', async () => {
    const { outcomes, counts } = await database.run(
      [both(1, 2), both(2, 1)],
      inOrder(['s1 b', 's2 b', 's1 u', 's2 u', 's1 u', 's2 u']),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: '40P01' } });
    expect(counts).toMatchObject({ waits: 1, deadlocks: 1 });
    expect(await balances()).toEqual([1, 1, 0]);
  });

  test('over three sessions is found through the one that was taken back', async () => {
    const { outcomes, counts } = await database.run(
      [both(1, 2), both(2, 3), both(3, 1)],
      inOrder(['s1 b', 's2 b', 's3 b', 's1 u', 's2 u', 's3 u', 's1 u', 's2 u', 's3 u']),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(counts).toMatchObject({ waits: 1, parked: 1, deadlocks: 1 });
  });
});

test('a statement that fails beside a waiter gives its locks back at once, as it would without the guard', async () => {
  const failing: Actor = async (ask) => {
    await ask('begin');
    await ask('update wallet set balance = 1 where id = 1');
    await expect(ask('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    await ask('rollback');
  };
  const { lines } = await database.run(
    [failing, (ask) => ask('update wallet set balance = 2 where id = 1')],
    inOrder(['s1 b', 's1 u', 's2 u', 's1 select', 's1 rollback']),
  );
  const at = (start: string): number => lines.findIndex((line) => line.startsWith(start));
  expect(at('s2 = 1')).toBeGreaterThan(at('s1 !'));
  expect(at('s2 = 1')).toBeLessThan(at('s1 rollback'));
});

describe('a session whose client is gone', () => {
  test('has nothing of what it had begun, and serves the next client', async () => {
    const dying: Actor = async (ask, leave) => {
      await ask('begin');
      await ask('update wallet set balance = 7 where id = 1');
      void ask('update wallet set balance = 8 where id = 2'); // asked, and not sent any more
      await leave();
      return (await ask('select sum(balance)::int as sum from wallet')).rows;
    };
    const { outcomes, lines } = await database.run([dying], inOrder([]));
    expect(outcomes).toEqual([{ status: 'fulfilled', value: [{ sum: 0 }] }]);
    expect(lines.filter((line) => line.includes('balance = 8'))).toEqual([]);
  });

  test('ends what it was waiting for first: what it sent alone took effect', async () => {
    const holding = inTransaction('update wallet set balance = balance + 1 where id = 1', 'select 1');
    let end: () => Promise<void> = () => Promise.reject(new Error('nobody to end'));
    const waiting: Actor = async (ask, leave) => {
      end = leave;
      void ask('update wallet set balance = balance + 10 where id = 1');
    };
    const killer: Actor = async (ask) => {
      await ask('select 1');
      await end();
    };
    const order = ['s1 b', 's1 update', 's2 update', 's3', 's1 select', 's1 commit'];
    const { counts } = await database.run([holding, waiting, killer], inOrder(order));
    expect(counts.waits).toBe(1);
    expect((await balances())[0]).toBe(11);
  });
});

test('a commit that would be the second waiter is an error: it cannot be asked for twice', async () => {
  const taker = inTransaction('delete from wallet where id = 1', 'delete from wallet where id = 2');
  const waiting = inTransaction('update wallet set balance = 1 where id = 1');
  const late = inTransaction('insert into claim values (2)');
  const order = ['s1 b', 's2 b', 's3 b', 's1 delete', 's1 delete', 's2 u', 's3 insert', 's3 commit'];
  await expect(database.run([taker, waiting, late], inOrder(order))).rejects.toMatchObject({
    code: 'cannot-take-back',
  });
  expect(await database.sql('select count(*)::int as count from wallet')).toEqual([{ count: 3 }]);
});

test('an actor that waits for something else stops the world, which says what came before', async () => {
  const idle: Actor = async (ask) => {
    await ask('select 1 as one');
    await new Promise(() => undefined);
  };
  await expect(database.run([idle], inOrder([]))).rejects.toMatchObject({
    code: 'world-stuck',
    why: expect.stringContaining('s1 = 1 [{"one":1}]'),
  });
});

test('equal seeds give equal digests over rows, waits and deadlocks; other seeds give other schedules', async () => {
  const swapped = (one: number, other: number): Actor =>
    inTransaction(
      `select balance from wallet where id = ${one}`,
      `update wallet set balance = balance * 3 + 1 where id = ${one}`,
      `update wallet set balance = balance * 5 + 2 where id = ${other} returning balance`,
    );
  const digests = new Set<string>();
  let waits = 0;
  let deadlocks = 0;
  const reset = 'truncate wallet, claim; insert into wallet select n, 0 from generate_series(1, 3) n';
  for (let seed = 1; seed <= 40; seed += 1) {
    const runs = [];
    for (const _run of [1, 2]) {
      await database.sql(reset);
      const actors = [swapped(1, 2), swapped(2, 1), swapped(1, 3)];
      runs.push(await database.run(actors, uniformly(randomFrom(seed))));
    }
    expect(runs[1]?.digest, `seed ${seed}`).toBe(runs[0]?.digest);
    digests.add(runs[0]?.digest ?? '');
    waits += runs[0]?.counts.waits ?? 0;
    deadlocks += runs[0]?.counts.deadlocks ?? 0;
  }
  expect(digests.size).toBeGreaterThan(30);
  expect(waits).toBeGreaterThan(20);
  expect(deadlocks).toBeGreaterThan(0);
});
