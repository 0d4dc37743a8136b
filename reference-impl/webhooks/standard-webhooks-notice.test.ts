/** What is believed of Standard Webhooks; the official library signs them. */
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { beginMs } from '../test-world.ts';
import { verifiedNotice } from './inlet.ts';
import { inletsIn } from './inlets.ts';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const oldSecret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const inletWith = (webhookSecret: string) =>
  inletsIn({ 'standard-webhooks': { url: '', apiKey: '', merchantId: 'mer_1', webhookSecret } })['standard-webhooks'];
const inlet = inletWith(secret) ?? expect.unreachable();

const data = {
  id: 'pay_1',
  merchant_id: 'mer_1',
  reference: 'ord_1',
  status: 'succeeded',
  captured_amount: 1000,
  currency: 'USD',
};
const paid = { type: 'payment.succeeded', timestamp: '2026-01-01T00:00:00.000Z', data };
const body = JSON.stringify(paid, null, 2);

const signed = (text: string, key = secret, id = 'msg_1'): string => new Webhook(key).sign(id, new Date(beginMs), text);

const judged = (text: string, changes: Readonly<Record<string, string>> = {}, atMs = beginMs) => {
  const headers = new Headers({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(beginMs / 1_000),
    'webhook-signature': signed(text),
    ...changes,
  });
  return verifiedNotice(inlet, { body: Buffer.from(text), headers, atMs });
};

test('a paid notice is read to the cent, and its number is in a header', () => {
  expect(judged(body)).toEqual({
    provider: 'standard-webhooks',
    eventId: 'msg_1',
    orderId: 'ord_1',
    tradeNo: 'pay_1',
    status: 'payment.succeeded',
    isPaid: true,
    amountMinor: 1000n,
    currency: 'USD',
  });
});

test('while the secret is rotated, and beside other schemes, one good signature is enough', () => {
  const signature = `${signed(body, oldSecret)} v1a,${Buffer.alloc(64).toString('base64')} ${signed(body)}`;
  expect(judged(body, { 'webhook-signature': signature })).toMatchObject({ eventId: 'msg_1' });
});

test.each([
  { what: 'no signature', changes: { 'webhook-signature': '' }, reason: 'malformed' },
  { what: 'no number', changes: { 'webhook-id': '' }, reason: 'malformed' },
  { what: 'another number than was signed', changes: { 'webhook-id': 'msg_2' }, reason: 'signature' },
  { what: 'another time than was signed', changes: { 'webhook-timestamp': '1767225601' }, reason: 'signature' },
  { what: 'the old secret alone', changes: { 'webhook-signature': signed(body, oldSecret) }, reason: 'signature' },
  {
    what: 'our signature under another scheme',
    changes: { 'webhook-signature': signed(body).replace('v1,', 'v1a,') },
    reason: 'signature',
  },
  { what: 'rubbish', changes: { 'webhook-signature': 'v1 v1,%%' }, reason: 'signature' },
])('$what is refused as $reason', ({ changes, reason }) => {
  expect(judged(body, changes)).toBe(reason);
});

test.each([
  { byMs: 300_000, reason: undefined },
  { byMs: 301_000, reason: 'timestamp' },
  { byMs: -301_000, reason: 'timestamp' },
])('a signature that is $byMs ms old is judged $reason', ({ byMs, reason }) => {
  const verdict = judged(body, {}, beginMs + byMs);
  expect(typeof verdict === 'string' ? verdict : undefined).toBe(reason);
});

test.each([
  { what: 'no JSON', text: 'paid!', expected: 'recipient' },
  {
    what: 'of another merchant',
    text: JSON.stringify({ ...paid, data: { ...data, merchant_id: 'mer_2' } }),
    expected: 'recipient',
  },
  {
    what: 'without our order',
    text: JSON.stringify({ ...paid, data: { ...data, reference: '' } }),
    expected: 'malformed',
  },
  {
    what: 'an amount that is no whole number',
    text: JSON.stringify({ ...paid, data: { ...data, captured_amount: '1000' } }),
    expected: expect.objectContaining({ isPaid: true, amountMinor: undefined }),
  },
  {
    what: 'a payment that is pending after all',
    text: JSON.stringify({ ...paid, data: { ...data, status: 'pending' } }),
    expected: expect.objectContaining({ isPaid: false }),
  },
  {
    what: 'another kind',
    text: JSON.stringify({ ...paid, type: 'payment.refunded' }),
    expected: expect.objectContaining({ isPaid: false }),
  },
])('signed, $what is never taken for a payment of ours', ({ text, expected }) => {
  expect(judged(text)).toEqual(expected);
});

test.each(['whsec_', 'whsec_c2hvcnQ=', 'whsec_%%%%'])(
  '%s is no secret, so that nothing is believed under it',
  (short) => {
    expect(() => inletWith(short)).toThrow('the secret of standard-webhooks');
  },
);
