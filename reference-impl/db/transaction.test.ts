import { expect, test } from 'vitest';
import type { Db, QueryResult } from '../ports.ts';
import { inTransaction } from './transaction.ts';

const answer = Object.assign(new Error('duplicate key'), { code: '23505' });
const silence = new Error('Query read timeout');
const brokenPipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

/** Runs `select 1` in a transaction in which some statements fail; what was sent, and what became of the connection. */
const run = async (failing: Readonly<Record<string, Error>>, work: () => void = () => undefined) => {
  const sent: string[] = [];
  let released: Error | 'kept' = 'kept';
  const query = async <Row>(sql: string): Promise<QueryResult<Row>> => {
    sent.push(sql);
    if (failing[sql] !== undefined) throw failing[sql];
    return { rows: [], rowCount: 0 };
  };
  const release = (error?: Error): void => {
    released = error ?? 'kept';
  };
  const db: Db = { query, connect: async () => ({ query, release }) };
  const error = await inTransaction(db, async (client) => {
    await client.query('select 1');
    work();
  }).catch((thrown: unknown) => thrown);
  return { sent, released, error };
};

test('what was done is committed', async () => {
  expect(await run({})).toEqual({ sent: ['begin', 'select 1', 'commit'], released: 'kept', error: undefined });
});

test.each([
  ['a statement', 'select 1', ['begin', 'select 1', 'rollback']],
  ['the commit', 'commit', ['begin', 'select 1', 'commit', 'rollback']],
])('%s that the database refuses is rolled back, and its connection kept', async (_what, sql, sent) => {
  expect(await run({ [sql]: answer })).toEqual({ sent, released: 'kept', error: answer });
});

test.each([
  ['a statement', 'select 1', silence, ['begin', 'select 1']],
  ['the commit', 'commit', silence, ['begin', 'select 1', 'commit']],
  ['the begin', 'begin', brokenPipe, ['begin']],
])('after %s without an answer nothing is sent, and the connection discarded', async (_what, sql, error, sent) => {
  expect(await run({ [sql]: error })).toEqual({ sent, released: error, error });
});

test('an error of the work itself is rolled back', async () => {
  const own = new Error('not like this');
  const fail = (): void => {
    throw own;
  };
  const sent = ['begin', 'select 1', 'rollback'];
  expect(await run({}, fail)).toEqual({ sent, released: 'kept', error: own });
  expect(await run({ rollback: silence }, fail)).toEqual({ sent, released: silence, error: own });
});
