/** SDKs at the vendors' own addresses, whose calls msw hands to the mocks: no socket, no other host. */
import { setupServer } from 'msw/node';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { noFaults } from '#harness/provider';
import { stripe } from '../stripe/index.ts';
import { order } from '../stripe/test-sdk.ts';
import { testPorts } from '../test-ports.ts';
import { wechatPay } from '../wechat-pay/index.ts';
import { axiosClient, orderOf } from '../wechat-pay/test-sdk.ts';
import { mswHandlers } from './msw.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

test('stripe-node makes a payment, and a call that is cut is sent again under its key', async () => {
  const provider = stripe.open(
    testPorts({ site: { ...noFaults, onCall: ({ nth }) => (nth === 1 ? 'afterEffect' : 'answer') } }),
  );
  server.use(...mswHandlers(provider, 'https://api.stripe.com'));
  const sdk = new Stripe(provider.identity.secretKey ?? '', { maxNetworkRetries: 1, telemetry: false });
  const made = await sdk.paymentIntents.create(order);
  expect(provider.records().calls.map(({ outcome }) => outcome)).toEqual(['afterEffect', 200]);
  expect(provider.byHand?.orders()).toMatchObject([{ id: made.id, status: 'requires_payment_method' }]);
});

test('wechatpay-axios-plugin makes an order and finds it, signatures verified both ways', async () => {
  const provider = wechatPay.open(testPorts());
  const url = 'https://api.mch.weixin.qq.com';
  server.use(...mswHandlers(provider, url));
  const client = axiosClient({ provider, url });
  const made = await client.call('post', 'v3/pay/transactions/native', { data: orderOf(client) });
  expect(made).toMatchObject({ status: 200, data: { code_url: expect.stringContaining('weixin://') } });
  const path = 'v3/pay/transactions/out-trade-no/T00001';
  const found = await client.call('get', path, { params: { mchid: client.mchid } });
  expect(found).toMatchObject({ status: 200, data: { trade_state: 'NOTPAY' } });
});
