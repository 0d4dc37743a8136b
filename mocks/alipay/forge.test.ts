import { describe, expect, test } from 'vitest';
import { type ForgedWebhook, type Forgery, noFaults } from '#harness/provider';
import { randomFrom } from '#harness/seed';
import { verifyText } from '../rsa.ts';
import { clockAtNewYear, recordingDelivery, step } from '../test-ports.ts';
import { forgedNotice } from './forge.ts';
import { merchant } from './quirks.ts';
import { loadKeys, textToSign } from './sign.ts';
import { openTrades, type Trade } from './states.ts';
import { ask, order, ordered } from './test-calls.ts';
import { noticeId, noticeOf } from './wire.ts';

const keys = loadKeys();
const trades = openTrades(randomFrom(1));

/** All opened at the same moment, as on a clock that stands. */
const opened = (outTradeNo: string, amountMinor = 1003n): Trade => {
  const code = trades.precreate(
    { outTradeNo, amountMinor, subject: 's', notifyUrl: 'http://a/', passbackParams: '' },
    0,
  );
  return typeof code === 'string' ? expect.unreachable() : trades.scan(code, 0);
};

/** What a receiver has to look at: was it signed by Alipay, and is it for us? */
const looksOf = (body: Uint8Array) => {
  const fields = new Map(new URLSearchParams(Buffer.from(body).toString()));
  return {
    isSigned: verifyText(textToSign(fields, ['sign', 'sign_type']), fields.get('sign') ?? '', keys.gateway),
    isOurs: fields.get('app_id') === merchant.appId && fields.get('seller_id') === merchant.sellerId,
    claims: ['out_trade_no', 'total_amount', 'trade_status', 'trade_no', 'notify_id'].map((name) => fields.get(name)),
  };
};

test('a real notice passes both looks', () => {
  const paid = { ...opened('r0'), paid: { amountMinor: 1003n, atMs: 0 } };
  expect(looksOf(noticeOf(paid, 0, keys.gateway).body)).toMatchObject({ isSigned: true, isOurs: true });
});

const kinds: readonly (readonly [Forgery, { readonly isSigned: boolean; readonly isOurs: boolean }])[] = [
  ['unsigned', { isSigned: false, isOurs: true }],
  ['foreign key', { isSigned: false, isOurs: true }],
  ['changed amount', { isSigned: false, isOurs: true }],
  ['changed order', { isSigned: false, isOurs: true }],
  ['other merchant', { isSigned: true, isOurs: false }],
];

describe.each(kinds)('%s', (forgery, looks) => {
  test.each([1003n, 1n])('fails one look only, and claims an order of %s fen paid in full', (amountMinor) => {
    const { eventId, paymentId, encode } = forgedNotice(
      opened(`of_${amountMinor}`, amountMinor),
      { forgery, nth: 0 },
      0,
      keys,
    );
    const paidYuan = amountMinor === 1n ? '0.01' : '10.03';
    const claims = [`of_${amountMinor}`, paidYuan, 'TRADE_SUCCESS', paymentId, eventId];
    expect(looksOf(encode(0).body)).toEqual({ ...looks, claims });
  });
});

test('no number of a forged notice is that of another one, or of anything real', () => {
  const all = ['r1', 'r2', 'r3'].map((reference) => opened(reference));
  const forged = all.flatMap((trade) =>
    [0, 1, 19].map((nth) => forgedNotice(trade, { forgery: 'unsigned', nth }, 0, keys)),
  );
  const real = all.flatMap((trade) => [trade.tradeNo, noticeId({ ...trade, paid: { amountMinor: 1n, atMs: 0 } })]);
  const numbers = [...forged.flatMap(({ eventId, paymentId }) => [eventId, paymentId]), ...real];
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(new Set(numbers.map(({ length }) => length))).toEqual(new Set([28, 34]));
});

test('strangers write once an order is known and once it is paid, whether or not they are believed', async () => {
  const { sent, deliver } = recordingDelivery({ status: 401, body: 'failure' }, { status: 200, body: 'success' });
  const wall = clockAtNewYear();
  const plans: readonly ForgedWebhook[] = [
    { forgery: 'unsigned', since: 'ordered', afterMs: 20 },
    { forgery: 'other merchant', since: 'paid', afterMs: 5 },
  ];
  const { clock, provider } = ordered({ deliver, wall, site: { ...noFaults, onOrder: () => plans } });
  ask(provider, 'precreate', order); // the same order again
  expect(provider.idle()).toBe(false);
  await step(wall, 19);
  expect(sent.length).toBe(0);
  await step(wall, 1);
  expect(sent.map(({ forged }) => forged?.forgery)).toEqual(['unsigned']);
  provider.pay?.('T1');
  await step(wall, 5);
  await step(clock, 0);
  expect(sent.filter(({ forged }) => forged).map(({ forged }) => forged?.forgery)).toEqual([
    'unsigned',
    'other merchant',
  ]);
  expect(provider.idle()).toBe(true);
  const { deliveries, payments } = provider.records();
  expect(payments.map(({ id }) => id)).not.toContain(deliveries[0]?.forged?.paymentId);
  expect(deliveries[0]).toMatchObject({ reference: 'T1', attempt: 0, status: 401, acknowledged: false });
});
