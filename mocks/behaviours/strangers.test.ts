/** Whatever a mock was asked to do wrong, a call that nobody signed neither meets it nor moves money. */
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { randomFrom } from '#harness/seed';
import { type Json, mockAt } from '../client.ts';
import { providers } from '../index.ts';
import { serveMocks } from '../serve.ts';
import type { Behaviour } from './behaviour.ts';

const reference = 'STRANGE1';

const gatewayForm = (method: string, biz: object, sign: string): URLSearchParams =>
  new URLSearchParams({
    app_id: '2021000000000001',
    method,
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-01-01 00:00:00',
    version: '1.0',
    sign,
    biz_content: JSON.stringify(biz),
  });

/** Calls about the order, as its merchant could send them but for the signature or the key; '' is a query. */
const strangerCalls: Readonly<Record<string, readonly [path: string, body: string | URLSearchParams][]>> = {
  alipay: [
    ...['alipay.trade.precreate', 'alipay.trade.page.pay', 'alipay.trade.refund'].map(
      (method): [string, URLSearchParams] => [
        '/gateway.do',
        gatewayForm(
          method,
          {
            out_trade_no: reference,
            subject: 'top-up',
            total_amount: '88.88',
            refund_amount: '88.88',
            product_code: 'FAST_INSTANT_TRADE_PAY',
          },
          'bm8gc2lnbmF0dXJl',
        ),
      ],
    ),
    ['/v3/alipay/trade/precreate', JSON.stringify({ out_trade_no: reference, subject: 'x', total_amount: '88.88' })],
    ['/gateway.do', gatewayForm('alipay.trade.precreate', { out_trade_no: reference }, '')],
  ],
  'bank-transfer': [['/v1/accounts/DE52000000000000000003/transactions', '']],
  stripe: [
    ['/v1/payment_intents', new URLSearchParams({ amount: '8888', currency: 'usd', 'metadata[order_no]': reference })],
    ['/v1/refunds', new URLSearchParams({ 'metadata[order_no]': reference })],
  ],
  'standard-webhooks': [['/v1/payments', JSON.stringify({ reference, amount: 8888, currency: 'USD' })]],
  'wechat-pay': [
    ['/v3/pay/transactions/native', JSON.stringify({ out_trade_no: reference, amount: { total: 8888 } })],
    ['/v3/refund/domestic/refunds', JSON.stringify({ out_trade_no: reference, out_refund_no: 'R1' })],
  ],
};

const behaviours: readonly Behaviour[] = [
  { does: 'paid-before-answer', times: 9 },
  { does: 'done-twice', times: 9 },
  { does: 'done-late', afterMs: 1, times: 9 },
  { does: 'failed-inside', done: true, times: 9 },
];

test('every provider that takes payments stands here', () => {
  const payments = Object.values(providers).filter(({ serves }) => serves === 'payment');
  expect(Object.keys(strangerCalls).sort()).toEqual(payments.map(({ id }) => id).sort());
});

test.each(Object.entries(strangerCalls))(
  '%s: nobody pays, nothing is refunded, and no behaviour is used up',
  async (id, calls) => {
    const ports = { clock: systemClock, wall: systemClock, random: randomFrom('strangers') };
    const mocks = await serveMocks({ ...ports, only: [id] });
    onTestFinished(() => mocks.close());
    const { url } = mocks.description.providers[id] ?? expect.unreachable();
    const mock = mockAt(url);
    const made = await mock.ask('order', { reference, amount: '88.88', webhookUrl: '' });
    for (const behaviour of behaviours) {
      await mock.calm();
      await mock.behave(behaviour);
      for (const [path, body] of calls)
        await fetch(`${url}${path}`, body === '' ? {} : { method: 'POST', body }).catch(() => 'cut');
      await mock.step('1m');
      const { hits } = (await mock.misbehaviour()).behaviours[0] ?? expect.unreachable();
      expect({ behaviour, hits }).toEqual({ behaviour, hits: 0 });
      expect((await mock.ask('orders')).orders).toEqual([made.order]);
      expect(((await mock.ask('records')) as { payments: Json[] }).payments).toEqual([]);
    }
    const { calls: met } = (await mock.ask('records')) as { calls: Json[] };
    expect(met).toHaveLength(behaviours.length * calls.length);
  },
);
