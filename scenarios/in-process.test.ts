/** One top-up through all roles in this process: keeps it possible to simulate the service exactly. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, openSystem, type SimulatedDatabase, type System, startMs, target } from './test-system.ts';

let database: SimulatedDatabase;
let system: System;

beforeAll(async () => {
  database = await openDatabase();
  system = await openSystem(database);
});

afterAll(async () => {
  await database.drop();
});

const order = {
  idempotencyKey: 'intent-1',
  wallet: 'wallet-1',
  cloudAccount: '9007199254740993001',
  amountMinor: 10_01n,
  currency: 'CNY',
};

test('a paid order is credited, granted and compared, in virtual time alone', async () => {
  const created = target.http.orderIn(await system.ask(target.http.createOrder(order)));
  expect(created).toMatchObject({ state: 'PAYMENT_PENDING', payable: true });
  const { id = '', reference = '' } = created ?? {};

  await system.advance(60_000);
  system.alipay.pay?.(reference);
  await system.advance(0);
  await system.settle();
  expect(system.alipay.records().deliveries).toMatchObject([{ status: 200, acknowledged: true }]);

  expect(target.http.orderIn(await system.ask(target.http.readOrder(id)))).toMatchObject({ state: 'COMPLETED' });
  expect(target.http.balanceIn(await system.ask(target.http.readWallet('wallet-1')))).toBe(10_01n);
  expect(system.cloud.records().grants).toMatchObject([
    { reference: id, cloudAccount: order.cloudAccount, amountMinor: 10_01n },
  ]);
});

test('the books hold one credit, legal history and the two times of the clock', async () => {
  const pool = database.as('auditor');
  const view = await target.database.readLedger(async (sql) => (await pool.query(sql)).rows);
  expect(view.credits).toMatchObject([{ wallet: 'wallet-1', currency: 'CNY', atMs: startMs + 60_000 }]);
  expect(view.credits[0]?.paymentId).toBe(system.alipay.records().payments[0]?.id);
  expect(view.transitions.map(({ to, atMs }) => `${to} +${atMs - startMs}`)).toEqual([
    'CREATED +0',
    'PAYMENT_INITIATED +0',
    'PAYMENT_PENDING +0',
    'PAYMENT_SUCCEEDED +60000',
    'CREDITED +60000',
    'PROVISIONING +60000',
    'COMPLETED +60000',
  ]);
});

test('no stored time is a real one', async () => {
  const { rows: columns } = await database.as().query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'topup' and data_type like 'timestamp%'`,
  );
  expect(columns.length).toBeGreaterThan(10);
  for (const { table, column } of columns) {
    const { rows } = await database
      .as()
      .query<{ ms: string }>(
        `select distinct extract(epoch from ${column}) * 1000 as ms from topup.${table} where ${column} is not null`,
      );
    // Deadlines lie ahead of the clock, by less than an hour; today lies years behind it.
    for (const { ms } of rows)
      expect(Number(ms) - startMs, `${table}.${column}`).toSatisfy((aheadMs) => aheadMs >= 0 && aheadMs < 3_600_000);
  }
});

test('no default and no function of the schema is bound to the real clock', async () => {
  const client = await database.as().connect();
  await client.query("set search_path = ''");
  const { rows: defaults } = await client.query<{ text: string }>(
    `select pg_get_expr(adbin, adrelid) as text from pg_attrdef where adrelid in
       (select oid from pg_class where relnamespace = 'topup'::regnamespace)`,
  );
  const { rows: functions } = await client.query<{ text: string; config: string[] | null }>(
    `select prosrc as text, proconfig as config from pg_proc where pronamespace = 'topup'::regnamespace`,
  );
  await client.query('reset search_path');
  client.release();
  expect(defaults.filter(({ text }) => text === 'sim.now()').length).toBeGreaterThan(5);
  const real = /(?<!sim\.)\bnow\(\)|current_timestamp|clock_timestamp|uuidv7/i;
  expect(defaults.filter(({ text }) => real.test(text))).toEqual([]);
  expect(functions.filter(({ text, config }) => real.test(text) || config !== null)).toEqual([]);
});

test('the signals are quiet', async () => {
  const page = await system.metrics('reconciliation');
  for (const [signal, query] of Object.entries(target.signals)) {
    const name = /topup_\w+/.exec(query)?.[0] ?? signal;
    expect(page, signal).toMatch(new RegExp(`^${name}(\\{[^}]*\\})? 0$`, 'm'));
  }
});
