/** What is believed of Stripe's and WeChat Pay's webhooks, and what is not; other providers have files of their own. */
import { createCipheriv, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sealTakenForSignature } from '../defects/seal-taken-for-signature.ts';
import { signedByWechatPay, wechatPayConfig } from '../test-wechat-pay.ts';
import { beginMs } from '../test-world.ts';
import { type Delivered, verifiedNotice } from './inlet.ts';
import { inletsIn } from './inlets.ts';

const seconds = beginMs / 1_000;

describe('Stripe', () => {
  const secret = 'whsec_ours';
  const inlet = inletsIn({ stripe: { url: '', secretKey: '', webhookSecret: secret } }).stripe;
  const intent = {
    id: 'pi_1',
    object: 'payment_intent',
    amount_received: 1000,
    currency: 'usd',
    metadata: { order_no: 'ord_1' },
  };
  const notice = { id: 'evt_1', object: 'event', type: 'payment_intent.succeeded', data: { object: intent } };
  const v1 = (body: string, key = secret, t = seconds): string =>
    createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
  const delivered = (body: string, signature: string, when = beginMs): Delivered => ({
    body: Buffer.from(body),
    headers: new Headers(signature === '' ? {} : { 'stripe-signature': signature }),
    atMs: when,
  });
  const judged = (webhook: Delivered) => inlet && verifiedNotice(inlet, webhook);
  const body = JSON.stringify(notice, null, 2);

  test('a paid notice is read to the cent', () => {
    expect(judged(delivered(body, `t=${seconds},v1=${v1(body)}`))).toEqual({
      provider: 'stripe',
      eventId: 'evt_1',
      orderId: 'ord_1',
      tradeNo: 'pi_1',
      status: 'payment_intent.succeeded',
      isPaid: true,
      amountMinor: 1000n,
      currency: 'USD',
    });
  });

  test('while the secret is rolled, one good signature of several is enough', () => {
    const signatures = `t=${seconds},v1=${v1(body, 'whsec_old')},v1=${v1(body)},v0=00`;
    expect(judged(delivered(body, signatures))).toMatchObject({ eventId: 'evt_1' });
  });

  test.each([
    { what: 'no signature', signature: '', reason: 'malformed' },
    { what: 'two times', signature: `t=${seconds},t=${seconds},v1=${v1(body)}`, reason: 'malformed' },
    { what: 'only the old scheme', signature: `t=${seconds},v0=${v1(body)}`, reason: 'malformed' },
    { what: 'the secret of somebody else', signature: `t=${seconds},v1=${v1(body, 'whsec_2')}`, reason: 'signature' },
    { what: 'another time than was signed', signature: `t=${seconds + 1},v1=${v1(body)}`, reason: 'signature' },
    { what: 'rubbish', signature: `t=${seconds},v1=zz`, reason: 'signature' },
  ])('$what is refused as $reason', ({ signature, reason }) => {
    expect(judged(delivered(body, signature))).toBe(reason);
  });

  test.each([
    { byMs: 300_000, reason: undefined },
    { byMs: 301_000, reason: 'timestamp' },
    { byMs: -301_000, reason: 'timestamp' },
  ])('a signature that is $byMs ms old is judged $reason', ({ byMs, reason }) => {
    const verdict = judged(delivered(body, `t=${seconds},v1=${v1(body)}`, beginMs + byMs));
    expect(typeof verdict === 'string' ? verdict : undefined).toBe(reason);
  });

  test.each([
    { what: 'no JSON', text: 'paid!', expected: 'malformed' },
    { what: 'another object', text: JSON.stringify({ ...notice, object: 'list' }), expected: 'malformed' },
    {
      what: 'a payment without our order',
      text: JSON.stringify({ ...notice, data: { object: { ...intent, metadata: {} } } }),
      expected: 'malformed',
    },
    {
      what: 'an amount that is no whole number',
      text: JSON.stringify({ ...notice, data: { object: { ...intent, amount_received: 10.5 } } }),
      expected: expect.objectContaining({ isPaid: true, amountMinor: undefined }),
    },
    {
      what: 'another kind',
      text: JSON.stringify({ ...notice, type: 'charge.succeeded', data: { object: { id: 'ch_1', object: 'charge' } } }),
      expected: expect.objectContaining({ isPaid: false, orderId: '' }),
    },
  ])('signed, $what is never taken for a payment', ({ text, expected }) => {
    expect(judged(delivered(text, `t=${seconds},v1=${v1(text)}`))).toEqual(expected);
  });
});

describe('WeChat Pay', () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const inlet = inletsIn({ 'wechat-pay': wechatPayConfig })['wechat-pay'];
  const payment = {
    appid: 'app',
    mchid: '190',
    out_trade_no: 'ord_1',
    transaction_id: '420',
    trade_state: 'SUCCESS',
    amount: { total: 1000, currency: 'CNY' },
  };
  const sealed = (plain: object, key = wechatPayConfig.apiV3Key): Record<string, string> => {
    const cipher = createCipheriv('aes-256-gcm', key, 'nonce-of-12-').setAAD(Buffer.from('transaction'));
    const bytes = Buffer.concat([cipher.update(JSON.stringify(plain)), cipher.final(), cipher.getAuthTag()]);
    return { ciphertext: bytes.toString('base64'), nonce: 'nonce-of-12-', associated_data: 'transaction' };
  };
  const envelope = (resource: object, kind = 'TRANSACTION.SUCCESS'): string =>
    JSON.stringify({ id: 'notice-1', event_type: kind, resource });
  const headersFor = (body: string, key?: KeyObject, changes: Record<string, string> = {}): Headers =>
    new Headers({ ...signedByWechatPay(body, key), ...changes });
  const judged = (body: string, headers = headersFor(body), when = beginMs) =>
    inlet && verifiedNotice(inlet, { body: Buffer.from(body), headers, atMs: when });
  const body = envelope(sealed(payment));

  test('a paid notice is read to the fen', () => {
    expect(judged(body)).toEqual({
      provider: 'wechat-pay',
      eventId: 'notice-1',
      orderId: 'ord_1',
      tradeNo: '420',
      status: 'TRANSACTION.SUCCESS',
      isPaid: true,
      amountMinor: 1000n,
      currency: 'CNY',
    });
  });

  test.each([
    { what: 'no signature', headers: new Headers(), reason: 'malformed' },
    { what: 'the key of a stranger', headers: headersFor(body, stranger), reason: 'signature' },
    {
      what: 'another serial',
      headers: headersFor(body, undefined, { 'wechatpay-serial': 'PUB_KEY_ID_2' }),
      reason: 'signature',
    },
    {
      what: 'a probe',
      headers: headersFor(body, undefined, { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abc' }),
      reason: 'probe',
    },
  ])('$what is refused as $reason', ({ headers, reason }) => {
    expect(judged(body, headers)).toBe(reason);
  });

  test.each([301_000, -301_000])('a signature %i ms from now is refused', (byMs) => {
    expect(judged(body, headersFor(body), beginMs + byMs)).toBe('timestamp');
  });

  test.each([
    { what: 'sealed for another merchant', text: envelope(sealed(payment, 'f'.repeat(32))), reason: 'recipient' },
    { what: 'about another app', text: envelope(sealed({ ...payment, appid: 'other' })), reason: 'app_id' },
    { what: 'about another merchant', text: envelope(sealed({ ...payment, mchid: 'other' })), reason: 'seller_id' },
    { what: 'without its order', text: envelope(sealed({ ...payment, out_trade_no: '' })), reason: 'malformed' },
  ])('genuine but $what is refused as $reason', ({ text, reason }) => {
    expect(judged(text)).toBe(reason);
  });

  test('a bit that was turned inside the seal is noticed', () => {
    const { ciphertext = '', ...rest } = sealed(payment);
    const bytes = Buffer.from(ciphertext, 'base64');
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    expect(judged(envelope({ ...rest, ciphertext: bytes.toString('base64') }))).toBe('recipient');
  });

  test('opened without its tag it says what the bits were turned to: only tag or signature tell', () => {
    const { ciphertext = '', ...rest } = sealed(payment);
    const bytes = Buffer.from(ciphertext, 'base64');
    const at = JSON.stringify(payment).indexOf('1000');
    bytes[at] = (bytes[at] ?? 0) ^ 0x31 ^ 0x39;
    const turned = Buffer.from(envelope({ ...rest, ciphertext: bytes.toString('base64') }));
    const delivered = { body: turned, headers: headersFor(body), atMs: beginMs };
    const { unseal, authenticate } = sealTakenForSignature.parts;
    const careless = inletsIn({ 'wechat-pay': wechatPayConfig }, unseal)['wechat-pay'];
    expect(careless && authenticate(careless, delivered)).toMatchObject({ orderId: 'ord_1', amountMinor: 9000n });
    expect(careless && verifiedNotice(careless, delivered)).toBe('signature');
    expect(inlet && authenticate(inlet, delivered)).toBe('recipient');
  });

  test('a refund is no payment', () => {
    const { appid: _, trade_state: __, ...refund } = payment;
    expect(judged(envelope(sealed(refund), 'REFUND.SUCCESS'))).toMatchObject({ isPaid: false });
  });
});
