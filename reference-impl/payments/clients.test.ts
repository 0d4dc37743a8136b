/** What Stripe's and WeChat Pay's answers come to; whatever is not provably about the order is unknown. */
import { verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { merchantPublicKey, signedByWechatPay, wechatPayConfig } from '../test-wechat-pay.ts';
import { clientOf } from './payment-client.ts';
import { type Answer, clientsAnswered, order } from './test-clients.ts';

test('an order whose provider is not configured any more is for a person', async () => {
  const { clients, sent } = clientsAnswered({}, {});
  const client = clientOf(clients, 'stripe');
  const notServed = { kind: 'unknown', isOurFault: true, reason: 'this role is not configured for stripe' };
  expect(await client.initiate(order, '', false)).toEqual(notServed);
  expect(await client.query({ id: 'ord_1', paymentNumber: 'pi_1' })).toEqual(notServed);
  expect(sent).toEqual([]);
});

describe('Stripe', () => {
  const config = { url: 'http://stripe.test', secretKey: 'sk', webhookSecret: '' };
  const intent = {
    id: 'pi_1',
    client_secret: 'pi_1_secret',
    amount: 1000,
    amount_received: 1000,
    currency: 'cny',
    status: 'succeeded',
    metadata: { order_no: 'ord_1' },
  };
  const error = (type: string, code = '') => ({ error: { type, ...(code && { code }) } });
  const initiated = async (answer: Answer) => {
    const { clients, sent } = clientsAnswered({ stripe: config }, answer);
    return { result: await clients.stripe?.initiate(order, 'http://unused', false), sent };
  };
  const queried = async (answer: Answer, paymentNumber: string | null = 'pi_1') => {
    const { clients, sent } = clientsAnswered({ stripe: config }, answer);
    return { result: await clients.stripe?.query({ id: 'ord_1', paymentNumber }), sent };
  };

  test('the order is the key and the metadata of its payment', async () => {
    const { result, sent } = await initiated({ body: intent });
    expect(result).toEqual({ kind: 'accepted', payBy: 'pi_1_secret', number: 'pi_1' });
    expect(sent).toMatchObject([
      {
        url: 'http://stripe.test/v1/payment_intents',
        method: 'POST',
        headers: { authorization: 'Bearer sk', 'idempotency-key': 'ord_1' },
      },
    ]);
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toMatchObject({
      amount: '1000',
      currency: 'cny',
      'metadata[order_no]': 'ord_1',
    });
  });

  test.each([
    { what: 'of another order', body: { ...intent, metadata: { order_no: 'ord_2' } } },
    { what: 'of another amount', body: { ...intent, amount: 1001 } },
    { what: 'in another currency', body: { ...intent, currency: 'usd' } },
    { what: 'without its secret', body: { ...intent, client_secret: null } },
  ])('an intent $what is not taken for ours', async ({ body }) => {
    expect((await initiated({ body })).result).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    {
      status: 400,
      body: error('invalid_request_error', 'amount_too_small'),
      expected: { kind: 'refused', code: 'amount_too_small' },
    },
    { status: 400, body: error('idempotency_error'), expected: { kind: 'unknown', isOurFault: true } },
    { status: 401, body: error('invalid_request_error'), expected: { kind: 'unknown', isOurFault: true } },
    { status: 409, body: error('idempotency_error', 'idempotency_key_in_use'), expected: { kind: 'unknown' } },
    { status: 429, body: error('rate_limit_error'), expected: { kind: 'unknown', isStrain: true } },
    { status: 500, body: error('api_error'), expected: { kind: 'unknown', isStrain: true } },
    { status: 502, body: '<html>', expected: { kind: 'unknown', isStrain: true } },
  ])('HTTP $status to an initiation means $expected', async ({ status, body, expected }) => {
    const { result } = await initiated({ status, body });
    expect(result).toMatchObject(expected);
    if (status === 409) expect(result).not.toHaveProperty('isOurFault');
  });

  test.each([
    { status: 'succeeded', expected: { kind: 'captured', tradeNo: 'pi_1', amountMinor: 1000n, currency: 'CNY' } },
    { status: 'canceled', expected: { kind: 'closed' } },
    { status: 'processing', expected: { kind: 'open' } },
    { status: 'requires_payment_method', expected: { kind: 'open' } },
  ])('an intent that is $status means $expected', async ({ status, expected }) => {
    expect((await queried({ body: { ...intent, status } })).result).toEqual(expected);
  });

  test.each([
    { what: 'without a status', body: { ...intent, status: undefined } },
    { what: 'with half a cent', body: { ...intent, amount_received: 10.5 } },
    { what: 'of another order', body: { ...intent, metadata: {} } },
  ])('an answer $what is unknown', async ({ body }) => {
    expect((await queried({ body })).result).toMatchObject({ kind: 'unknown' });
  });

  test('nobody can have paid what nobody was given to pay by', async () => {
    expect(await queried({ body: intent }, null)).toEqual({ result: { kind: 'open' }, sent: [] });
  });
});

describe('WeChat Pay', () => {
  const asked = async (answer: Answer, ask: 'initiate' | 'query') => {
    const { clients, sent } = clientsAnswered(
      { 'wechat-pay': wechatPayConfig },
      { headers: signedByWechatPay, ...answer },
    );
    const client = clients['wechat-pay'];
    const result =
      ask === 'initiate'
        ? client?.initiate(order, 'http://webhooks.test/webhooks/wechat-pay', false)
        : client?.query({ id: 'ord_1', paymentNumber: null });
    return { result: await result, sent };
  };
  const paid = {
    out_trade_no: 'ord_1',
    mchid: '190',
    trade_state: 'SUCCESS',
    transaction_id: '420',
    amount: { total: 1000, currency: 'CNY' },
  };

  test('the order is sent signed, its amount as whole fen', async () => {
    const { result, sent } = await asked({ body: { code_url: 'weixin://1' } }, 'initiate');
    expect(result).toEqual({ kind: 'accepted', payBy: 'weixin://1' });
    const { body = '', headers = {} } = sent[0] ?? {};
    expect(JSON.parse(body)).toMatchObject({
      appid: 'app',
      mchid: '190',
      out_trade_no: 'ord_1',
      notify_url: 'http://webhooks.test/webhooks/wechat-pay',
      amount: { total: 1000, currency: 'CNY' },
    });
    const claims = new Map(
      Array.from((headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g), ([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const text = `POST\n/v3/pay/transactions/native\n${claims.get('timestamp')}\n${claims.get('nonce_str')}\n${body}\n`;
    const signature = Buffer.from(claims.get('signature') ?? '', 'base64');
    expect(verify('sha256', Buffer.from(text), merchantPublicKey, signature)).toBe(true);
  });

  test.each([
    { status: 403, code: 'OUT_TRADE_NO_USED', expected: { kind: 'refused', code: 'OUT_TRADE_NO_USED' } },
    { status: 400, code: 'ORDER_CLOSED', expected: { kind: 'refused', code: 'ORDER_CLOSED' } },
    { status: 400, code: 'PARAM_ERROR', expected: { kind: 'unknown', isOurFault: true } },
    { status: 429, code: 'FREQUENCY_LIMITED', expected: { kind: 'unknown', isStrain: true } },
    { status: 500, code: 'SYSTEM_ERROR', expected: { kind: 'unknown', isStrain: true } },
  ])('$code to an initiation means $expected', async ({ status, code, expected }) => {
    expect((await asked({ status, body: { code } }, 'initiate')).result).toMatchObject(expected);
  });

  test('an order that is paid already is neither accepted nor refused', async () => {
    const { result } = await asked({ status: 400, body: { code: 'ORDERPAID' } }, 'initiate');
    expect(result).toMatchObject({ kind: 'unknown' });
    expect(result).not.toHaveProperty('isOurFault');
  });

  test.each([
    { body: paid, expected: { kind: 'captured', tradeNo: '420', amountMinor: 1000n, currency: 'CNY' } },
    { body: { ...paid, trade_state: 'NOTPAY' }, expected: { kind: 'open' } },
    { body: { ...paid, trade_state: 'CLOSED' }, expected: { kind: 'closed' } },
    { body: { ...paid, trade_state: 'REFUND' }, expected: { kind: 'unknown' } },
    { body: { ...paid, mchid: '191' }, expected: { kind: 'unknown' } },
    { body: { ...paid, out_trade_no: 'ord_2' }, expected: { kind: 'unknown' } },
    { body: { ...paid, amount: { total: '1000', currency: 'CNY' } }, expected: { kind: 'unknown' } },
    { status: 404, body: { code: 'ORDER_NOT_EXIST' }, expected: { kind: 'absent' } },
  ])('$body means $expected', async ({ status = 200, body, expected }) => {
    expect((await asked({ status, body }, 'query')).result).toMatchObject(expected);
  });

  test.each([
    { what: 'nobody signed', headers: () => ({}) },
    { what: 'was changed since', headers: (body: string) => signedByWechatPay(`${body} `) },
    {
      what: 'was signed long ago',
      headers: (body: string) => ({ ...signedByWechatPay(body), 'wechatpay-timestamp': '1' }),
    },
  ])('an answer that $what says nothing, not even that there is no order', async ({ headers }) => {
    for (const answer of [{ body: paid }, { status: 404, body: { code: 'ORDER_NOT_EXIST' } }]) {
      expect((await asked({ ...answer, headers }, 'query')).result).toMatchObject({ kind: 'unknown', isStrain: true });
    }
  });
});
