/** Every way in which a webhook can be wrong, at every provider that sends some, as its SDK takes it. */
import { AlipaySdk } from 'alipay-sdk';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { noFaults, type OpenProvider, type OutgoingWebhook } from '#harness/provider';
import { isNoticeOfBank } from '../bank-transfer/test-sdk.ts';
import { providers } from '../index.ts';
import { verifiedBy } from '../standard-webhooks/test-sdk.ts';
import { clockAtNewYear, step, testPorts } from '../test-ports.ts';
import type { Behaviour } from './behaviour.ts';
import { openBehaviours } from './site.ts';

type Identity = OpenProvider['identity'];

/** Whether the SDK takes a webhook for one that the provider has just sent; throwing is refusing. */
type Judge = (identity: Identity, webhook: OutgoingWebhook, nowMs: number) => boolean | Promise<boolean>;

const textOf = ({ body }: OutgoingWebhook): string => Buffer.from(body).toString();

const byWechat: Judge = (identity, webhook) => {
  const [nonce = '', timestamp = '', signature = ''] = ['Nonce', 'Timestamp', 'Signature'].map(
    (name) => webhook.headers[`Wechatpay-${name}`],
  );
  const signed = Formatter.response(timestamp, nonce, textOf(webhook));
  if (!Rsa.verify(signed, signature, identity.platformPublicKey ?? '')) return false;
  const { ciphertext, nonce: iv, associated_data: aad } = JSON.parse(textOf(webhook)).resource;
  return Aes.AesGcm.decrypt(ciphertext, identity.apiV3Key ?? '', iv, aad).startsWith('{');
};

/** With the tampers that an SDK does not tell: what is left to whoever uses it. */
const judges: Readonly<Record<string, { readonly judge: Judge; readonly takes: readonly string[] }>> = {
  alipay: {
    judge: ({ appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' }, webhook) =>
      new AlipaySdk({ appId, privateKey, keyType: 'PKCS8', alipayPublicKey }).checkNotifySignV2(
        Object.fromEntries(new URLSearchParams(textOf(webhook))),
      ),
    takes: ['merchant'],
  },
  'bank-transfer': { judge: isNoticeOfBank, takes: ['merchant'] },
  'standard-webhooks': {
    judge: ({ webhookSecret }, webhook, nowMs) => verifiedBy(webhookSecret, webhook, nowMs).type !== '',
    takes: [],
  },
  stripe: {
    judge: ({ webhookSecret = '' }, webhook, nowMs) => {
      const { webhooks } = new Stripe('any');
      const signature = webhook.headers['Stripe-Signature'] ?? '';
      return webhooks.constructEvent(textOf(webhook), signature, webhookSecret, 300, undefined, nowMs).id !== '';
    },
    takes: ['future'],
  },
  'wechat-pay': { judge: byWechat, takes: ['time'] },
};

const openOf = (id: string) => (providers as Readonly<Record<string, (typeof providers)['alipay']>>)[id]?.open;

/** What a payment is told by while all webhooks meet `behaviour`, and what the SDK makes of it. */
const judged = async (id: string, judge: Judge, behaviour?: Behaviour): Promise<boolean> => {
  const clock = clockAtNewYear();
  const sent: { readonly webhook: OutgoingWebhook; readonly atMs: number }[] = [];
  const deliver = async (webhook: OutgoingWebhook) => {
    sent.push({ webhook, atMs: clock.nowMs() });
    return { status: 200, body: 'success' };
  };
  const behaviours = openBehaviours(noFaults);
  const ports = testPorts({ clock, wall: clock, deliver, site: behaviours.site });
  const provider = openOf(id)?.(ports) ?? expect.unreachable();
  const hand = provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T00001', amountMinor: 8888n, webhookUrl: 'http://merchant.test/webhooks' });
  await step(clock, 0);
  sent.length = 0;
  if (behaviour !== undefined) behaviours.add(behaviour, provider.failings);
  hand.deeds.pay?.('T00001');
  await step(clock, 0);
  if (sent.length === 0) await step(clock, 3_600_000); // a bank takes its time
  provider.stop();
  const { webhook, atMs } = sent[0] ?? expect.unreachable();
  const isTaken = async () => judge(provider.identity, webhook, atMs);
  return isTaken().catch(() => false);
};

test('every provider that takes payments stands here', () => {
  const payments = Object.values(providers).filter(({ serves }) => serves === 'payment');
  expect(Object.keys(judges).sort()).toEqual(payments.map(({ id }) => id).sort());
});

describe.each(Object.entries(judges))('%s', (id, { judge, takes }) => {
  const { falsehoods = [], tampers = [] } = openOf(id)?.(testPorts()).failings ?? {};

  test('a genuine webhook is taken', async () => {
    expect(await judged(id, judge)).toBe(true);
  });

  test.each(falsehoods)('so is one that says something false about its %s: it is signed', async (what) => {
    expect(await judged(id, judge, { does: 'webhook-false', what })).toBe(true);
  });

  test.each(tampers)('tampered with: %s', async (what) => {
    expect(await judged(id, judge, { does: 'webhook-tampered', what })).toBe(takes.includes(what));
  });

  test('half of one is refused', async () => {
    expect(await judged(id, judge, { does: 'webhook-partial' })).toBe(false);
  });
});
