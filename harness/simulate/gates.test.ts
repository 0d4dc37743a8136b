/** A race inside one statement: invisible to a scheduler of whole statements, a matter of choice with gates. */
import { beforeEach, expect, test } from 'vitest';
import { randomFrom } from '../seed.ts';
import { inOrder, uniformly } from './choices.ts';
import { gatesOn } from './gates.ts';
import { type Actor, testSessions } from './test-sessions.ts';

const database = testSessions(
  3,
  `create table ledger (id int generated always as identity, intent text not null);
   create table once (intent text primary key);
   create schema sim;
   ${gatesOn(['public.ledger', 'public.once'])}`,
);

beforeEach(async () => {
  await database.sql('truncate ledger, once restart identity');
});

const credit: Actor = (ask) =>
  ask(`insert into ledger (intent) select 'i1' where not exists (select from ledger where intent = 'i1')`);
const creditTwice = [credit, credit];

const credits = async (): Promise<unknown> => (await database.sql('select count(*)::int as n from ledger'))[0]?.n;

test('whole statements never credit twice, in whatever order', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    await database.sql('truncate ledger');
    await database.run(creditTwice, uniformly(randomFrom(seed)));
    expect(await credits()).toBe(1);
  }
});

test('two statements that have both read before one writes credit twice, every time', async () => {
  for (let times = 1; times <= 20; times += 1) {
    await database.sql('truncate ledger');
    await database.run(creditTwice, inOrder(['s1 insert', 's2 insert', 's2 passes', 's1 passes']), 'gates');
    expect(await credits()).toBe(2);
  }
});

test('one that passes its gate before the other reads leaves nothing to credit', async () => {
  await database.run(creditTwice, inOrder(['s1 insert', 's1 passes', 's2 insert']), 'gates');
  expect(await credits()).toBe(1);
});

test('a unique key holds behind the gate too: the second waits there, a third is taken back', async () => {
  const claim =
    (ending: string): Actor =>
    async (ask) => {
      await ask('begin');
      const { rowCount } = await ask(`insert into once values ('i1') on conflict do nothing`);
      await ask(ending);
      return rowCount;
    };
  const stops = ['s1 b', 's2 b', 's3 b', 's1 i', 's2 i', 's3 i', 's1 passes', 's2 passes', 's3 passes'];
  const { outcomes, counts } = await database.run(
    [claim('rollback'), claim('commit'), claim('commit')],
    inOrder([...stops, 's1 rollback', 's3 insert', 's3 passes', 's2 commit']),
    'gates',
  );
  expect(counts).toMatchObject({ waits: 2, parked: 1 });
  expect(outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value)).toEqual([1, 1, 0]);
});

test('equal seeds give equal digests', async () => {
  let twice = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const digests = [];
    for (const _run of [1, 2]) {
      await database.sql('truncate ledger restart identity');
      const { digest } = await database.run([credit, credit, credit], uniformly(randomFrom(seed)), 'gates');
      digests.push(digest);
    }
    expect(digests[1], `seed ${seed}`).toBe(digests[0]);
    if ((await credits()) !== 1) twice += 1;
  }
  expect(twice).toBeGreaterThan(0);
});
