/** Misbehaviour as the vendors' SDKs meet it, asked for over HTTP: what they refuse, and what they let through. */
import { AlipaySdk } from 'alipay-sdk';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { systemClock } from '#harness/clock';
import { noFaults, type OutgoingWebhook } from '#harness/provider';
import { randomFrom } from '#harness/seed';
import { type MockClient, mockAt } from '../client.ts';
import { providers } from '../index.ts';
import { type ServedMocks, serveMocks } from '../serve.ts';
import { account } from '../stripe/quirks.ts';
import { clientOf } from '../stripe/test-sdk.ts';
import { clockAtNewYear, recordingDelivery, step, testPorts } from '../test-ports.ts';
import { merchant } from '../wechat-pay/quirks.ts';
import { axiosClient, orderOf } from '../wechat-pay/test-sdk.ts';
import type { Behaviour, CallBehaviour } from './behaviour.ts';
import { openBehaviours } from './site.ts';

let mocks: ServedMocks;
let count = 0;
beforeAll(async () => {
  mocks = await serveMocks({ clock: systemClock, wall: systemClock, random: randomFrom('sdk') });
});
afterAll(() => mocks.close());

const served = (id: keyof typeof providers) => {
  const found = mocks.description.providers[id] ?? expect.unreachable();
  return { ...found, mock: mockAt(found.url) };
};
/** A number that no order of these tests has yet. */
const newNumber = (): string => {
  count += 1;
  return `T0000${count}`;
};

afterEach(async () => {
  for (const id of Object.keys(providers)) await served(id as keyof typeof providers).mock.calm();
});

const operationIn = (mock: MockClient) => mock.misbehaviour().then(({ failings }) => failings.operations);

const precreate = async (...asked: Behaviour[]) => {
  const { url, identity, mock } = served('alipay');
  await mock.behave(...asked);
  const { appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' } = identity;
  const sdk = new AlipaySdk({ appId, privateKey, keyType: 'PKCS8', alipayPublicKey, gateway: `${url}/gateway.do` });
  const bizContent = { out_trade_no: newNumber(), total_amount: '88.88', subject: 'top-up' };
  const answer = sdk.exec('alipay.trade.precreate', { bizContent }, { validateSign: true });
  return answer.then(
    (says) => ({ says }),
    (error: Error) => ({ error: error.message }),
  );
};

describe('alipay-sdk, which verifies', () => {
  test.each([
    { does: 'unsigned', error: 'The "signature" argument must be of type string' },
    { does: 'wrongly-signed', error: '验签失败' },
    { does: 'tampered', error: '验签失败' },
    { does: 'malformed', error: 'Response 格式错误' },
    { does: 'truncated', error: 'Response 格式错误' },
    { does: 'wrong-status', error: 'HTTP 请求错误' },
  ] as const)('refuses an answer that is $does', async ({ does, error }) => {
    expect(await precreate({ does })).toEqual({ error: expect.stringContaining(error) });
  });

  test.each([
    { does: 'throttled', says: { code: '40005', subCode: 'isv.app-call-limited' } },
    { does: 'unavailable', says: { code: '20000', subCode: 'isp.unknow-error' } },
    { does: 'failed-inside', says: { code: '40004', subCode: 'ACQ.SYSTEM_ERROR' } },
  ] as const)('takes $does for an answer like any other: nothing is thrown', async ({ does, says }) => {
    expect(await precreate({ does })).toMatchObject({ says });
  });
});

test('alipay-sdk sends again by itself what was cut, so what is done once by request is done twice', async () => {
  const { mock } = served('alipay');
  const before = (await mock.ask('records')).calls as readonly object[];
  expect(await precreate({ does: 'answer-cut' })).toMatchObject({ says: { code: '10000' } });
  const { calls } = (await mock.ask('records')) as { calls: readonly object[] };
  expect(calls.slice(before.length)).toMatchObject([
    { nth: 1, outcome: 'midBody' },
    { nth: 2, outcome: 200 },
  ]);
});

describe('wechatpay-axios-plugin, which verifies', () => {
  const native = async (...asked: Behaviour[]) => {
    const { url, identity, mock } = served('wechat-pay');
    await mock.behave(...asked);
    const client = axiosClient({ provider: { ...providers['wechat-pay'].open(testPorts()), identity }, url });
    const data = orderOf(client, { out_trade_no: newNumber() });
    return client.call('post', 'v3/pay/transactions/native', { data });
  };

  test.each([
    { does: 'unsigned', code: 'EV3_RES_HEADERS_INCOMPLATE' },
    { does: 'malformed', code: 'EV3_RES_HEADERS_INCOMPLATE' },
    { does: 'wrongly-signed', code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' },
    { does: 'tampered', code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' },
    { does: 'truncated', code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' },
    { does: 'stale-certificate', code: 'EV3_RES_HEADER_PLATFORM_SERIAL' },
  ] as const)('refuses an answer that is $does', async ({ does, code }) => {
    expect(await native({ does })).toMatchObject({ code });
  });

  test.each([
    { does: 'throttled', status: 429, code: 'FREQUENCY_LIMITED' },
    { does: 'unavailable', status: 500, code: 'SYSTEM_ERROR' },
    { does: 'failed-inside', status: 200, code: 'SYSTEM_ERROR' },
  ] as const)('sees $status when it is $does', async ({ does, status, code }) => {
    expect(await native({ does })).toMatchObject({ status, data: { code } });
  });

  test('the answer after the last one asked for is right again, and the hits are counted', async () => {
    const operation = 'POST /v3/pay/transactions/native';
    expect(await native({ does: 'throttled', operation, times: 2 })).toMatchObject({ status: 429 });
    expect(await native()).toMatchObject({ status: 429 });
    expect(await native()).toMatchObject({ status: 200 });
    const { behaviours } = await served('wechat-pay').mock.misbehaviour();
    expect(behaviours).toEqual([{ does: 'throttled', operation, times: 2, id: expect.any(Number), hits: 2 }]);
  });
});

describe('stripe-node', () => {
  const create = async (asked: Behaviour, idempotencyKey = newNumber()) => {
    const { url, identity, mock } = served('stripe');
    await mock.behave(asked);
    const sdk = clientOf(url, identity.secretKey ?? '');
    const sent = { amount: 8888, currency: 'usd', metadata: { order_no: idempotencyKey } };
    return () =>
      sdk.paymentIntents.create(sent, { idempotencyKey }).then(
        (made) => ({ amount: made.amount }),
        (error: InstanceType<typeof Stripe.errors.StripeError>) => ({ type: error.type, status: error.statusCode }),
      );
  };

  test.each([
    { does: 'throttled', first: { type: 'StripeRateLimitError', status: 429 }, second: { amount: 8888 } },
    { does: 'failed-inside', first: { type: 'StripeAPIError', status: 200 }, second: { amount: 8888 } },
    { does: 'malformed', first: { type: 'StripeAPIError', status: undefined }, second: { amount: 8888 } },
    { does: 'truncated', first: { type: 'StripeAPIError', status: undefined }, second: { amount: 8888 } },
  ] as const)('$does ends in $first, and the same key again in $second', async ({ does, first, second }) => {
    const call = await create({ does });
    expect([await call(), await call()]).toEqual([first, second]);
  });

  test('a 500 is kept under its key: however often it is repeated, it will never be done', async () => {
    const call = await create({ does: 'unavailable' });
    const failed = { type: 'StripeAPIError', status: 500 };
    expect([await call(), await call(), await call()]).toEqual([failed, failed, failed]);
  });

  test('an amount that was changed on the way is believed: answers are not signed', async () => {
    expect(await (await create({ does: 'tampered' }))()).toEqual({ amount: 98888 });
  });

  test('the list of events lags, and then catches up', async () => {
    const { url, identity, mock } = served('stripe');
    const reference = newNumber();
    await mock.ask('order', { reference, amount: '88.88', webhookUrl: '' });
    const sdk = clientOf(url, identity.secretKey ?? '');
    const orderIds = async () => {
      const { data } = await sdk.events.list({ type: 'payment_intent.created', limit: 100 });
      return data.map((notice) => (notice.data.object as Stripe.PaymentIntent).metadata.order_no);
    };
    await mock.behave({ does: 'stale', lagMs: 60_000, operation: 'GET /v1/events' });
    expect(await orderIds()).not.toContain(reference);
    expect(await orderIds()).toContain(reference);
  });

  test('what has no meaning at Stripe is refused in words', async () => {
    const { mock } = served('stripe');
    await expect(mock.behave({ does: 'unsigned' })).rejects.toMatchObject({
      code: 'refused-by-mocks',
      message: expect.stringContaining('unsigned has no meaning here: what can be spoilt: it is malformed'),
    });
  });
});

test('each spoilt answer of each provider is a behaviour that can be asked for at each operation', async () => {
  for (const id of Object.keys(providers)) {
    const { mock } = served(id as keyof typeof providers);
    const { failings } = await mock.misbehaviour();
    const asked = failings.spoils.map((does) => ({ does }) as CallBehaviour);
    for (const operation of await operationIn(mock)) await mock.behave(...asked.map((one) => ({ ...one, operation })));
    expect((await mock.misbehaviour()).behaviours.length).toBe(asked.length * failings.operations.length);
  }
});

describe('a falsehood is signed: the SDK verifies it, and only comparing with the order helps', () => {
  /** The paid webhook of the order T00001 over 88.88, false in `what`. */
  const paid = async (id: 'alipay' | 'stripe' | 'wechat-pay', what: string) => {
    const clock = clockAtNewYear();
    const { sent, deliver } = recordingDelivery({ status: 200, body: 'success' });
    const behaviours = openBehaviours(noFaults);
    const provider = providers[id].open(testPorts({ clock, wall: clock, deliver, site: behaviours.site }));
    const hand = provider.byHand ?? expect.unreachable();
    hand.order({ reference: 'T00001', amountMinor: 8888n, webhookUrl: 'http://merchant.test/' });
    await step(clock, 0);
    behaviours.add({ does: 'webhook-false', what, times: 2 }, provider.failings);
    hand.deeds.pay?.('T00001');
    await step(clock, 0);
    const webhook: OutgoingWebhook = sent.at(-1) ?? expect.unreachable();
    expect(webhook.spoilt).toBe(what);
    return { provider, webhook, nowMs: clock.nowMs(), text: Buffer.from(webhook.body).toString() };
  };

  test.each([
    ['amount', { total_amount: '988.88' }],
    ['currency', { trans_currency: 'USD' }],
    ['merchant', { seller_id: '2088000000000003' }],
    ['order', { out_trade_no: 'order_of_somebody_else' }],
    ['payer', { buyer_id: '2088000000000009' }],
    ['status', { trade_status: 'WAIT_BUYER_PAY' }],
    ['schema', { total_amount: '88.880', ext_infos: '{"a_new_field":true}' }],
  ])('alipay-sdk, %s', async (what, says) => {
    const { provider, text } = await paid('alipay', what);
    const { appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' } = provider.identity;
    const sdk = new AlipaySdk({ appId, privateKey, keyType: 'PKCS8', alipayPublicKey });
    const fields = Object.fromEntries(new URLSearchParams(text));
    expect(sdk.checkNotifySignV2(fields)).toBe(true);
    expect(fields).toMatchObject(says);
  });

  test.each([
    ['amount', { amount: { total: 88_880 } }],
    ['currency', { amount: { total: 8888, currency: 'USD' } }],
    ['merchant', { mchid: '1900000003' }],
    ['order', { out_trade_no: 'order-of-somebody-else' }],
    ['payer', { payer: { openid: 'oTopple000000000000000000009' } }],
    ['status', { trade_state: 'NOTPAY' }],
    ['schema', { amount: { total: '8888' }, a_new_field: {} }],
  ])('wechatpay-axios-plugin, %s', async (what, says) => {
    const { provider, webhook, text } = await paid('wechat-pay', what);
    const [nonce = '', timestamp = '', signature = ''] = ['Nonce', 'Timestamp', 'Signature'].map(
      (name) => webhook.headers[`Wechatpay-${name}`],
    );
    const signed = Formatter.response(timestamp, nonce, text);
    expect(Rsa.verify(signed, signature, provider.identity.platformPublicKey ?? '')).toBe(true);
    const { ciphertext, nonce: iv, associated_data: aad } = JSON.parse(text).resource;
    expect(JSON.parse(Aes.AesGcm.decrypt(ciphertext, merchant.apiV3Key, iv, aad))).toMatchObject(says);
  });

  test.each([
    ['amount', { data: { object: { amount: 88_880, amount_received: 88_880 } } }],
    ['currency', { data: { object: { amount: 8888, currency: 'jpy' } } }],
    ['merchant', { account: 'acct_other' }],
    ['order', { data: { object: { metadata: { order_no: 'order-of-somebody-else' } } } }],
    ['payer', { data: { object: { customer: 'cus_other' } } }],
    ['status', { type: 'payment_intent.succeeded', data: { object: { status: 'processing' } } }],
    ['schema', { api_version: '2099-01-01.unheard', data: { object: { amount: '8888' } } }],
  ])('stripe-node, %s', async (what, says) => {
    const { webhook, nowMs, text } = await paid('stripe', what);
    const signature = webhook.headers['Stripe-Signature'] ?? '';
    const { webhooks } = new Stripe('any');
    const notice = webhooks.constructEvent(text, signature, account.webhookSecret, 300, undefined, nowMs);
    expect(notice).toMatchObject(says);
  });
});
