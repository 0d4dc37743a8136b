import { expect, test } from 'vitest';
import { randomFrom } from '#harness/seed';
import { forgedNotice } from './forge.ts';
import { merchant } from './quirks.ts';
import { loadKeys, textToSign, verifyText } from './sign.ts';
import { openTrades } from './states.ts';
import { beijingTime, paidNotice } from './wire.ts';

const keys = loadKeys();
const order = { outTradeNo: 'order_1', amountMinor: 1003n, subject: 's', notifyUrl: 'http://a/', passbackParams: '' };
const opened = openTrades(randomFrom(1), beijingTime).precreate(order, 0);
const trade = typeof opened === 'string' ? expect.unreachable() : opened;

/** What a receiver has to check, all of it. */
const isAuthentic = (body: Uint8Array): boolean => {
  const fields = new Map(new URLSearchParams(Buffer.from(body).toString()));
  const isOurs = fields.get('app_id') === merchant.appId && fields.get('seller_id') === merchant.sellerId;
  return isOurs && verifyText(textToSign(fields, ['sign', 'sign_type']), fields.get('sign') ?? '', keys.gateway);
};

test('a real notice is authentic', () => {
  const paid = { ...trade, paid: { amountMinor: 1003n, atMs: 0 } };
  expect(isAuthentic(paidNotice(paid, 0, keys.gateway).body)).toBe(true);
});

test.each(['unsigned', 'foreign key', 'changed amount', 'other merchant'] as const)('%s: not authentic', (forgery) => {
  const { body, paymentId, eventId } = forgedNotice(trade, forgery, 1, 0, keys.gateway);
  expect(isAuthentic(body)).toBe(false);
  const fields = new URLSearchParams(Buffer.from(body).toString());
  expect(fields.get('out_trade_no')).toBe('order_1');
  expect(fields.get('trade_status')).toBe('TRADE_SUCCESS');
  expect([fields.get('trade_no'), fields.get('notify_id')]).toEqual([paymentId, eventId]);
  expect(paymentId).not.toBe(trade.tradeNo);
});

test('each forged notice claims a payment of its own', () => {
  const ids = [0, 1, 2].map((nth) => forgedNotice(trade, 'unsigned', nth, 0, keys.gateway).paymentId);
  expect(new Set(ids).size).toBe(3);
});
