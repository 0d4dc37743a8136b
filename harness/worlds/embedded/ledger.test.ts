import { expect, inject, onTestFinished, test } from 'vitest';
import type { LedgerView } from '../../books.ts';
import type { ReadOnlyQuery } from '../../target.ts';
import { openLedger } from './ledger.ts';
import { openSql } from './sql.ts';

const name = 'ledger_of_this_test';
const url = (): string => Object.assign(new URL(inject('postgresUrl')), { pathname: name }).href;

const superuser = () => {
  const door = openSql(inject('postgresUrl'));
  onTestFinished(async () => {
    await door.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await door.close();
  });
  return door;
};

const empty = { orders: [], credits: [], balances: [], transitions: [], entries: [] };

/** A ledger whose looks run `sql` and have the rows as entries. */
const ledgerOf = (sql: () => string) => {
  const readLedger = async (query: ReadOnlyQuery) =>
    ({ ...empty, entries: await query(sql()) }) as unknown as LedgerView;
  const ledger = openLedger({ database: { readLedger } as never }, url());
  onTestFinished(() => ledger.close());
  return ledger;
};

test('a look that fails is one look: the next has a connection of its own', async () => {
  const door = superuser();
  let sql = 'select 7::int8 as x';
  const ledger = ledgerOf(() => sql);
  const seven = { ...empty, entries: [{ x: 7n }] };

  await expect(ledger.read()).rejects.toMatchObject({ code: '3D000' }); // there is no such database
  await door.query(`CREATE DATABASE ${name}`);
  expect(await ledger.read()).toEqual(seven);

  await door.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  await expect(ledger.read()).rejects.toThrow();
  expect(await Promise.all([ledger.read(), ledger.read()])).toEqual([seven, seven]);

  sql = 'select 1/0';
  await expect(ledger.read()).rejects.toMatchObject({ code: '22012' });
  sql = 'create table t ()';
  await expect(ledger.read()).rejects.toMatchObject({ code: '25006' }); // read only
  sql = 'select 7::int8 as x';
  expect(await ledger.read()).toEqual(seven);
});

test('a ledger that was never looked at, or is unreachable, can be closed', async () => {
  const ledger = ledgerOf(() => 'select 1');
  await ledger.close();
  const unreachable = openLedger({ database: {} as never }, 'postgres://nobody@127.0.0.1:9/none');
  await expect(unreachable.read()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await unreachable.close();
});

test.each([
  ['bad SQL', async (query: ReadOnlyQuery) => ({ ...empty, entries: await query('select nonsense') }), 'nonsense'],
  ['a missing list', async () => ({ ...empty, credits: undefined }), 'credits must be a list'],
  ['nothing at all', async () => undefined, 'orders, credits, balances, transitions, entries must be a list'],
])('%s is a mistake of the target, and is named', async (_what, readLedger, says) => {
  const ledger = openLedger({ database: { readLedger } as never }, inject('postgresUrl'));
  onTestFinished(() => ledger.close());
  await expect(ledger.read()).rejects.toMatchObject({
    code: 'target-failed',
    exitCode: 2,
    message: expect.stringMatching(`^target.database.readLedger of the topple.config failed: .*${says}`),
  });
});
