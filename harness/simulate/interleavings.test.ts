/** All interleavings of two actors on a real PostgreSQL: how many there are, and that none is left out that matters. */
import { beforeEach, expect, test } from 'vitest';
import { Interleavings, SeenBefore } from './interleavings.ts';
import { asRequest } from './requests.ts';
import { type Actor, type Ask, testSessions } from './test-sessions.ts';

const database = testSessions(
  2,
  `create table wallet (id int primary key, balance int not null);
   create table ledger (id int generated always as identity, intent text not null)`,
);

beforeEach(async () => {
  await database.sql('truncate wallet, ledger restart identity; insert into wallet values (1, 0), (2, 0)');
});

const named =
  (name: string, work: (ask: Ask) => Promise<unknown>): Actor =>
  (ask) =>
    asRequest(name, () => work(ask));

interface Looked {
  readonly interleavings: number;
  /** What the tables held at the end, and what the actors had read, of all worlds. */
  readonly ends: ReadonlySet<string>;
}

/** Makes every interleaving of the two. */
const lookAt = async (works: readonly [Actor, Actor], isEvery: boolean): Promise<Looked> => {
  const interleavings = new Interleavings(['a', 'b'], { isEvery });
  const ends = new Set<string>();
  let count = 0;
  do {
    await database.sql('truncate wallet, ledger restart identity; insert into wallet values (1, 0), (2, 0)');
    try {
      const { outcomes } = await database.run(works, interleavings.chooser());
      const rows = await database.sql(`select 'w' || id as key, balance::text as value from wallet
        union all select 'l' || id, intent from ledger order by 1`);
      ends.add(JSON.stringify([outcomes.map((outcome) => ('value' in outcome ? outcome.value : 'failed')), rows]));
      count += 1;
    } catch (error) {
      if (!(error instanceof SeenBefore)) throw error;
    }
  } while (interleavings.next());
  return { interleavings: count, ends };
};

const balance = 'select balance from wallet where id = 1';
const reader = (name: string): Actor =>
  named(name, async (ask) => [(await ask(balance)).rows, (await ask(balance)).rows]);

test('every interleaving is made once: six of two statements each', async () => {
  expect((await lookAt([reader('a'), reader('b')], true)).interleavings).toBe(6);
});

test('interleavings of steps that cannot touch each other are one', async () => {
  expect((await lookAt([reader('a'), reader('b')], false)).interleavings).toBe(1);
});

/** Reads in one transaction, and writes what it made of it in the next; then notes what it saw. */
const readThenWrite = (name: string, amount: number): Actor =>
  named(name, async (ask) => {
    const { rows } = await ask(balance);
    await ask('begin');
    await ask('update wallet set balance = $1 where id = 1', [Number(rows[0]?.balance) + amount]);
    await ask('insert into ledger (intent) values ($1)', [name]);
    await ask('commit');
    return (await ask(balance)).rows;
  });

/** Passes both guards only when its update waited for the other's lock. */
const guarded = (name: string): Actor =>
  named(name, async (ask) => {
    await ask('begin');
    await ask(`update wallet set balance = balance + 100
      where id = 1 and not exists (select from ledger where intent = 'i1')`);
    await ask(`insert into ledger (intent) select 'i1' where not exists (select from ledger where intent = 'i1')`);
    await ask('commit');
  });

/** Takes two locks, the other way round than its opposite. */
const crosswise = (name: string, ids: readonly number[]): Actor =>
  named(name, async (ask) => {
    await ask('begin');
    try {
      for (const id of ids) await ask('update wallet set balance = balance + $1 where id = $1', [id]);
      await ask('commit');
      return 'done';
    } catch {
      await ask('rollback');
      return 'victim';
    }
  });

test.each<[string, readonly [Actor, Actor]]>([
  ['a lost update', [readThenWrite('a', 1), readThenWrite('b', 10)]],
  ['a guard that a lock wait fools', [guarded('a'), guarded('b')]],
  ['a deadlock', [crosswise('a', [1, 2]), crosswise('b', [2, 1])]],
  ['a reader beside a writer', [readThenWrite('a', 1), reader('b')]],
])(
  'fewer interleavings come to the same ends as all of them: %s',
  async (_what, works) => {
    const [some, all] = [await lookAt(works, false), await lookAt(works, true)];
    expect(some.ends).toEqual(all.ends);
    expect(some.interleavings).toBeLessThan(all.interleavings);
    expect(some.interleavings).toBeGreaterThanOrEqual(some.ends.size);
  },
  120_000,
);

test('actors that do something else the second time are told from those that can be followed', async () => {
  const interleavings = new Interleavings(['a', 'b'], { isEvery: true });
  let lives = 0;
  const moody = named('a', async (ask) => {
    lives += 1;
    await ask(`select ${lives}`);
  });
  await database.run([moody, reader('b')], interleavings.chooser());
  expect(interleavings.next()).toBe(true);
  await expect(database.run([moody, reader('b')], interleavings.chooser())).rejects.toMatchObject({
    code: 'choices-differ',
  });
});
