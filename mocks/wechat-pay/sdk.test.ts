import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { steppedClock, systemClock } from '#harness/clock';
import { type CallPoint, noFaults, type ProviderPorts } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { recordingDelivery, step } from '../test-ports.ts';
import { refundTakesMs } from './quirks.ts';
import { axiosClient, details, nodeClient, type Opened, openMock, orderOf, otherKey } from './test-sdk.ts';

let mock: Opened;
const reopen = async (given: Partial<ProviderPorts> = {}) => {
  await mock.close();
  mock = await openMock(given);
};
beforeEach(async () => {
  mock = await openMock();
});
afterEach(async () => {
  mock.provider.stop();
  await mock.close();
});

type Client = ReturnType<typeof axiosClient>;
const native = (client: Client, change: object = {}) =>
  client.call('post', 'v3/pay/transactions/native', { data: orderOf(client, change) });
const query = (client: Client, path = 'out-trade-no/T00001', mchid = client.mchid) =>
  client.call('get', `v3/pay/transactions/${path}`, { params: { mchid } });
const close = (client: Client, number = 'T00001') =>
  client.call('post', `v3/pay/transactions/out-trade-no/${number}/close`, { data: { mchid: client.mchid } });
const refund = (client: Client, change: object = {}) =>
  client.call('post', 'v3/refund/domestic/refunds', {
    data: {
      out_trade_no: 'T00001',
      out_refund_no: 'R1',
      amount: { refund: 100, total: 8888, currency: 'CNY' },
      ...change,
    },
  });
const amountOf = (amount: number, total = 8888) => ({ amount: { refund: amount, total, currency: 'CNY' } });

describe.each(['public key', 'certificate'] as const)('judged by wechatpay-axios-plugin, by %s', (mode) => {
  test('an order is made, the same for the same request, paid, and found by both numbers', async () => {
    const client = axiosClient(mock, { mode });
    const first = await native(client);
    expect(first).toMatchObject({ status: 200, data: { code_url: expect.stringMatching(/^weixin:\/\/wxpay\//) } });
    expect(await native(client)).toEqual(first);
    const waiting = await query(client);
    expect(waiting.data).toMatchObject({ trade_state: 'NOTPAY', amount: { total: 8888, currency: 'CNY' } });
    expect(waiting.data).not.toHaveProperty('transaction_id');
    mock.provider.pay?.('T00001');
    const paid = await query(client);
    const transactionId = String(paid.data.transaction_id);
    expect(paid.data).toMatchObject({ trade_state: 'SUCCESS', trade_type: 'NATIVE', out_trade_no: 'T00001' });
    expect(await query(client, `id/${transactionId}`)).toEqual(paid);
    expect(mock.provider.records().payments).toMatchObject([{ id: transactionId, amountMinor: 8888n }]);
  });

  test('closing answers an empty 204 that is signed, and ends paying', async () => {
    const client = axiosClient(mock, { mode });
    await native(client);
    expect(await close(client)).toMatchObject({ status: 204 });
    expect((await query(client)).data).toMatchObject({ trade_state: 'CLOSED' });
    expect(() => mock.provider.pay?.('T00001')).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
    expect(await native(client)).toMatchObject({ status: 400, data: { code: 'ORDER_CLOSED' } });
  });
});

test.each([
  { mode: 'public key', serial: 'publicKeyId' },
  { mode: 'certificate', serial: 'platformSerial' },
] as const)('who verifies by $mode is sent notices that name $serial', async ({ mode, serial }) => {
  const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
  await reopen({ deliver });
  await native(axiosClient(mock, { mode }));
  mock.provider.pay?.('T00001');
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(1);
  expect(sent[0]?.headers['Wechatpay-Serial']).toBe(mock.provider.identity[serial]);
});

describe('payments', () => {
  test('jsapi answers a prepay_id, and the payer is shown', async () => {
    const client = axiosClient(mock);
    const payer = { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' };
    const made = await client.call('post', 'v3/pay/transactions/jsapi', { data: orderOf(client, { payer }) });
    expect(made.data).toEqual({ prepay_id: expect.stringMatching(/^wx\d{14}\w{20}$/) });
    mock.provider.pay?.('T00001');
    expect((await query(client)).data).toMatchObject({ trade_type: 'JSAPI', payer });
  });

  test.each([
    { path: 'app', given: {}, data: { prepay_id: expect.stringMatching(/^wx\d{14}\w{20}$/) }, type: 'APP' },
    {
      path: 'h5',
      given: { scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } },
      data: { h5_url: expect.stringMatching(/^https:\/\/wx\.tenpay\.com\/.*\?prepay_id=wx\d{14}\w{20}&/) },
      type: 'MWEB',
    },
  ])('$path answers what is paid with, is closed and paid like others', async ({ path, given, data, type }) => {
    const client = axiosClient(mock);
    const ask = (change = {}) =>
      client.call('post', `v3/pay/transactions/${path}`, { data: orderOf(client, { ...given, ...change }) });
    expect(await ask()).toEqual({ status: 200, data });
    expect(await ask()).toEqual({ status: 200, data });
    const other = { ...details.amount, total: 1 };
    expect(await ask({ amount: other })).toMatchObject({ status: 403, data: { code: 'OUT_TRADE_NO_USED' } });
    mock.provider.pay?.('T00001');
    expect((await query(client)).data).toMatchObject({ trade_state: 'SUCCESS', trade_type: type });
    await ask({ out_trade_no: 'T00002' });
    await client.call('post', 'v3/pay/transactions/out-trade-no/T00002/close', { data: { mchid: client.mchid } });
    expect((await query(client, 'out-trade-no/T00002')).data).toMatchObject({ trade_state: 'CLOSED' });
  });

  test.each([
    { path: 'jsapi', scene: undefined, field: 'payer/openid' },
    { path: 'h5', scene: undefined, field: 'payer_client_ip' },
    { path: 'h5', scene: { payer_client_ip: '203.0.113.7' }, field: 'h5_info/type' },
    { path: 'h5', scene: { h5_info: { type: 'Wap' } }, field: 'payer_client_ip' },
  ])('$path needs $field', async ({ path, scene, field }) => {
    const client = axiosClient(mock);
    const order = orderOf(client, { scene_info: scene });
    const refused = await client.call('post', `v3/pay/transactions/${path}`, { data: order });
    expect(refused).toMatchObject({ status: 400, data: { code: 'PARAM_ERROR' } });
    expect(String(refused.data.message)).toContain(field);
    expect(mock.provider.byHand?.orders()).toEqual([]);
  });

  test('a number with characters that URLs escape is found', async () => {
    const client = axiosClient(mock);
    await native(client, { out_trade_no: 'a|b*c-_1' });
    const found = await query(client, `out-trade-no/${encodeURIComponent('a|b*c-_1')}`);
    expect(found.data).toMatchObject({ out_trade_no: 'a|b*c-_1' });
  });

  test('a buyer pays what the site says, before time_expire and not after', async () => {
    await reopen({ site: { ...noFaults, onCapture: ({ amountMinor }) => amountMinor - 1n } });
    const client = axiosClient(mock);
    await native(client, { time_expire: new Date(systemClock.nowMs() + 3_600_000).toISOString() });
    mock.provider.pay?.('T00001');
    expect((await query(client)).data).toMatchObject({ amount: { total: 8887, payer_total: 8887 } });
    await native(client, { out_trade_no: 'T00002', time_expire: '2020-01-01T00:00:00+08:00' });
    expect(() => mock.provider.pay?.('T00002')).toThrow('past time_expire');
    expect((await query(client, 'out-trade-no/T00002')).data).toMatchObject({ trade_state: 'NOTPAY' });
  });
});

describe('refunds', () => {
  const paid = async () => {
    const client = axiosClient(mock);
    await native(client);
    mock.provider.pay?.('T00001');
    return client;
  };

  test('are accepted, end later, and are the same under the same number', async () => {
    const client = await paid();
    const first = await refund(client);
    expect(first.data).toMatchObject({
      status: 'PROCESSING',
      out_refund_no: 'R1',
      amount: { refund: 100, total: 8888 },
    });
    expect((await refund(client)).data).toMatchObject({ refund_id: first.data.refund_id });
    expect((await query(client)).data).toMatchObject({ trade_state: 'REFUND' });
    const asked = () => client.call('get', 'v3/refund/domestic/refunds/R1');
    await expect.poll(async () => (await asked()).data.status, { timeout: 30_000 }).toBe('SUCCESS');
    expect((await asked()).data).toMatchObject({ refund_id: first.data.refund_id, success_time: expect.any(String) });
  });

  test('are told once, when they have ended, however often they were asked for', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
    const clock = steppedClock(systemClock.nowMs());
    await reopen({ deliver, clock });
    const client = await paid();
    await step(clock, 0);
    await refund(client);
    await refund(client);
    await step(clock, refundTakesMs - 1);
    expect(sent).toHaveLength(1);
    await step(clock, 1);
    const told = sent.map(({ body }) => JSON.parse(Buffer.from(body).toString()).event_type);
    expect(told).toEqual(['TRANSACTION.SUCCESS', 'REFUND.SUCCESS']);
  });

  test('never give back more than was paid, in parts neither', async () => {
    const client = await paid();
    expect(await refund(client, amountOf(8000))).toMatchObject({ status: 200 });
    const more = await refund(client, { out_refund_no: 'R2', ...amountOf(889) });
    expect(more).toMatchObject({ status: 400, data: { code: 'INVALID_REQUEST' } });
    expect(await refund(client, { out_refund_no: 'R3', ...amountOf(888) })).toMatchObject({ status: 200 });
  });

  test.each([
    {
      when: 'the number was used for another amount',
      change: amountOf(101),
      again: true,
      code: 'INVALID_REQUEST',
      status: 400,
    },
    { when: 'the payment is unknown', change: { transaction_id: '42' }, code: 'RESOURCE_NOT_EXISTS', status: 404 },
    { when: 'no currency is given', change: { amount: { refund: 1, total: 8888 } }, code: 'PARAM_ERROR', status: 400 },
    { when: 'the amount is text', change: { amount: { refund: '1', total: 8888 } }, code: 'PARAM_ERROR', status: 400 },
    { when: 'the number is missing', change: { out_refund_no: '' }, code: 'PARAM_ERROR', status: 400 },
  ])('$code when $when', async ({ change, again = false, code, status }) => {
    const client = await paid();
    if (again) await refund(client);
    expect(await refund(client, change)).toMatchObject({ status, data: { code } });
  });

  test('an order that was not paid is not there to be refunded', async () => {
    const client = axiosClient(mock);
    await native(client);
    expect(await refund(client)).toMatchObject({ status: 404, data: { code: 'RESOURCE_NOT_EXISTS' } });
    expect(await client.call('get', 'v3/refund/domestic/refunds/R1')).toMatchObject({ status: 404 });
  });
});

describe('refusals', () => {
  test.each([
    { when: 'the number is too short', change: { out_trade_no: 'T1' } },
    { when: 'the amount has a fraction', change: { amount: { total: 88.88 } } },
    { when: 'the currency is another', change: { amount: { total: 1, currency: 'USD' } } },
    { when: 'there is no description', change: { description: '' } },
    { when: 'the address is none', change: { notify_url: 'here' } },
    { when: 'the end of paying is no time', change: { time_expire: 'soon' } },
  ])('PARAM_ERROR when $when', async ({ change }) => {
    const client = axiosClient(mock);
    expect(await native(client, change)).toMatchObject({ status: 400, data: { code: 'PARAM_ERROR' } });
    expect(mock.provider.byHand?.orders()).toEqual([]);
  });

  test('what is another merchant’s is not found, and a number of WeChat Pay’s exists from the payment on', async () => {
    const client = axiosClient(mock);
    await native(client);
    expect(await query(axiosClient(mock, { mode: 'certificate' }))).toMatchObject({ status: 404 });
    const id = mock.provider.byHand?.orders()[0]?.id;
    expect(await query(client, `id/${id}`)).toMatchObject({ status: 404, data: { code: 'ORDER_NOT_EXIST' } });
  });

  test.each([
    { when: 'another key signed', setup: () => ({ privateKey: otherKey('pkcs8') }), says: '验签失败' },
    { when: 'the serial number is another', setup: () => ({ serial: '00' }), says: '商户证书序列号有误' },
    { when: 'the merchant is unknown', setup: () => ({ mchid: '1' }), says: '验签失败' },
  ])('401 SIGN_ERROR when $when, without a signature of the platform', async ({ setup, says }) => {
    const refused = await native(axiosClient(mock, setup()));
    expect(refused).toMatchObject({
      status: 401,
      data: { code: 'SIGN_ERROR', message: expect.stringContaining(says) },
    });
  });

  test('401 SIGN_ERROR for a timestamp ten minutes off, or no Authorization', async () => {
    const nowMs = () => systemClock.nowMs() + 600_000;
    await reopen({ clock: { ...systemClock, nowMs }, wall: { ...systemClock, nowMs } });
    expect(await native(axiosClient(mock))).toMatchObject({
      status: 401,
      data: { message: expect.stringContaining('5分钟') },
    });
    const bare = await fetch(`${mock.url}/v3/certificates`);
    expect(bare.status).toBe(401);
    expect(bare.headers.get('wechatpay-signature')).toBeNull();
  });
});

describe('answers', () => {
  test('an error is signed too', async () => {
    const handled: Record<string, string>[] = [];
    const { provider } = mock;
    const spied = {
      ...provider,
      handle: (call: Parameters<typeof provider.handle>[0]) => {
        const reply = provider.handle(call);
        if (!('cut' in reply)) handled.push({ ...reply.headers });
        return reply;
      },
    };
    const door = await openSocketDoor(spied);
    await query(axiosClient({ provider, url: door.url }));
    await door.close();
    expect(handled[0]).toMatchObject({ 'Wechatpay-Serial': provider.identity.publicKeyId });
  });

  test.each([
    {
      when: 'the client knows another key',
      certs: () => ({ [mock.provider.identity.publicKeyId ?? '']: otherKey('spki') }),
      code: 'EV3_RES_HEADER_SIGNATURE_DIGEST',
    },
    {
      when: 'the client knows another serial number',
      certs: () => ({ other: mock.provider.identity.platformPublicKey ?? '' }),
      code: 'EV3_RES_HEADER_PLATFORM_SERIAL',
    },
  ])('are refused by the SDK when $when', async ({ certs, code }) => {
    expect(await native(axiosClient(mock, { certs: certs() }))).toMatchObject({ code });
  });

  test('are refused by the SDK when the platform’s clock is ten minutes behind', async () => {
    await reopen({ wall: { ...systemClock, nowMs: () => systemClock.nowMs() - 600_000 } });
    expect(await native(axiosClient(mock))).toMatchObject({ code: 'EV3_RES_HEADER_TIMESTAMP_OFFSET' });
  });

  test.each(['before', 'afterEffect'] as const)('a call cut %s has no answer, and is not repeated', async (cut) => {
    await reopen({ site: { ...noFaults, onCall: ({ nth }: CallPoint) => (nth === 1 ? cut : 'answer') } });
    const client = axiosClient(mock);
    expect(await native(client)).toMatchObject({ status: undefined });
    expect(mock.provider.byHand?.orders().length).toBe(cut === 'before' ? 0 : 1);
    expect(mock.provider.records().calls).toMatchObject([
      { operation: 'POST /v3/pay/transactions/native', reference: 'T00001', outcome: cut },
    ]);
  });
});

describe('judged by wechatpay-node-v3', () => {
  test('certificates are fetched, opened, and verify an answer', async () => {
    const client = nodeClient(mock);
    const { apiV3Key = '', platformSerial } = mock.provider.identity;
    const certificates = await client.get_certificates(apiV3Key);
    expect(certificates).toMatchObject([
      { serial_no: platformSerial, publicKey: expect.stringContaining('PUBLIC KEY') },
    ]);
    const made = await client.transactions_native(details);
    expect(made).toMatchObject({ status: 200, data: { code_url: expect.stringContaining('weixin://') } });
  });

  test('app orders are answered as what the app is given, h5 orders as an address', async () => {
    const client = nodeClient(mock);
    const { certificateMchid: partnerid, appid } = mock.provider.identity;
    const app = await client.transactions_app(details);
    const [prepayid, sign] = [expect.stringMatching(/^wx/), expect.any(String)];
    expect(app).toMatchObject({ status: 200, data: { appid, partnerid, prepayid, sign, package: 'Sign=WXPay' } });
    const scene_info = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap', app_name: '', app_url: '' } };
    const h5 = await client.transactions_h5({ ...details, out_trade_no: 'T00002', scene_info });
    expect(h5).toMatchObject({ status: 200, data: { h5_url: expect.stringContaining('prepay_id=wx') } });
  });
});
