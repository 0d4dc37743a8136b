/** The API without a key, the balance and the transactions. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { type CallFate, type CallPoint, noFaults, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { openSocketDoor, type SocketDoor } from '../doors/socket.ts';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { alibabaCloud } from './index.ts';
import { callsPerSecondMax, granting, operations } from './quirks.ts';
import { bss, core } from './test-sdk.ts';

let provider: OpenProvider;
let door: SocketDoor;

const open = async (given: Partial<ProviderPorts> = {}) => {
  await door?.close();
  provider = alibabaCloud.open(testPorts(given));
  door = await openSocketDoor(provider);
};
beforeEach(() => open());
afterEach(() => door.close());

const id = (name: string): string => provider.identity[name] ?? expect.unreachable();
const clientOf = (who = 'accessKey') => {
  const endpoint = door.url.replace('http://', '');
  const keys = { accessKeyId: id(`${who}Id`), accessKeySecret: id(`${who}Secret`) };
  return new bss.default(
    new core.$OpenApiUtil.Config({ ...keys, regionId: id('regionId'), endpoint, protocol: 'HTTP' }),
  );
};
type Client = ReturnType<typeof clientOf>;

const ownerId = 1_234_567_890;
const set = async (amount: string, more: object = {}, client: Client = clientOf()) =>
  (await client.setResellerUserQuota(new bss.SetResellerUserQuotaRequest({ ownerId, amount, ...more }))).body;
const change = async (amount: string, outBizId: string, more: object = {}, client: Client = clientOf()) => {
  const wanted = { ownerId, adjustType: 'decrease', amount, currency: 'CNY', businessType: 'b', source: 's', outBizId };
  const asked = new bss.ChangeResellerConsumeAmountRequest({ ...wanted, ...more });
  return (await client.changeResellerConsumeAmount(asked)).body;
};
const available = async (client: Client = clientOf()) =>
  (await client.queryResellerAvailableQuota(new bss.QueryResellerAvailableQuotaRequest({ ownerId }))).body?.data;
const transactions = async (more: object = {}, client: Client = clientOf()) => {
  const asked = new bss.QueryAccountTransactionsRequest(more);
  const { data } = (await client.queryAccountTransactions(asked)).body ?? {};
  return { total: data?.totalCount, rows: data?.accountTransactionsList?.accountTransactionsList ?? [] };
};
const grants = () => provider.records().grants;

describe('SetResellerUserQuota', () => {
  test('sets what there shall be: a repeat changes nothing, and less is taken back', async () => {
    expect(await set('100.00')).toMatchObject({ code: '200', success: true, data: true });
    expect(await set('100.00')).toMatchObject({ success: true, data: true });
    expect(await available()).toBe('100.00');
    await set('60', { outBizId: 'G2' });
    expect(await available()).toBe('60.00');
    expect(grants()).toMatchObject([
      { reference: '1234567890 100.00', cloudAccount: '1234567890', amountMinor: 10_000n, currency: 'CNY' },
      { reference: 'G2', amountMinor: -4_000n },
    ]);
    expect(granting[operations.set]).toMatchObject({ class: 'A' });
  });

  test('trap: of two that read, add and set at once, one top-up is lost', async () => {
    const [one, other] = [await available(), await available()];
    await set(String(Number(one) + 10));
    await set(String(Number(other) + 10));
    expect(await available()).toBe('10.00');
    await change('10.00', 'G1');
    await change('10.00', 'G2');
    expect(await available()).toBe('30.00');
  });

  test('trap: whoever reads, adds and sets once more after a lost answer adds twice', async () => {
    const fates: CallFate[] = ['afterEffect'];
    const onCall = ({ operation }: CallPoint) => (operation === operations.set && fates.shift()) || 'answer';
    await open({ site: { ...noFaults, onCall } });
    const topUp = async () => set(String(Number(await available()) + 10));
    await expect(topUp()).rejects.toThrow();
    await topUp();
    expect(await available()).toBe('20.00');
  });

  test('goes beside changes: what can be used is the quota less what is consumed', async () => {
    await set('100');
    await change('30', 'G1', { adjustType: 'increase' });
    expect(await available()).toBe('70.00');
    await set('20');
    expect(await available()).toBe('-10.00');
    expect(await change('1', 'G2', { adjustType: 'increase' })).toMatchObject({
      success: false,
      code: 'QuotaNotEnough',
    });
  });

  test.each([
    { amount: '1.001', more: {}, code: 'ParameterError' },
    { amount: '1', more: { currency: 'USD' }, code: 'ParameterError' },
  ])('$amount with $more is refused with $code', async ({ amount, more, code }) => {
    await expect(set(amount, more)).rejects.toMatchObject({ code, statusCode: 400 });
    expect(grants()).toEqual([]);
  });

  test.each([
    { cut: 'before', granted: 0 },
    { cut: 'afterEffect', granted: 1 },
    { cut: 'midBody', granted: 1 },
  ] as const)('cut $cut: sent again it is right, whatever became of the first', async ({ cut, granted }) => {
    const onCall = ({ operation, nth }: CallPoint) => (operation === operations.set && nth === 1 ? cut : 'answer');
    await open({ site: { ...noFaults, onCall } });
    await expect(set('10')).rejects.toThrow();
    expect(grants().length).toBe(granted);
    await set('10');
    expect(await available()).toBe('10.00');
    expect(grants().length).toBe(1);
  });
});

describe('the reseller’s own account', () => {
  const balance = async (client: Client = clientOf()) => (await client.queryAccountBalance()).body?.data;

  test('trap: its balance is text with a comma after each thousand', async () => {
    await change('1234.56', 'G1');
    const told = await balance();
    expect(told).toMatchObject({
      availableAmount: '999,998,765.44',
      availableCashAmount: '999,998,765.44',
      currency: 'CNY',
    });
    expect(Number(told?.availableAmount)).toBeNaN();
    expect(Number.parseFloat(told?.availableAmount ?? '')).toBe(999);
  });

  test('runs out: HTTP 200 that is no success, from either API', async () => {
    const poor = clientOf('poorAccessKey');
    await change('999.99', 'G1', {}, poor);
    const spent = { success: false, code: 'InsufficientBalance' };
    expect(await change('0.02', 'G2', {}, poor)).toMatchObject(spent);
    expect(await set('0.02', {}, poor)).toMatchObject(spent);
    expect(await balance(poor)).toMatchObject({ availableAmount: '0.01' });
    expect(await change('0.01', 'G2', {}, poor)).toMatchObject({ success: true });
    expect(grants().map(({ amountMinor }) => amountMinor)).toEqual([99_999n, 1n]);
  });

  test('lists what left it and what came back, newest first, by page, time and number', async () => {
    const clock = clockAtNewYear();
    await open({ clock, wall: systemClock });
    await change('1.00', 'G1');
    clock.advance(3_600_000);
    await change('2.00', 'G2');
    clock.advance(3_600_000);
    await change('0.50', 'G3', { adjustType: 'increase' });
    const all = await transactions();
    expect(all.total).toBe(3);
    expect(all.rows[0]).toMatchObject({
      recordID: 'G3',
      amount: '0.50',
      balance: '999999997.50',
      transactionFlow: 'Income',
      transactionType: 'Transfer',
      transactionTime: '2026-01-01T02:00:00Z',
      transactionAccount: '1234567890',
      billingCycle: '2026-01',
    });
    const recordsOf = async (more: object) => (await transactions(more)).rows.map(({ recordID }) => recordID);
    expect(await recordsOf({ pageNum: 2, pageSize: 2 })).toEqual(['G1']);
    expect(await recordsOf({ pageNum: 9 })).toEqual([]);
    expect(await recordsOf({ transactionFlow: 'Expense' })).toEqual(['G2', 'G1']);
    expect(await recordsOf({ transactionType: 'Refund' })).toEqual([]);
    expect(await recordsOf({ transactionChannel: 'Alipay' })).toEqual([]);
    expect(await recordsOf({ recordID: 'G2' })).toEqual(['G2']);
    expect(await recordsOf({ transactionNumber: all.rows[2]?.transactionNumber })).toEqual(['G1']);
    const hour = { createTimeStart: '2026-01-01T01:00:00Z', createTimeEnd: '2026-01-01T01:00:00Z' };
    expect(await recordsOf(hour)).toEqual(['G2']);
    clock.advance(31 * 24 * 3_600_000);
    expect(await recordsOf({})).toEqual([]);
    expect(await recordsOf({ createTimeStart: '2026-01-01T00:00:00Z' })).toEqual(['G3', 'G2', 'G1']);
    expect((await transactions({}, clientOf('poorAccessKey'))).total).toBe(0);
  });

  test.each([{ pageSize: 0 }, { pageSize: 301 }, { createTimeStart: 'now' }, { createTimeEnd: '2026-01-01' }])(
    'ParameterError for %o',
    async (more) => {
      await expect(transactions(more)).rejects.toMatchObject({ code: 'ParameterError', statusCode: 400 });
    },
  );
});

test(`${callsPerSecondMax} calls of a kind pass in a second, and one of another kind is none of them`, async () => {
  await open({ clock: clockAtNewYear(), wall: systemClock });
  const client = clientOf();
  for (let nth = 0; nth < callsPerSecondMax; nth += 1) await available(client);
  await expect(available(client)).rejects.toMatchObject({ code: 'Throttling.User' });
  expect(await change('1', 'G1')).toMatchObject({ success: true });
});
