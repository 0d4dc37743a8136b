/** Traps of huaweicloud-sdk-core and of the API: each test shows what an integration that relies on them walks into. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Call, noFaults, type OpenProvider } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { operations } from './quirks.ts';
import { clientOf, type Opened, openMock } from './test-sdk.ts';

const closers: (() => Promise<void>)[] = [];
let mock: Opened;
beforeEach(async () => {
  mock = await openMock();
  closers.push(mock.close);
});
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A second address of the same mock, whose answers `change` may replace. */
const anotherDoor = async (change: (call: Call) => ReturnType<OpenProvider['handle']> = mock.provider.handle) => {
  const door = await openSocketDoor({ ...mock.provider, handle: change });
  closers.push(door.close);
  return door.url;
};

describe('two endpoints', () => {
  const badGateway = { status: 504, headers: {}, body: Buffer.from('') };

  test.each([
    { what: 'a reset after the effect', fails: (): ReturnType<OpenProvider['handle']> => ({ cut: 'afterEffect' }) },
    { what: 'a 504 after the effect', fails: () => badGateway },
  ])('$what: the SDK sends the POST to the other one, and one success stands for two grants', async ({ fails }) => {
    const url = await anotherDoor((call) => {
      mock.provider.handle(call);
      return fails();
    });
    const client = clientOf({ ...mock, url }, { otherUrls: [mock.url] });
    const answer = await client.adjust('c1', 88.88);
    expect(answer).toMatchObject({ httpStatusCode: 200, transfer_id: expect.any(String) });
    const { grants } = mock.provider.records();
    expect(grants.map(({ amountMinor }) => amountMinor)).toEqual([8888n, 8888n]);
    // Only the second one has told its number; the first is in the list, and looks like any other.
    expect((await client.records()).total_count).toBe(2);
  });

  test('with one endpoint the outcome is unknown, and says so', async () => {
    const url = await anotherDoor((call) => {
      mock.provider.handle(call);
      return { cut: 'afterEffect' };
    });
    const adjusting = clientOf({ ...mock, url }).adjust('c1', 88.88);
    await expect(adjusting).rejects.toMatchObject({ errorCode: undefined, httpStatusCode: undefined });
    expect(mock.provider.records().grants.length).toBe(1);
  });
});

test('whatever fails is printed with its Authorization and its body', async () => {
  const printed: unknown[] = [];
  const client = clientOf(mock, { secretKey: 'wrong', print: (...all) => printed.push(...all) });
  await client.adjust('secret-customer', 1).catch(() => undefined);
  const text = JSON.stringify(printed);
  expect(text).toContain('SDK-HMAC-SHA256 Access=topple-test-huawei-access-key');
  expect(text).toContain('secret-customer');
});

test('a call that was overheard verifies again within its window: there is no nonce', async () => {
  const heard: Call[] = [];
  const url = await anotherDoor((call) => {
    heard.push(call);
    return mock.provider.handle(call);
  });
  const client = clientOf({ ...mock, url });
  await client.adjust('c1', 1);
  expect(mock.provider.handle(heard[0] ?? expect.unreachable())).toMatchObject({ status: 200 });
  expect(mock.provider.records().grants.length).toBe(2);
  await client.records();
  expect(heard.map((call) => mock.provider.repeatsEffect?.(call))).toEqual([true, false]);
});

test('reading pages until one is empty never ends in version 2: the page after the last is the first', async () => {
  const client = clientOf(mock);
  for (const amount of [1, 2, 3]) await client.adjust('c1', amount);
  const seen: unknown[] = [];
  for (let offset = 0; offset < 5; offset += 1) {
    const { records, total_count } = await client.records({ offset, limit: 2 }, 'records');
    expect(records).not.toEqual([]);
    expect(total_count).toBe(3);
    seen.push(...records.map(({ amount }) => amount));
  }
  expect(seen).toEqual([3, 2, 1, 3, 2, 3, 2, 3, 2]);
});

describe('version 1.0 answers HTTP 200 when it refuses, which the SDK takes for an answer', () => {
  const ask = (data: Record<string, unknown>) => clientOf(mock).call(operations.oldAdjust, { data, partnerId: 'p1' });
  const asked = { customer_id: 'c1', amount: '300.00', currency: 'CNY', measure_id: 1 };

  test('success', async () => {
    expect(await ask(asked)).toMatchObject({ error_code: 'CBC.0000', trans_id: expect.stringMatching(/^AD/) });
    expect(mock.provider.records()).toMatchObject({
      grants: [{ cloudAccount: 'c1', amountMinor: 30_000n }],
      calls: [{ operation: operations.oldAdjust, reference: 'c1 300.00', outcome: 200 }],
    });
  });

  test('no success', async () => {
    const answer = await ask({ ...asked, amount: '99999999999.00' });
    expect(answer).toMatchObject({ httpStatusCode: 200, error_code: 'CBC.5003' });
    expect(answer.trans_id).toBeUndefined();
    expect(mock.provider.records().grants).toEqual([]);
  });

  test.each([{ amount: 300 }, { measure_id: 2 }, { customer_id: '' }])('CBC.0100 for %o', async (change) => {
    const refused = { httpStatusCode: 400, errorCode: 'CBC.0100' };
    await expect(ask({ ...asked, ...change })).rejects.toMatchObject(refused);
  });
});

test('a lost answer leaves nothing to tell two equal attempts by, but how many there are', async () => {
  await mock.close();
  mock = await openMock({ site: { ...noFaults, onCall: ({ nth }) => (nth === 2 ? 'afterEffect' : 'answer') } });
  closers.push(mock.close);
  const client = clientOf(mock);
  const { transfer_id } = await client.adjust('c1', 1);
  await client.adjust('c1', 1).catch(() => undefined);
  const { records } = await client.records({ customer_id: 'c1' });
  expect(records.filter(({ trans_id }) => trans_id !== transfer_id)).toHaveLength(1);
});
