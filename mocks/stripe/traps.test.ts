/** Traps of stripe-node: each test shows what an integration that relies on it walks into. */
import { expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { noFaults } from '#harness/provider';
import { recordingDelivery } from '../test-ports.ts';
import { openMock, order } from './test-sdk.ts';

/** The genuine notice of a paid order, as it came, and the mock that sent it. */
const paidNotice = async () => {
  const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
  const mock = await openMock({ deliver });
  const hand = mock.provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T1', amountMinor: 8888n, webhookUrl: 'http://merchant.test/' });
  hand.deeds.pay?.('T1');
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(3);
  await mock.close();
  const genuine = sent.at(-1) ?? expect.unreachable();
  const secret = mock.provider.identity.webhookSecret ?? '';
  const construct = (body: string | Buffer, signature: string) =>
    mock.sdk.webhooks.constructEvent(body, signature, secret);
  return { genuine, hand, construct, text: Buffer.from(genuine.body).toString() };
};

test.each(['before', 'afterEffect'] as const)(
  'a call cut %s is sent a second time with maxNetworkRetries 0, under the same key that the SDK made up',
  async (cut) => {
    const mock = await openMock({ site: { ...noFaults, onCall: ({ nth }) => (nth === 1 ? cut : 'answer') } });
    const made = await mock.sdk.paymentIntents.create(order);
    expect(mock.provider.records().calls.map(({ outcome }) => outcome)).toEqual([cut, 200]);
    // Without the key that both carry there would be two payments after the second cut.
    expect(mock.provider.byHand?.orders()).toMatchObject([{ id: made.id }]);
    const { headers } = made.lastResponse;
    expect(headers['idempotency-key']).toMatch(/^stripe-node-retry-/);
    expect(headers['idempotent-replayed']).toBe(cut === 'before' ? undefined : 'true');
    await mock.close();
  },
);

test('a notice signed ten minutes ahead verifies: only the past is bounded', async () => {
  const { genuine, hand, construct } = await paidNotice();
  const { headers, body } = hand.tampers.future?.(genuine) ?? expect.unreachable();
  const signature = headers['Stripe-Signature'] ?? '';
  const [, timestamp = '0'] = /t=(\d+)/.exec(signature) ?? [];
  expect(Number(timestamp) - systemClock.nowMs() / 1_000).toBeGreaterThan(300);
  expect(construct(Buffer.from(body), signature).type).toBe('payment_intent.succeeded');
});

test('a notice that was parsed and written again verifies no longer', async () => {
  const { genuine, construct, text } = await paidNotice();
  const signature = genuine.headers['Stripe-Signature'] ?? '';
  expect(construct(text, signature).type).toBe('payment_intent.succeeded');
  expect(() => construct(JSON.stringify(JSON.parse(text)), signature)).toThrow('No signatures found matching');
});

test('one payment is told under several ids, so that an inbox by id alone does not see that they are one', async () => {
  const { genuine, text } = await paidNotice();
  const { id, type, data } = JSON.parse(text);
  expect({ id, type }).toEqual({ id: genuine.eventId, type: 'payment_intent.succeeded' });
  const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
  const mock = await openMock({ deliver });
  const hand = mock.provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T2', amountMinor: 8888n, webhookUrl: 'http://merchant.test/' });
  hand.deeds.checkout?.('T2');
  hand.deeds.pay?.('T2');
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(4);
  await mock.close();
  const told = sent.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  const success = told.filter(({ type: kind }) => /succeeded|completed/.test(kind));
  const payments = success.map(({ data: { object } }) => object.payment_intent ?? object.id);
  expect(new Set(success.map(({ id: one }) => one)).size).toBe(3);
  expect(new Set(payments).size).toBe(1);
  expect(data.object.object).toBe('payment_intent');
});
