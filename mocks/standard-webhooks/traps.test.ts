/** Traps of the official library: each test shows what a receiver that relies on it alone walks into. */
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { noFaults, type WebhookBytes, type WebhookFate } from '#harness/provider';
import { recordingDelivery, step } from '../test-ports.ts';
import { isSignedBy, ordered, verifiedBy } from './test-sdk.ts';

/** What comes of T1's payment when its notices meet `fate`, verified by the library. */
const told = async (fate: Partial<WebhookFate> = {}) => {
  const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
  const onWebhook = () => ({ lost: false, copiesAfterMs: [], ...fate });
  const opened = ordered({ deliver, site: { ...noFaults, onWebhook } });
  const verify = (webhook: WebhookBytes, secret = opened.identity.webhookSecret) =>
    verifiedBy(secret, webhook, opened.clock.nowMs());
  await step(opened.clock, 0);
  sent.length = 0;
  opened.hand.deeds.pay?.('T1');
  await step(opened.clock, 0);
  return { ...opened, sent, verify, genuine: sent[0] ?? expect.unreachable() };
};

test('a notice that comes twice verifies twice: remembering ids is left to the receiver', async () => {
  const { sent, verify } = await told({ copiesAfterMs: [0, 0] });
  expect(sent.map((webhook) => verify(webhook).type)).toEqual(Array(3).fill('payment.succeeded'));
  expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('one payment may be told under several ids, so that remembering them is not enough', async () => {
  const { sent, verify } = await told({ copiesAfterMs: [0], areCopiesRenumbered: true });
  expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  expect(new Set(sent.map((webhook) => verify(webhook).data.id)).size).toBe(1);
});

test('a notice that is verified a day later, as from a queue, is refused although it is genuine', async () => {
  const { clock, genuine, verify } = await told();
  await step(clock, 86_400_000);
  expect(() => verify(genuine)).toThrow('Message timestamp too old');
});

test('a body that was parsed and written again is refused', async () => {
  const { genuine, verify } = await told();
  const { headers, body } = genuine;
  const again = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString())));
  expect(() => verify({ headers, body: again })).toThrow('No matching signature found');
});

test('v1a alone is refused, although it is right: the library knows v1 only', async () => {
  const { genuine, verify, identity } = await told();
  const signatures = genuine.headers['webhook-signature']?.split(' ') ?? [];
  const asymmetric = signatures.filter((one) => one.startsWith('v1a,')).join(' ');
  const alone = { ...genuine, headers: { ...genuine.headers, 'webhook-signature': asymmetric } };
  expect(isSignedBy(identity.webhookPublicKey, alone)).toBe(true);
  expect(() => verify(alone)).toThrow('No matching signature found');
  expect(() => new Webhook(identity.webhookPublicKey ?? '')).toThrow('incorrect characters');
});

test('whoever looks at the first signature alone refuses all once the secret is replaced', async () => {
  const { sent, clock, hand, verify, identity } = await told();
  hand.deeds.rotate?.('T1');
  hand.deeds.refund?.('T1');
  await step(clock, 0);
  const genuine = sent.at(-1) ?? expect.unreachable();
  const [first = ''] = genuine.headers['webhook-signature']?.split(' ') ?? [];
  const shortened = { ...genuine, headers: { ...genuine.headers, 'webhook-signature': first } };
  expect(verify(genuine).type).toBe('payment.refunded');
  expect(() => verify(shortened)).toThrow('No matching signature found');
  expect(identity.webhookSecret).toMatch(/^whsec_/);
});

test('the whole text of the secret is no key, as it is with Stripe', async () => {
  const { genuine, identity } = await told();
  const raw = new Webhook(identity.webhookSecret ?? '', { format: 'raw' });
  const [id, seconds] = [genuine.headers['webhook-id'] ?? '', Number(genuine.headers['webhook-timestamp'])];
  const signature = raw.sign(id, new Date(seconds * 1_000), Buffer.from(genuine.body).toString());
  expect(genuine.headers['webhook-signature']).not.toContain(signature);
});
