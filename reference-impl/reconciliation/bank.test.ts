/** Entries of our accounts, read from a stub of the bank and settled on a real database. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { bankReferenceOf } from '../payments/bank-reference.ts';
import { paymentClients } from '../payments/payments.ts';
import { bankConfig, type Signing, stranger, stubBank, type ToldEntry } from '../test-bank.ts';
import { testRole } from '../test-role.ts';
import { testDatabase, testPorts } from '../test-world.ts';
import { ledgerGaugesIn } from './ledger-gauges.ts';
import { openBankReader } from './read-bank.ts';
import { keptForPerson, type SetAside, settleEntries } from './settle-entries.ts';

const database = testDatabase();
const owner = () => database.as();
let count = 0;

/** An order that waits for 10 yuan by transfer, with its reference. */
const ordered = async () => {
  count += 1;
  const orderId = `ord_${String(count).padStart(24, '0')}`;
  const reference = bankReferenceOf(orderId) ?? expect.unreachable();
  await owner().query(`begin;
    insert into topup.orders (id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, cloud, state,
      version, intent, payment_number, query_due_at)
    values ('${orderId}', 'w', 'c', 1000, 'CNY', 'bank-transfer', 'alibaba-cloud', 'PAYMENT_PENDING', 3, 'i${count}',
      '${reference}', now());
    insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause) values
      ('${orderId}', 1, null, 'CREATED', 'customer'), ('${orderId}', 2, 'CREATED', 'PAYMENT_INITIATED', 'initiation'),
      ('${orderId}', 3, 'PAYMENT_INITIATED', 'PAYMENT_PENDING', 'initiation');
    commit`);
  return { orderId, remittance: `<Ustrd>${reference}</Ustrd>` };
};

const opened = async (setAside: SetAside = keptForPerson) => {
  await owner().query('delete from topup.bank_entries; delete from topup.bank_accounts');
  const { told, http } = stubBank();
  const ports = testPorts(database.as('reconciliation'), http);
  const sound = testRole('reconciliation', ports, { payments: { 'bank-transfer': bankConfig } });
  const role = { ...sound, parts: { ...sound.parts, setAside } };
  const jobs = { ...role, payments: paymentClients(role) };
  const read = openBankReader(role);
  return {
    told,
    jobs,
    sweep: async (entries: readonly ToldEntry[], signing: Signing = {}) => {
      Object.assign(told, { entries, signing });
      await read();
      return settleEntries(jobs);
    },
    gauge: async (name: string, currency?: string): Promise<number | undefined> => {
      const gauges = new Registry();
      await ledgerGaugesIn(gauges, ports.db, role.config.times)();
      const { values } = (await gauges.getSingleMetric(name)?.get()) ?? { values: [] };
      return values.find(({ labels }) => labels.currency === currency)?.value;
    },
  };
};

const stateOf = async (orderId: string): Promise<object> =>
  (await owner().query('select state, hold from topup.orders where id = $1', [orderId])).rows[0];
const findings = async (...subjects: string[]): Promise<string[]> => {
  const sql = 'select kind from topup.reconciliation_findings where subject = any($1) order by id';
  return (await owner().query(sql, [subjects])).rows.map(({ kind }) => kind);
};

test('money with the reference of an order confirms it, once, however often the account is read', async () => {
  const [{ sweep, told, jobs }, first, second] = [await opened(), await ordered(), await ordered()];
  const entries = [first, second, first].map(({ remittance }, nth) => ({ id: `A${nth}`, remittance })).slice(0, 2);
  expect(await sweep([...entries, { id: 'A2' }])).toBe(3);
  expect(await sweep([...entries, { id: 'A2' }])).toBe(0);
  // Two entries are a page: the second page begins behind the last entry, and later readings behind all of them.
  expect(told.asked.filter((path) => path.includes('CNY'))).toEqual([
    '/v1/accounts/DE01CNY/transactions',
    '/v1/accounts/DE01CNY/transactions?entryReferenceFrom=n-A1',
    '/v1/accounts/DE01CNY/transactions?entryReferenceFrom=n-A2',
  ]);
  for (const { orderId } of [first, second])
    expect(await stateOf(orderId)).toEqual({ state: 'PAYMENT_SUCCEEDED', hold: null });
  const trade = { kind: 'captured', tradeNo: 'A0', amountMinor: 1000n, currency: 'CNY' };
  expect(await jobs.payments['bank-transfer']?.query({ id: first.orderId, paymentNumber: null })).toEqual(trade);
});

test('money that names no order is kept, told to a person and counted; it confirms nothing', async () => {
  const [{ sweep, gauge }, { orderId, remittance }] = [await opened(), await ordered()];
  await sweep([
    { id: 'B0' },
    { id: 'B1', amount: '0.50', remittance: remittance.replace('RF', 'RE') },
    { id: 'B2', remittance: '<Ustrd>for my wallet</Ustrd>', status: 'PDNG' },
  ]);
  expect(await stateOf(orderId)).toEqual({ state: 'PAYMENT_PENDING', hold: null });
  expect(await findings('B0', 'B1', 'B2')).toEqual(['unmatched_payment', 'unmatched_payment']);
  expect(await gauge('topup_unmatched_minor_units', 'CNY')).toBe(1_050);
});

test('an entry that is only expected is read again when it is booked, and so is what stands behind it', async () => {
  const [{ sweep }, first, second] = [await opened(), await ordered(), await ordered()];
  const told = (status: 'BOOK' | 'PDNG'): ToldEntry[] => [
    { id: 'F0', remittance: first.remittance, status },
    { id: 'F1', remittance: second.remittance },
  ];
  expect(await sweep(told('PDNG'))).toBe(0);
  expect(await sweep(told('BOOK'))).toBe(2);
  for (const { orderId } of [first, second])
    expect(await stateOf(orderId)).toEqual({ state: 'PAYMENT_SUCCEEDED', hold: null });
});

test('an entry that cannot be read stops its account, which is to be seen until it can', async () => {
  const [{ sweep, gauge, jobs }, first, second] = [await opened(), await ordered(), await ordered()];
  const told = (amount: string): ToldEntry[] => [
    { id: 'H0', remittance: first.remittance },
    { id: 'H1', amount, remittance: second.remittance },
    { id: 'H2' },
  ];
  const query = () => jobs.payments['bank-transfer']?.query({ id: second.orderId, paymentNumber: null });
  const accountSql = "select swept_at, unreadable_since::text from topup.bank_accounts where iban = 'DE01CNY'";
  const account = async () => (await owner().query(accountSql)).rows[0];
  expect(await sweep(told('ten'))).toBe(1);
  const stopped = await account();
  expect(stopped).toEqual({ swept_at: null, unreadable_since: expect.any(String) });
  for (const amount of ['10.000', '0.00']) {
    expect(await sweep(told(amount))).toBe(0);
    expect(await gauge('topup_bank_accounts_unreadable')).toBe(1);
    expect(await account()).toEqual(stopped);
  }
  expect(await stateOf(first.orderId)).toEqual({ state: 'PAYMENT_SUCCEEDED', hold: null });
  expect(await query()).toMatchObject({ kind: 'unknown' });
  expect(await sweep(told('10.00'))).toBe(2);
  expect(await gauge('topup_bank_accounts_unreadable')).toBe(0);
  expect(await query()).toMatchObject({ kind: 'captured', tradeNo: 'H1' });
});

test('an entry that cannot be settled keeps no other from it, and is taken up behind all others', async () => {
  const settled: string[] = [];
  const { sweep } = await opened(async (_, { entry_id: id }) => {
    settled.push(id);
    if (id === 'G0' && settled.length === 1) throw new Error('not now');
  });
  await expect(sweep([{ id: 'G0' }, { id: 'G1' }])).rejects.toThrow('not now');
  expect(settled).toEqual(['G0', 'G1']);
  expect(await sweep([{ id: 'G0' }, { id: 'G1' }, { id: 'G2' }])).toBe(2);
  expect(settled).toEqual(['G0', 'G1', 'G2', 'G0']);
});

test('too little holds the order, and a second payment for it is nobody’s', async () => {
  const [{ sweep, gauge }, short, twice] = [await opened(), await ordered(), await ordered()];
  await sweep([
    { id: 'C0', amount: '5.00', remittance: short.remittance },
    { id: 'C1', remittance: twice.remittance },
  ]);
  await sweep([
    { id: 'C0', amount: '5.00', remittance: short.remittance },
    { id: 'C1', remittance: twice.remittance },
    { id: 'C2', remittance: twice.remittance },
  ]);
  expect(await stateOf(short.orderId)).toEqual({ state: 'PAYMENT_PENDING', hold: 'reconciliation' });
  expect(await stateOf(twice.orderId)).toEqual({ state: 'PAYMENT_SUCCEEDED', hold: null });
  expect(await findings('C2')).toEqual(['unmatched_payment']);
  expect(await gauge('topup_unmatched_minor_units', 'CNY')).toBe(1_000);
});

test('money that goes back holds its order', async () => {
  const [{ sweep }, { orderId, remittance }] = [await opened(), await ordered()];
  await sweep([
    { id: 'D0', remittance },
    { id: 'D1', remittance, side: 'DBIT' },
  ]);
  expect(await stateOf(orderId)).toEqual({ state: 'PAYMENT_SUCCEEDED', hold: 'reconciliation' });
  expect(await findings(orderId)).toContain('payment_returned');
});

test('what the bank did not sign is not read; who has not read lately does not know that nothing came', async () => {
  const [{ sweep, jobs }, { orderId, remittance }] = [await opened(), await ordered()];
  const query = () => jobs.payments['bank-transfer']?.query({ id: orderId, paymentNumber: null });
  expect(await sweep([{ id: 'E0', remittance }], { key: stranger })).toBe(0);
  expect(await query()).toMatchObject({ kind: 'unknown' });
  await sweep([]);
  expect(await query()).toEqual({ kind: 'open' });
  await owner().query("update topup.bank_accounts set swept_at = now() - interval '11 minutes'");
  expect(await query()).toMatchObject({ kind: 'unknown' });
});
