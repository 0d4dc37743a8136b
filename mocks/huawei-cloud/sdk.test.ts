import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { steppedClock, systemClock } from '#harness/clock';
import { type CallPoint, noFaults, type ProviderPorts } from '#harness/provider';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { huaweiCloud } from './index.ts';
import { callsPerSecondMax, granting, operations } from './quirks.ts';
import { type Answer, clientOf, type Opened, openMock } from './test-sdk.ts';

let mock: Opened;
let client: ReturnType<typeof clientOf>;

const reopen = async (given: Partial<ProviderPorts> = {}) => {
  await mock.close();
  mock = await openMock(given);
  client = clientOf(mock);
};
beforeEach(async () => {
  mock = await openMock();
  client = clientOf(mock);
});
afterEach(() => mock.close());

const grants = () => mock.provider.records().grants;
const id = (name: string): string => mock.provider.identity[name] ?? expect.unreachable();

describe('adjust-amount, judged by huaweicloud-sdk-core', () => {
  test('grants, and the same call again grants again: nothing in it is a key', async () => {
    const first = await client.adjust('c1', 88.88);
    expect(first).toEqual({ httpStatusCode: 200, transfer_id: expect.stringMatching(/^AD\d{15}$/) });
    const second = await client.adjust('c1', 88.88);
    expect(second.transfer_id).not.toBe(first.transfer_id);
    expect(grants()).toMatchObject([
      { cloudAccount: 'c1', reference: 'c1 88.88', amountMinor: 8888n, currency: 'CNY' },
      { cloudAccount: 'c1', reference: 'c1 88.88', amountMinor: 8888n },
    ]);
    expect(mock.provider.records().calls.map(({ reference, nth }) => [reference, nth])).toEqual([
      ['c1 88.88', 1],
      ['c1 88.88', 2],
    ]);
    expect(granting[operations.adjust]).toMatchObject({ class: 'L' });
  });

  test('takes the money from whoever hands it out, and back again', async () => {
    const balance = async (query = {}) => {
      const { account_balances } = await client.call(operations.partnerBalances, { query });
      return (account_balances as { amount: number }[])[0]?.amount ?? Number.NaN;
    };
    const before = await balance();
    await client.adjust('c1', 88.88);
    expect(await balance()).toBeCloseTo(before - 88.88, 2);
    const back = await client.call(operations.reclaim, { data: { customer_id: 'c1', amount: 8.88 } });
    expect(back).toMatchObject({ trans_id: expect.stringMatching(/^AD/) });
    expect(await balance()).toBeCloseTo(before - 80, 2);
    const customer_infos = [{ customer_id: 'c1' }, { customer_id: 'c2' }, { customer_id: id('foreignCustomerId') }];
    expect(await client.call(operations.customerBalances, { data: { customer_infos } })).toMatchObject({
      customer_balances: [
        { customer_id: 'c1', amount: 80, debt_amount: 0, currency: 'CNY', measure_id: 1 },
        { customer_id: 'c2', amount: 0 },
      ],
    });
    const indirect_partner_id = id('indirectPartnerId');
    const atReseller = await balance({ indirect_partner_id });
    await client.adjust('c1', 1, { indirect_partner_id });
    expect(await balance({ indirect_partner_id })).toBeCloseTo(atReseller - 1, 2);
    expect(grants().map(({ amountMinor }) => amountMinor)).toEqual([8888n, -888n, 100n]);
  });

  test.each([
    { when: 'there is no amount', amount: undefined },
    { when: 'the amount is below zero', amount: -1 },
    { when: 'the amount has three decimals', amount: 1.001 },
    { when: 'the amount is a sum of floats', amount: 0.1 + 0.2 },
    { when: 'the amount has an exponent', amount: 1e21 },
    { when: 'the amount is an object', amount: {} },
  ])('CBC.0100 when $when', async ({ amount }) => {
    await expect(client.adjust('c1', amount)).rejects.toMatchObject({ httpStatusCode: 400, errorCode: 'CBC.0100' });
    expect(grants()).toEqual([]);
  });

  test.each([
    { when: 'there is no customer', customerId: '' },
    { when: 'the id is too long', customerId: 'c'.repeat(65) },
  ])('CBC.0100 when $when', async ({ customerId }) => {
    await expect(client.adjust(customerId, 1)).rejects.toMatchObject({ httpStatusCode: 400, errorCode: 'CBC.0100' });
    expect(grants()).toEqual([]);
  });

  test('CBC.99005003 when the float has run out, and nothing moved', async () => {
    const reseller = { indirect_partner_id: id('indirectPartnerId') };
    await client.adjust('c1', 999.99, reseller);
    const refused = { httpStatusCode: 400, errorCode: 'CBC.99005003' };
    await expect(client.adjust('c1', 0.02, reseller)).rejects.toMatchObject(refused);
    await client.adjust('c1', 0.01, reseller);
    await client.adjust('c1', 0.02);
    const tooMuch = { data: { customer_id: 'c1', amount: 0.03 } };
    await expect(client.call(operations.reclaim, tooMuch)).rejects.toMatchObject(refused);
    expect(grants().map(({ amountMinor }) => amountMinor)).toEqual([99_999n, 1n, 2n]);
  });

  test.each([
    { cut: 'before', granted: 1 },
    { cut: 'afterEffect', granted: 2 },
    { cut: 'midBody', granted: 2 },
  ] as const)('a call cut $cut says nothing of what was done; with a second try $granted are granted', async (row) => {
    const onCall = ({ nth, operation }: CallPoint) =>
      nth === 1 && operation === operations.adjust ? row.cut : 'answer';
    await reopen({ site: { ...noFaults, onCall } });
    const error = await client.adjust('c1', 1).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ errorCode: undefined });
    const { total_count } = await client.records({ customer_id: 'c1' });
    expect(total_count).toBe(row.granted - 1);
    await client.adjust('c1', 1);
    expect(grants().length).toBe(row.granted);
  });
});

describe('limits', () => {
  test(`APIG.0308 after ${callsPerSecondMax} calls of a kind in a second, which grant nothing`, async () => {
    const clock = clockAtNewYear();
    await reopen({ clock, wall: systemClock });
    for (let nth = 0; nth < callsPerSecondMax; nth += 1) await client.adjust('c1', 1);
    await expect(client.adjust('c1', 1)).rejects.toMatchObject({ httpStatusCode: 429, errorCode: 'APIG.0308' });
    expect(grants().length).toBe(callsPerSecondMax);
    expect((await client.records()).total_count).toBe(callsPerSecondMax);
    clock.advance(1_000);
    await client.adjust('c1', 1);
  });

  test('calls that nobody signed count for nobody', async () => {
    const clock = clockAtNewYear();
    await reopen({ clock, wall: systemClock });
    const stranger = clientOf(mock, { secretKey: 'wrong' });
    for (let nth = 0; nth <= callsPerSecondMax; nth += 1) {
      await expect(stranger.adjust('c1', 1)).rejects.toMatchObject({ errorCode: 'APIG.0301' });
    }
    await client.adjust('c1', 1);
  });
});

describe('the lists of records', () => {
  /** A mock in which `count` customers got 1, 2, 3 … yuan, one an hour, the last one at 2026-01-01T00:00:00Z. */
  const filled = async (count: number) => {
    const startMs = Date.UTC(2026, 0, 1) - (count - 1) * 3_600_000;
    const clock = steppedClock(startMs);
    await reopen({ clock, wall: systemClock });
    for (let nth = 1; nth <= count; nth += 1) {
      await client.adjust(`c${nth % 2}`, nth + 0.5);
      if (nth < count) clock.advance(3_600_000);
    }
    return clock;
  };
  const yuanOf = ({ records }: { records: readonly { amount: unknown }[] }) => records.map(({ amount }) => amount);

  test('version 3 counts records, writes text, and ends', async () => {
    await filled(5);
    const page = await client.records({ limit: 2, offset: 1 });
    expect(page).toMatchObject({ total_count: 5, httpStatusCode: 200 });
    expect(page.records[0]).toEqual({
      customer_id: 'c0',
      customer_name: 'c0',
      operation_type: 'SOURCE_OPERATION_BEADJUST',
      amount: '4.50',
      currency: 'CNY',
      apply_scene: '',
      operation_time: '2025-12-31T23:00:00Z',
      measure_id: 1,
      trans_id: expect.stringMatching(/^AD/),
      memo: '',
    });
    expect(yuanOf(await client.records({ limit: 2, offset: 4 }))).toEqual(['1.50']);
    expect(yuanOf(await client.records({ limit: 2, offset: 5 }))).toEqual([]);
  });

  test('version 2 counts pages and writes numbers', async () => {
    await filled(5);
    expect(yuanOf(await client.records({ limit: 2, offset: 1 }, 'records'))).toEqual([3.5, 2.5]);
    expect(yuanOf(await client.records({ limit: 2, offset: 2 }, 'records'))).toEqual([1.5]);
  });

  test('are filtered by customer, time, number and kind', async () => {
    await filled(5);
    expect(yuanOf(await client.records({ customer_id: 'c0' }))).toEqual(['4.50', '2.50']);
    const [operation_time_begin, operation_time_end] = ['2025-12-31T21:00:00Z', '2025-12-31T23:00:00Z'];
    const timed = await client.records({ operation_time_begin, operation_time_end });
    expect(yuanOf(timed)).toEqual(['4.50', '3.50', '2.50']);
    const trans_id = timed.records[1]?.trans_id ?? '';
    expect(yuanOf(await client.records({ trans_id }))).toEqual(['3.50']);
    await client.call(operations.reclaim, { data: { customer_id: 'c1', amount: 0.5 } });
    const operation_type = 'SOURCE_OPERATION_BERETRIEVE';
    expect(yuanOf(await client.records({ operation_type }))).toEqual(['0.50']);
    expect((await client.records({ operation_type: 'SOURCE_OPERATION_BEUNBIND' })).total_count).toBe(0);
    expect((await client.records({ indirect_partner_id: id('indirectPartnerId') })).total_count).toBe(0);
  });

  test('knows nothing of the caller: no record tells which of two equal grants an attempt was', async () => {
    await filled(1);
    await client.adjust('c1', 1.5);
    const { records } = await client.records();
    const told = records.map(({ trans_id: _, ...rest }) => JSON.stringify(rest));
    expect(new Set(told).size).toBe(1);
  });

  test.each([
    { limit: 0 },
    { limit: 'x' },
    { offset: -1 },
    { operation_time_begin: '2026-01-01' },
    { operation_time_end: 'now' },
  ])('CBC.0100 for %o', async (query) => {
    const refused = { httpStatusCode: 400, errorCode: 'CBC.0100' };
    await expect(client.records(query)).rejects.toMatchObject(refused);
    await expect(client.records(query, 'records')).rejects.toMatchObject(refused);
  });
});

describe('transfers inside an enterprise', () => {
  const clock = clockAtNewYear();
  const transfer = (more: Record<string, unknown> = {}): Promise<Answer> => {
    clock.advance(1_000);
    return client.call(operations.transfer, { data: { customer_id: 'm1', amount: '10.00', trans_id: 'T1', ...more } });
  };
  beforeEach(() => reopen({ clock, wall: systemClock }));

  test('are done once for each trans_id; the repeat is refused, whatever it asks for', async () => {
    expect(await transfer()).toEqual({ httpStatusCode: 200 });
    const used = { httpStatusCode: 400, errorCode: 'CBC.99007009' };
    await expect(transfer()).rejects.toMatchObject(used);
    await expect(transfer({ amount: '11.00' })).rejects.toMatchObject(used);
    await transfer({ trans_id: 'T2' });
    expect(grants()).toMatchObject([
      { reference: 'T1', cloudAccount: 'm1', amountMinor: 1000n },
      { reference: 'T2', amountMinor: 1000n },
    ]);
    expect(granting[operations.transfer]).toMatchObject({ class: 'K', field: 'trans_id', repeat: 'refused' });
  });

  test('without a trans_id are repeated as often as they are sent', async () => {
    await transfer({ trans_id: '' });
    await transfer({ trans_id: undefined });
    expect(grants()).toMatchObject([{ reference: 'm1 10.00' }, { reference: 'm1 10.00' }]);
  });

  test('wait for each other', async () => {
    await transfer();
    const data = { customer_id: 'm2', amount: '1.00', trans_id: 'T2' };
    const underWay = { httpStatusCode: 400, errorCode: 'CBC.99007461' };
    await expect(client.call(operations.transfer, { data })).rejects.toMatchObject(underWay);
    await transfer(data);
    expect(grants().map(({ reference }) => reference)).toEqual(['T1', 'T2']);
  });

  test('leave the master’s balance, and stop when it is spent', async () => {
    const available = async () => {
      const query = { balance_type: 'BALANCE_TYPE_DEBIT' };
      const { amount_infos } = await client.call(operations.transferable, { query });
      return (amount_infos as { avail_transfer_amount: number }[])[0]?.avail_transfer_amount;
    };
    const before = (await available()) ?? Number.NaN;
    await transfer();
    expect(await available()).toBe(before - 10);
    const spent = { httpStatusCode: 400, errorCode: 'CBC.99005003' };
    await expect(transfer({ trans_id: 'T2', amount: String(before) })).rejects.toMatchObject(spent);
    await transfer({ trans_id: 'T2' });
  });

  test('raise what the member has, and nobody else has any of it', async () => {
    const balance_type = 'BALANCE_TYPE_DEBIT';
    const held = async (sub_customer_id: string) =>
      (await client.call(operations.retrievable, { query: { sub_customer_id, balance_type } })).amount_infos;
    await transfer({ amount: '10.10' });
    await transfer({ trans_id: 'T2', amount: '0.20' });
    expect(await held('m1')).toEqual([{ avail_retrieve_amount: 10.3, measure_id: 1, currency: 'CNY' }]);
    expect(await held('m2')).toMatchObject([{ avail_retrieve_amount: 0 }]);
    await expect(held('')).rejects.toMatchObject({ errorCode: 'CBC.0100' });
  });

  test('go to customers on a partner’s advice as to any member', async () => {
    await transfer({ customer_id: id('advisedCustomerId') });
    expect(grants()).toMatchObject([{ cloudAccount: id('advisedCustomerId'), amountMinor: 1000n }]);
  });

  test('are told late by a copy that lags', async () => {
    const stale = { how: 'stale', lagMs: 3_600_000 } as const;
    const onCall = ({ operation }: CallPoint) => (operation === operations.retrievable ? stale : 'answer');
    await reopen({ clock, wall: systemClock, site: { ...noFaults, onCall } });
    await transfer();
    const query = { sub_customer_id: 'm1', balance_type: 'BALANCE_TYPE_DEBIT' };
    const told = async () => (await client.call(operations.retrievable, { query })).amount_infos;
    expect(await told()).toMatchObject([{ avail_retrieve_amount: 0 }]);
    clock.advance(3_600_001);
    expect(await told()).toMatchObject([{ avail_retrieve_amount: 10 }]);
  });

  test.each([{ amount: 10 }, { amount: '0' }, { trans_id: 't'.repeat(33) }, { customer_id: undefined }])(
    'CBC.0100 for %o',
    async (more) => {
      await expect(transfer(more)).rejects.toMatchObject({ httpStatusCode: 400, errorCode: 'CBC.0100' });
      expect(grants()).toEqual([]);
    },
  );
});

describe('who may ask', () => {
  test.each([
    { who: 'another key', setup: { accessKey: 'wrong' }, why: 'Get secretKey by ak failed,ak wrong not exist' },
    { who: 'another secret', setup: { secretKey: 'wrong' }, why: 'verify aksk signature fail' },
  ])('$who is told why not', async ({ setup, why }) => {
    const refused = { errorCode: 'APIG.0301', errorMsg: `Incorrect IAM authentication information: ${why}` };
    await expect(clientOf(mock, setup).adjust('c1', 1)).rejects.toMatchObject(refused);
  });

  test('APIG.0101 for a route of another method', async () => {
    const asking = client.call('GET /v2/accounts/partner-accounts/adjust-amount');
    await expect(asking).rejects.toMatchObject({ httpStatusCode: 404, errorCode: 'APIG.0101' });
    expect(mock.provider.records().calls).toMatchObject([{ operation: 'unknown' }]);
  });
});

test('two mocks of one seed number their grants alike', () => {
  const clock = clockAtNewYear();
  const ports = testPorts({ clock, wall: clock });
  const [one, other] = [huaweiCloud.open(ports), huaweiCloud.open(ports)];
  expect(one.identity).toEqual(other.identity);
  expect(one.records()).toEqual(other.records());
});
