import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { type ForgedWebhook, type Forgery, noFaults, type ProviderPorts, type WebhookBytes } from '#harness/provider';
import { clockAtNewYear, recordingDelivery, step, testPorts } from '../test-ports.ts';
import { wechatPay } from './index.ts';
import { merchant, refundTakesMs, retryAfterS } from './quirks.ts';

const ordered = (given: Partial<ProviderPorts> = {}) => {
  const clock = clockAtNewYear();
  const provider = wechatPay.open(testPorts({ clock, wall: clock, ...given }));
  const hand = provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T00001', amountMinor: 8888n, webhookUrl: 'http://merchant.test/wechat' });
  return { clock, provider, hand };
};

/** What a careful receiver finds, by the SDK's own tools: is it signed, in time, for us, and what does it say? */
const received = ({ headers, body }: WebhookBytes, nowMs: number) => {
  const text = Buffer.from(body).toString();
  const [nonce = '', timestamp = '', serial = '', signature = ''] = ['Nonce', 'Timestamp', 'Serial', 'Signature'].map(
    (name) => headers[`Wechatpay-${name}`],
  );
  const { platformPublicKey = '' } = wechatPay.open(testPorts()).identity;
  const isKnown = serial === merchant.publicKeyId || serial === merchant.platformSerial;
  const isInTime = Math.abs(nowMs / 1_000 - Number(timestamp)) <= 300;
  const isSigned = isKnown && Rsa.verify(Formatter.response(timestamp, nonce, text), signature, platformPublicKey);
  const envelope = JSON.parse(text);
  const { ciphertext, nonce: iv, associated_data: aad } = envelope.resource;
  let says: Record<string, unknown> | undefined;
  try {
    says = JSON.parse(Aes.AesGcm.decrypt(ciphertext, merchant.apiV3Key, iv, aad));
  } catch {
    says = undefined; // not sealed for us, or changed since
  }
  return { envelope, serial, isInTime, isSigned, says };
};

describe('notices', () => {
  test('tell of a payment, signed for each way to verify, and open under the APIv3 key', async () => {
    const { sent, deliver } = recordingDelivery({ status: 204, body: '' });
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T00001');
    await step(clock, 0);
    const { envelope, serial, isInTime, isSigned, says } = received(sent[0] ?? expect.unreachable(), clock.nowMs());
    expect({ serial, isInTime, isSigned }).toEqual({ serial: merchant.publicKeyId, isInTime: true, isSigned: true });
    expect(envelope).toMatchObject({ event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource' });
    expect(envelope.id).toBe(sent[0]?.eventId);
    expect(envelope.id).toHaveLength(36);
    expect(envelope.create_time).toBe('2026-01-01T08:00:00+08:00');
    expect(says).toMatchObject({
      mchid: merchant.mchid,
      out_trade_no: 'T00001',
      trade_state: 'SUCCESS',
      transaction_id: provider.records().payments[0]?.id,
      amount: { total: 8888, payer_total: 8888, currency: 'CNY' },
    });
  });

  test('are tried at the documented times with one id, each with a signature of its own', async () => {
    const { sent, deliver } = recordingDelivery({ status: 500, body: '{"code":"FAIL"}' });
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T00001');
    for (const afterS of [0, ...retryAfterS]) await step(clock, afterS * 1_000);
    await step(clock, 100 * 3_600_000);
    const times = provider.records().deliveries.map(({ sentMs }) => (sentMs - 1_767_225_600_000) / 1_000);
    expect(times.slice(0, 6)).toEqual([0, 15, 30, 60, 240, 840]);
    expect(times).toHaveLength(16);
    expect(times.at(-1)).toBe(24 * 3_600 + 4 * 60);
    expect(new Set(sent.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['Wechatpay-Signature'])).size).toBe(16);
    expect(received(sent[15] ?? expect.unreachable(), clock.nowMs() - 100 * 3_600_000)).toMatchObject({
      isSigned: true,
      isInTime: true,
    });
  });

  test.each([
    { status: 200, body: '', attempts: 1 },
    { status: 204, body: '', attempts: 1 },
    { status: 200, body: '{"code":"FAIL"}', attempts: 1 },
    { status: 201, body: '', attempts: 16 },
    { status: 302, body: '', attempts: 16 },
    { status: 401, body: '', attempts: 16 },
    { status: 0, body: '', attempts: 16 },
  ])('$status $body leads to $attempts attempts', async ({ attempts, ...answer }) => {
    const { sent, deliver } = recordingDelivery(answer);
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T00001');
    for (const afterS of [0, ...retryAfterS]) await step(clock, afterS * 1_000);
    expect(sent).toHaveLength(attempts);
  });

  test.each([
    { deeds: ['pay', 'refund'], kind: 'REFUND.SUCCESS', status: 'SUCCESS' },
    { deeds: ['pay', 'block', 'refund'], kind: 'REFUND.ABNORMAL', status: 'ABNORMAL' },
  ])('tell how a refund ended: $kind, under the name refund_status', async ({ deeds, kind, status }) => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
    const { clock, hand } = ordered({ deliver });
    for (const deed of deeds) hand.deeds[deed]?.('T00001');
    await step(clock, 0);
    const { envelope, isSigned, says } = received(sent[1] ?? expect.unreachable(), clock.nowMs());
    expect({ isSigned, kind: envelope.event_type, type: envelope.resource.original_type }).toEqual({
      isSigned: true,
      kind,
      type: 'refund',
    });
    expect(says).toMatchObject({
      refund_status: status,
      out_trade_no: 'T00001',
      amount: { refund: 8888, total: 8888 },
    });
    expect(says).not.toHaveProperty('status');
    expect(hand.orders()).toMatchObject([{ status: 'REFUND', refundedMinor: 8888n }]);
    expect(refundTakesMs).toBeGreaterThan(0);
  });

  test('made up by the mock repeat under the same seed, but for what time decides', () => {
    const bodies = ['x', 'x'].map(() => {
      const { provider, hand } = ordered();
      return [hand.orders()[0]?.id, provider.identity.platformCertificate];
    });
    expect(bodies[0]).toEqual(bodies[1]);
  });
});

describe('what is not authentic', () => {
  test.each([
    { tamper: 'amount', isSigned: false, isInTime: true, opens: false },
    { tamper: 'key', isSigned: false, isInTime: true, opens: true },
    { tamper: 'merchant', isSigned: true, isInTime: true, opens: false },
    { tamper: 'order', isSigned: false, isInTime: true, opens: false },
    { tamper: 'probe', isSigned: false, isInTime: true, opens: true },
    { tamper: 'time', isSigned: true, isInTime: false, opens: true },
    { tamper: 'unsigned', isSigned: false, isInTime: false, opens: true },
  ])('$tamper: signed $isSigned, in time $isInTime, opens $opens', async ({ tamper, opens, ...looks }) => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
    const { clock, provider, hand } = ordered({ deliver });
    provider.pay?.('T00001');
    await step(clock, 0);
    const genuine = sent[0] ?? expect.unreachable();
    const found = received(hand.tampers[tamper]?.(genuine) ?? expect.unreachable(), clock.nowMs());
    expect({ isSigned: found.isSigned, isInTime: found.isInTime, opens: found.says !== undefined }).toEqual({
      ...looks,
      opens,
    });
    expect(found.envelope.id).toBe(genuine.eventId);
    expect(Object.keys(hand.tampers)).toContain(tamper);
  });

  const forgeries: readonly Forgery[] = [
    'unsigned',
    'foreign key',
    'changed amount',
    'changed order',
    'other merchant',
  ];

  test.each(forgeries)(
    '%s: a stranger tells of an unpaid order, under a number that nothing real has',
    async (forgery) => {
      const { sent, deliver } = recordingDelivery({ status: 401, body: '' });
      const plan: readonly ForgedWebhook[] = [{ forgery, since: 'ordered', afterMs: 20 }];
      const { clock, provider } = ordered({ deliver, site: { ...noFaults, onOrder: () => plan } });
      await step(clock, 20);
      const { isSigned, says } = received(sent[0] ?? expect.unreachable(), clock.nowMs());
      expect(isSigned && says !== undefined).toBe(false);
      expect(sent[0]?.forged).toMatchObject({ forgery, paymentId: expect.stringMatching(/^429/) });
      expect(provider.records().payments).toEqual([]);
      expect(provider.idle()).toBe(true);
    },
  );
});

test('the platform certificate is one, with the serial number that answers name', () => {
  const { platformCertificate = '', platformPublicKey = '' } = ordered().provider.identity;
  const certificate = new X509Certificate(platformCertificate);
  expect(certificate.serialNumber).toBe(merchant.platformSerial);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.export({ type: 'spki', format: 'pem' })).toBe(platformPublicKey);
});

test('what people do by hand is refused when the order’s state forbids it', () => {
  const { hand } = ordered();
  const notNow = expect.objectContaining({ code: 'not-in-this-state' });
  expect(() => hand.deeds.refund?.('T00001')).toThrow(notNow);
  hand.deeds.pay?.('T00001');
  hand.deeds.drain?.('T00001');
  expect(() => hand.deeds.refund?.('T00001')).toThrow('without funds');
  expect(() => hand.deeds.pay?.('T9')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
  const refused = expect.objectContaining({ code: 'order-refused' });
  const order = { reference: 'T00001', amountMinor: 1n, webhookUrl: '' };
  for (const wrong of [order, { ...order, reference: 'T1' }, { ...order, reference: 'T00002', amountMinor: 0n }]) {
    expect(() => hand.order(wrong)).toThrow(refused);
  }
  expect(() => hand.resend('T00001')).toThrow(expect.objectContaining({ code: 'nothing-to-resend' }));
});
