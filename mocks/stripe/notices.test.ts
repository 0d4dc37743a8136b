import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { type ForgedWebhook, type Forgery, noFaults, type ProviderPorts, type WebhookBytes } from '#harness/provider';
import { clockAtNewYear, recordingDelivery, step, testPorts } from '../test-ports.ts';
import { stripe } from './index.ts';
import { account, retryAfterS } from './quirks.ts';
import { openMock, order } from './test-sdk.ts';

const url = 'http://merchant.test/stripe';
const ordered = (given: Partial<ProviderPorts> = {}) => {
  const clock = clockAtNewYear();
  const provider = stripe.open(testPorts({ clock, wall: clock, ...given }));
  const hand = provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T1', amountMinor: 8888n, webhookUrl: url });
  return { clock, provider, hand };
};
const sdk = new Stripe('any');

/** What the SDK makes of a notice that comes at `nowMs`, or why it refuses it. */
const constructed = ({ headers, body }: WebhookBytes, nowMs: number) => {
  const { webhooks } = sdk;
  const [text, signature] = [Buffer.from(body).toString(), headers['Stripe-Signature'] ?? ''];
  return webhooks.constructEvent(text, signature, account.webhookSecret, 300, undefined, nowMs);
};
const typeOf = ({ body }: WebhookBytes) => JSON.parse(Buffer.from(body).toString()).type;

describe('notices, judged by stripe-node', () => {
  test.each([
    { deeds: ['pay'], kinds: ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'] },
    { deeds: ['decline'], kinds: ['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed'] },
    { deeds: ['checkout', 'pay'], kinds: ['payment_intent.succeeded', 'checkout.session.completed'] },
    { deeds: ['checkout', 'expire'], kinds: ['checkout.session.expired'] },
    { deeds: ['pay', 'refund'], kinds: ['refund.created', 'charge.refunded'] },
    { deeds: ['pay', 'dispute'], kinds: ['charge.dispute.created'] },
  ])('$deeds is told as $kinds', async ({ deeds, kinds }) => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
    const { clock, hand } = ordered({ deliver });
    for (const deed of deeds) hand.deeds[deed]?.('T1');
    await step(clock, 0);
    expect(sent.map(typeOf).slice(-kinds.length)).toEqual(kinds);
    for (const webhook of sent) {
      const notice = constructed(webhook, clock.nowMs());
      expect(notice).toMatchObject({ id: webhook.eventId, object: 'event', livemode: false });
    }
  });

  test('are retried three times over a few hours under one id, each time signed anew', async () => {
    const { sent, deliver } = recordingDelivery({ status: 500, body: '' });
    const { clock } = ordered({ deliver });
    for (const afterS of [0, ...retryAfterS]) await step(clock, afterS * 1_000);
    expect(constructed(sent[3] ?? expect.unreachable(), clock.nowMs()).type).toBe('payment_intent.created');
    expect(() => constructed(sent[0] ?? expect.unreachable(), clock.nowMs())).toThrow('outside the tolerance zone');
    await step(clock, 100 * 3_600_000);
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(new Set(sent.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['Stripe-Signature'])).size).toBe(4);
  });

  test.each([
    { status: 200, attempts: 1 },
    { status: 299, attempts: 1 },
    { status: 302, attempts: 4 },
    { status: 404, attempts: 4 },
    { status: 0, attempts: 4 },
  ])('$status leads to $attempts attempts', async ({ status, attempts }) => {
    const { sent, deliver } = recordingDelivery({ status, body: 'whatever' });
    const { clock } = ordered({ deliver });
    for (const afterS of [0, ...retryAfterS]) await step(clock, afterS * 1_000);
    expect(sent).toHaveLength(attempts);
  });

  test('go to the endpoints that were made over the API, and only of the kinds that these want', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
    const mock = await openMock({ deliver });
    const made = await mock.sdk.webhookEndpoints.create({ url, enabled_events: ['payment_intent.succeeded'] });
    expect(made.secret).toBe(mock.provider.identity.webhookSecret);
    await mock.sdk.paymentIntents.create({ ...order, confirm: true, payment_method: 'pm_card_visa' });
    await expect.poll(() => mock.provider.idle(), { timeout: 30_000 }).toBe(true);
    expect(sent.map(typeOf)).toEqual(['payment_intent.succeeded']);
    await expect(mock.sdk.webhookEndpoints.create({ url: 'here', enabled_events: ['*'] })).rejects.toMatchObject({
      param: 'url',
    });
    await mock.close();
  });
});

describe('what is not authentic', () => {
  test.each([
    { tamper: 'amount', refusedFor: 'No signatures found matching' },
    { tamper: 'key', refusedFor: 'No signatures found matching' },
    { tamper: 'merchant', refusedFor: 'No signatures found matching' },
    { tamper: 'order', refusedFor: 'No signatures found matching' },
    { tamper: 'time', refusedFor: 'outside the tolerance zone' },
    { tamper: 'unsigned', refusedFor: 'No stripe-signature header' },
  ])('$tamper is refused by the SDK: $refusedFor', async ({ tamper, refusedFor }) => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
    const { clock, hand } = ordered({ deliver });
    hand.deeds.pay?.('T1');
    await step(clock, 0);
    const genuine = sent.at(-1) ?? expect.unreachable();
    const tampered = hand.tampers[tamper]?.(genuine) ?? expect.unreachable();
    expect(constructed(genuine, clock.nowMs()).type).toBe('payment_intent.succeeded');
    expect(() => constructed(tampered, clock.nowMs())).toThrow(refusedFor);
    expect(JSON.parse(Buffer.from(tampered.body).toString()).id).toBe(genuine.eventId);
    const isRewritten = Buffer.compare(tampered.body, genuine.body) !== 0;
    expect(isRewritten).toBe(['amount', 'merchant', 'order'].includes(tamper));
  });

  const forgeries: readonly Forgery[] = [
    'unsigned',
    'foreign key',
    'changed amount',
    'changed order',
    'other merchant',
  ];

  test.each(forgeries)(
    '%s: a stranger tells of an unpaid order, under an id that nothing real has',
    async (forgery) => {
      const { sent, deliver } = recordingDelivery({ status: 400, body: '' });
      const plan: readonly ForgedWebhook[] = [{ forgery, since: 'ordered', afterMs: 20 }];
      const { clock, provider } = ordered({ deliver, site: { ...noFaults, onOrder: () => plan } });
      await step(clock, 20);
      const forged = sent.find((webhook) => webhook.forged !== undefined) ?? expect.unreachable();
      expect(forged.forged).toMatchObject({ forgery, paymentId: expect.stringMatching(/^pi_9\d\d/) });
      expect(() => constructed(forged, clock.nowMs())).toThrow();
      expect(provider.records().payments).toEqual([]);
    },
  );
});

test('what people do by hand is refused when the payment forbids it', () => {
  const { hand } = ordered();
  const notNow = expect.objectContaining({ code: 'not-in-this-state' });
  for (const deed of ['refund', 'dispute', 'expire']) expect(() => hand.deeds[deed]?.('T1')).toThrow(notNow);
  hand.deeds.pay?.('T1');
  for (const deed of ['decline', 'checkout']) expect(() => hand.deeds[deed]?.('T1')).toThrow(notNow);
  hand.deeds.dispute?.('T1');
  expect(() => hand.deeds.refund?.('T1')).toThrow('disputed');
  expect(() => hand.deeds.pay?.('T9')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
  expect(() => hand.resend('T1')).toThrow(expect.objectContaining({ code: 'nothing-to-resend' }));
  const refused = expect.objectContaining({ code: 'order-refused' });
  const again = { reference: 'T1', amountMinor: 8889n, webhookUrl: '' };
  for (const wrong of [again, { ...again, reference: '' }, { ...again, reference: 'T2', amountMinor: 49n }]) {
    expect(() => hand.order(wrong)).toThrow(refused);
  }
  expect(hand.orders()).toMatchObject([{ reference: 'T1', status: 'disputed', currency: 'USD' }]);
});
