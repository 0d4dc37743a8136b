/** What the generic provider's answers come to; whatever is not provably about the order is unknown. */
import { expect, test } from 'vitest';
import { type Answer, clientsAnswered, order } from './test-clients.ts';

const config = { url: 'http://payments.test', apiKey: 'key', merchantId: 'mer_1', webhookSecret: '' };
const payment = {
  id: 'pay_1',
  merchant_id: 'mer_1',
  reference: 'ord_1',
  status: 'pending',
  amount: 1000,
  captured_amount: null,
  currency: 'CNY',
};
const paid = { ...payment, status: 'succeeded', captured_amount: 1000 };
const problem = (code: string) => ({ type: `https://payments.example/problems/${code}`, status: 0 });

const clientOf = (answer: Answer) => {
  const { clients, sent } = clientsAnswered({ 'standard-webhooks': config }, answer);
  return { client: clients['standard-webhooks'] ?? expect.unreachable(), sent };
};
const initiated = (answer: Answer) => clientOf(answer).client.initiate(order, 'http://unused', false);
const queried = (answer: Answer) => clientOf(answer).client.query({ id: 'ord_1', paymentNumber: null });

test('the order is the key and the reference of its payment', async () => {
  const { client, sent } = clientOf({ status: 201, body: payment });
  expect(await client.initiate(order, 'http://unused', false)).toEqual({ kind: 'accepted', payBy: 'pay_1' });
  expect(sent).toMatchObject([
    {
      url: 'http://payments.test/v1/payments',
      method: 'POST',
      headers: { authorization: 'Bearer key', 'idempotency-key': '"ord_1"' },
      body: '{"reference":"ord_1","amount":1000,"currency":"CNY"}',
    },
  ]);
});

test.each([
  { what: 'of another order', body: { ...payment, reference: 'ord_2' } },
  { what: 'of another merchant', body: { ...payment, merchant_id: 'mer_2' } },
  { what: 'of another amount', body: { ...payment, amount: 1001 } },
  { what: 'in another currency', body: { ...payment, currency: 'USD' } },
  { what: 'without its number', body: { ...payment, id: null } },
  { what: 'that is a problem, although it is no refusal', body: problem('internal-error') },
])('an answer $what is not taken for ours', async ({ body }) => {
  expect(await initiated({ body })).toMatchObject({ kind: 'unknown' });
});

test.each([
  { status: 400, body: problem('key-missing'), expected: { kind: 'unknown', isOurFault: true } },
  { status: 401, body: problem('unauthorized'), expected: { kind: 'unknown', isOurFault: true } },
  { status: 422, body: problem('invalid-field'), expected: { kind: 'refused', code: 'invalid-field' } },
  { status: 422, body: problem('key-reused'), expected: { kind: 'unknown', isOurFault: true } },
  { status: 422, body: { message: 'blocked' }, expected: { kind: 'unknown', isOurFault: true } },
  { status: 429, body: problem('too-many-requests'), expected: { kind: 'unknown', isStrain: true } },
  { status: 500, body: problem('internal-error'), expected: { kind: 'unknown', isStrain: true } },
  { status: 502, body: '<html>', expected: { kind: 'unknown', isStrain: true } },
])('HTTP $status to an initiation means $expected', async ({ status, body, expected }) => {
  expect(await initiated({ status, body })).toMatchObject(expected);
});

test.each(['key-in-use', 'reference-taken'])(
  '%s is nobody’s fault, and leaves open what became of it',
  async (code) => {
    const result = await initiated({ status: 409, body: problem(code) });
    expect(result).toEqual({ kind: 'unknown', reason: `HTTP 409 ${code}` });
  },
);

test.each([
  { data: [], expected: { kind: 'absent' } },
  { data: [payment], expected: { kind: 'open' } },
  { data: [{ ...payment, status: 'declined' }], expected: { kind: 'closed' } },
  { data: [{ ...payment, status: 'canceled' }, payment], expected: { kind: 'open' } },
  {
    data: [{ ...payment, status: 'declined' }, paid],
    expected: { kind: 'captured', tradeNo: 'pay_1', amountMinor: 1000n, currency: 'CNY' },
  },
])('payments $data mean $expected', async ({ data, expected }) => {
  expect(await queried({ body: { data } })).toEqual(expected);
});

test.each([
  { what: 'of no list', body: {} },
  { what: 'of something else', body: { data: ['pay_1'] } },
  { what: 'with half a fen', body: { data: [{ ...paid, captured_amount: 10.5 }] } },
  { what: 'of money given back', body: { data: [{ ...paid, status: 'refunded' }] } },
  { what: 'of another order beside ours', body: { data: [paid, { ...payment, reference: 'ord_2' }] } },
  { what: 'of another merchant', body: { data: [{ ...paid, merchant_id: 'mer_2' }] } },
])('an answer $what is unknown', async ({ body }) => {
  expect(await queried({ body })).toMatchObject({ kind: 'unknown' });
});
