import { AlipaySdk } from 'alipay-sdk';
import { describe, expect, test } from 'vitest';
import type { ByHand, OpenProvider } from '#harness/provider';
import { recordingDelivery, step } from '../test-ports.ts';
import { ask, order, ordered } from './test-calls.ts';

const acknowledgedDelivery = () => recordingDelivery({ status: 200, body: 'success' });

const handOf = ({ byHand }: OpenProvider): ByHand => byHand ?? expect.unreachable();

const judge = ({ identity: { appId = '', appPrivateKey = '', alipayPublicKey = '' } }: OpenProvider) =>
  new AlipaySdk({ appId, privateKey: appPrivateKey, keyType: 'PKCS8', alipayPublicKey });

const fieldsOf = (body: Uint8Array | undefined) =>
  Object.fromEntries(new URLSearchParams(Buffer.from(body ?? '').toString()));

describe('a trade that is closed', () => {
  test('after payment gives everything back, tells it in a notice of its own, and takes no more', async () => {
    const { sent, deliver } = acknowledgedDelivery();
    const { clock, provider } = ordered({ deliver });
    handOf(provider).deeds.pay?.('T1');
    await step(clock, 0);
    handOf(provider).deeds.refund?.('T1');
    await step(clock, 0);
    const fields = fieldsOf(sent[1]?.body);
    expect(fields).toMatchObject({
      trade_status: 'TRADE_CLOSED',
      total_amount: '10.00',
      refund_fee: '10.00',
      gmt_refund: '2026-01-01 08:00:00.000',
      gmt_payment: '2026-01-01 08:00:00',
    });
    expect(judge(provider).checkNotifySignV2(fields)).toBe(true);
    expect(sent[1]?.eventId).not.toBe(sent[0]?.eventId); // paid and refunded within the same second
    expect(ask(provider, 'query', { out_trade_no: 'T1' })).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(ask(provider, 'precreate', order)).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_CLOSE' });
    const notNow = expect.objectContaining({ code: 'not-in-this-state' });
    for (const deed of ['pay', 'refund', 'expire']) expect(() => handOf(provider).deeds[deed]?.('T1')).toThrow(notNow);
  });

  test('unpaid cannot be paid any more', async () => {
    const { sent, deliver } = acknowledgedDelivery();
    const { clock, provider } = ordered({ deliver });
    handOf(provider).deeds.scan?.('T1');
    handOf(provider).deeds.expire?.('T1');
    await step(clock, 0);
    const fields = fieldsOf(sent[0]?.body);
    expect(fields).toMatchObject({ trade_status: 'TRADE_CLOSED', total_amount: '10.00', receipt_amount: '0.00' });
    expect(fields).not.toHaveProperty('gmt_payment');
    expect(fields).not.toHaveProperty('refund_fee');
    expect(judge(provider).checkNotifySignV2(fields)).toBe(true);
    expect(() => provider.pay?.('T1')).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
    expect(provider.records().payments).toEqual([]);
  });
});

test('an order made by hand is one that the API knows, and its number keeps the amount that was scanned', () => {
  const { provider } = ordered();
  const hand = handOf(provider);
  hand.order({ reference: 'H1', amountMinor: 499n, webhookUrl: '' });
  hand.order({ reference: 'H1', amountMinor: 500n, webhookUrl: '' });
  hand.order({ reference: 'H1', amountMinor: 500n, webhookUrl: '' });
  hand.deeds.scan?.('H1');
  expect(ask(provider, 'query', { out_trade_no: 'H1' })).toMatchObject({ total_amount: '5.00' });
  const refused = expect.objectContaining({ code: 'order-refused' });
  expect(() => hand.order({ reference: 'H1', amountMinor: 501n, webhookUrl: '' })).toThrow(refused);
  expect(() => hand.order({ reference: 'H-2', amountMinor: 500n, webhookUrl: '' })).toThrow(refused);
  expect(hand.orders().map(({ reference }) => reference)).toEqual(['T1', 'H1']);
});

test('a merchant without money is one from the beginning, and no deed is done to a number that nobody knows', () => {
  const { provider } = ordered();
  const hand = handOf(provider);
  hand.deeds.drain?.('T1');
  hand.deeds.pay?.('T1');
  expect(() => hand.deeds.refund?.('T1')).toThrow('without funds');
  for (const deed of Object.values(hand.deeds))
    expect(() => deed('T9')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
});

test('the newest notice is sent once more under its number, and none where none was sent', async () => {
  const { sent, deliver } = acknowledgedDelivery();
  const { clock, provider } = ordered({ deliver });
  const hand = handOf(provider);
  expect(() => hand.resend('T1')).toThrow(expect.objectContaining({ code: 'nothing-to-resend' }));
  expect(() => hand.resend('T9')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
  hand.deeds.scan?.('T1');
  expect(() => hand.resend('T1')).toThrow(expect.objectContaining({ code: 'nothing-to-resend' }));
  hand.deeds.pay?.('T1');
  await step(clock, 0);
  hand.resend('T1');
  await step(clock, 0);
  expect(sent.map(({ attempt }) => attempt)).toEqual([1, 0]);
  expect(sent[1]?.eventId).toBe(sent[0]?.eventId);
});

test.each([
  { tamper: 'amount', verifies: false },
  { tamper: 'key', verifies: false },
  { tamper: 'merchant', verifies: true },
  { tamper: 'order', verifies: false },
  { tamper: 'unsigned', verifies: false },
])('a notice with another $tamper verifies: $verifies', async ({ tamper, verifies }) => {
  const { sent, deliver } = acknowledgedDelivery();
  const { clock, provider } = ordered({ deliver });
  handOf(provider).deeds.pay?.('T1');
  await step(clock, 0);
  const genuine = sent[0] ?? expect.unreachable();
  const fields = fieldsOf(handOf(provider).tampers[tamper]?.(genuine).body);
  expect(judge(provider).checkNotifySignV2(fieldsOf(genuine.body))).toBe(true);
  expect(judge(provider).checkNotifySignV2(fields)).toBe(verifies);
  expect(fields.notify_id).toBe(genuine.eventId);
  expect(fields.app_id === provider.identity.appId).toBe(tamper !== 'merchant');
});
