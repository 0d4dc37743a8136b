/** The API around the notices: no vendor has it, so plain HTTP is its client. */
import { describe, expect, test } from 'vitest';
import { steppedClock } from '#harness/clock';
import { noFaults } from '#harness/provider';
import { openBehaviours } from '../behaviours/site.ts';
import { testPorts } from '../test-ports.ts';
import { standardWebhooks } from './index.ts';
import { keyLivesMs } from './quirks.ts';
import { openApi, order } from './test-sdk.ts';

const problemType = 'application/problem+json';

describe('payments', () => {
  test('wait, are paid by a buyer, and show what was captured', async () => {
    const site = { ...noFaults, onCapture: ({ amountMinor }: { amountMinor: bigint }) => amountMinor - 1n };
    const { ask, hand, provider } = await openApi({ site });
    const { status, type, fields } = await ask('POST /v1/payments', { body: order });
    const pending = { ...order, status: 'pending', captured_amount: null, refunded_amount: 0, paid_at: null };
    expect({ status, type, fields }).toMatchObject({ status: 201, type: 'application/json', fields: pending });
    hand.deeds.pay?.('T1');
    const read = await ask(`GET /v1/payments/${fields.id}`);
    expect(read).toMatchObject({ status: 200, fields: { status: 'succeeded', captured_amount: 8887, amount: 8888 } });
    expect((await ask('GET /v1/payments?reference=T1')).fields).toEqual({ data: [read.fields] });
    expect(provider.records().payments).toMatchObject([
      { id: fields.id, provider: 'standard-webhooks', reference: 'T1', amountMinor: 8887n, currency: 'USD' },
    ]);
  });

  test('are canceled once, and then their reference is free', async () => {
    const { ask, hand } = await openApi();
    const { fields } = await ask('POST /v1/payments', { body: order });
    const taken = await ask('POST /v1/payments', { body: { ...order, amount: 1 } });
    expect(taken).toMatchObject({ status: 409, fields: { title: 'A payment of this reference is waiting or paid' } });
    const path = `/v1/payments/${fields.id}`;
    expect((await ask(`POST ${path}/cancel`)).fields).toMatchObject({ status: 'canceled' });
    expect(await ask(`POST ${path}/cancel`)).toMatchObject({ status: 409, fields: { detail: 'canceled' } });
    expect(() => hand.deeds.pay?.('T1')).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
    expect(await ask('POST /v1/payments', { body: { ...order, amount: 1 } })).toMatchObject({ status: 201 });
    const { data } = (await ask('GET /v1/payments?reference=T1')).fields;
    expect(data).toMatchObject([{ status: 'canceled' }, { status: 'pending', amount: 1 }]);
  });

  test('are given back in parts, and never more than was captured', async () => {
    const { ask, hand } = await openApi();
    const { fields } = await ask('POST /v1/payments', { body: order });
    const refund = (amount?: number) =>
      ask(`POST /v1/payments/${fields.id}/refunds`, amount === undefined ? {} : { body: { amount } });
    expect(await refund(1)).toMatchObject({ status: 409, fields: { detail: 'pending' } });
    hand.deeds.pay?.('T1');
    const part = await refund(8_000);
    expect(part).toMatchObject({ status: 201, fields: { status: 'succeeded', refunded_amount: 8_000 } });
    expect(await refund(889)).toMatchObject({ status: 422, type: problemType, fields: { detail: '888' } });
    const rest = await refund();
    expect(rest.fields).toMatchObject({
      status: 'refunded',
      refunded_amount: 8_888,
      refunds: [{ amount: 8_000 }, { amount: 888 }],
    });
    expect(await refund()).toMatchObject({ status: 409, fields: { detail: 'refunded' } });
  });
});

describe('idempotency keys, as the draft has them', () => {
  const key = (text: string) => ({ headers: { 'idempotency-key': text } });

  test('give the first answer again, with and without quotes', async () => {
    const { ask, hand } = await openApi();
    const first = await ask('POST /v1/payments', { body: order, ...key('"a"') });
    hand.deeds.pay?.('T1');
    const again = await ask('POST /v1/payments', { body: order, ...key('a') });
    expect(again).toEqual(first);
    expect(hand.orders()).toHaveLength(1);
  });

  test('keep a refusal once work has begun, and none of a body that could not be read', async () => {
    const { ask } = await openApi();
    const unread = await ask('POST /v1/payments', { body: '{', ...key('a') });
    expect(unread).toMatchObject({ status: 400, fields: { title: 'The body is not a JSON object' } });
    const made = await ask('POST /v1/payments', { body: order, ...key('a') });
    const taken = await ask('POST /v1/payments', { body: order, ...key('b') });
    await ask(`POST /v1/payments/${made.fields.id}/cancel`);
    expect(await ask('POST /v1/payments', { body: order, ...key('b') })).toEqual(taken);
    expect(taken.status).toBe(409);
  });

  test('are forgotten after a day', async () => {
    const clock = steppedClock(0);
    const { ask, hand } = await openApi({ clock });
    const { fields } = await ask('POST /v1/payments', { body: order, ...key('a') });
    await ask(`POST /v1/payments/${fields.id}/cancel`);
    clock.advance(keyLivesMs + 1);
    expect((await ask('POST /v1/payments', { body: order, ...key('a') })).fields.id).not.toBe(fields.id);
    expect(hand.orders()).toHaveLength(2);
  });
});

describe('refusals', () => {
  test.each([
    { asked: 'POST /v1/payments', body: { ...order, reference: 'a b' }, detail: 'reference' },
    { asked: 'POST /v1/payments', body: { ...order, amount: 0 }, detail: 'amount' },
    { asked: 'POST /v1/payments', body: { ...order, amount: '8888' }, detail: 'amount' },
    { asked: 'POST /v1/payments', body: { ...order, amount: 88.88 }, detail: 'amount' },
    { asked: 'POST /v1/webhook-endpoints', body: { url: 'http://merchant.test/', types: ['x'] }, detail: 'types' },
  ])('$asked with $body: $detail is invalid', async ({ asked, body, detail }) => {
    const { ask } = await openApi();
    const refused = await ask(asked, { body });
    expect(refused).toMatchObject({ status: 422, type: problemType, fields: { status: 422, detail } });
  });

  test('none for the body of a GET, which has no meaning', async () => {
    const { provider } = await openApi();
    const headers = { authorization: `Bearer ${provider.identity.apiKey}` };
    const query = new URLSearchParams({ reference: 'T1' });
    const asked = { method: 'GET', path: '/v1/payments', query, rawQuery: query.toString(), headers };
    expect(provider.handle({ ...asked, body: Buffer.from('[') })).toMatchObject({ status: 200 });
  });

  test.each(['', 'Bearer', 'Basic x'])('%j is no key: 401', async (authorization) => {
    const { ask } = await openApi();
    expect(await ask('POST /v1/payments', { body: order, headers: { authorization } })).toMatchObject({ status: 401 });
  });
});

describe('misbehaviour', () => {
  const misbehaving = async () => {
    const behaviours = openBehaviours(noFaults);
    const api = await openApi({ site: behaviours.site });
    const created = () => api.ask('POST /v1/payments', { body: order, headers: { 'idempotency-key': 'a' } });
    return { behaviours, created, ...api };
  };

  test.each([
    { does: 'throttled', done: false, status: 429 },
    { does: 'unavailable', done: true, status: 500 },
    { does: 'unavailable', done: false, status: 500 },
    { does: 'failed-inside', done: false, status: 200 },
    { does: 'done-answer-lost', done: true, status: undefined },
    { does: 'sent-not-done', done: false, status: undefined },
  ] as const)('$does, done: $done; under its key the same call is safe', async ({ does, done, status }) => {
    const { behaviours, created, hand, provider } = await misbehaving();
    const asked = does.includes('-answer-') || does === 'sent-not-done' ? { does } : { does, done };
    behaviours.add(asked, provider.failings);
    const first = await created().catch(() => undefined);
    expect(first?.status).toBe(status);
    expect(hand.orders()).toHaveLength(done ? 1 : 0);
    expect(await created()).toMatchObject({ status: 201, fields: { status: 'pending' } });
    expect(hand.orders()).toHaveLength(1);
  });

  test('a query that lags shows the payment as it was', async () => {
    const clock = steppedClock(0);
    const { ask, hand } = await openApi({
      clock,
      site: {
        ...noFaults,
        onCall: ({ operation }) => (operation.startsWith('GET') ? { how: 'stale', lagMs: 5_000 } : 'answer'),
      },
    });
    const { fields } = await ask('POST /v1/payments', { body: order });
    const read = () => ask(`GET /v1/payments/${fields.id}`);
    expect(await read()).toMatchObject({ status: 404 });
    expect((await ask('GET /v1/payments?reference=T1')).fields).toEqual({ data: [] });
    clock.advance(5_000);
    hand.deeds.pay?.('T1');
    expect((await read()).fields).toMatchObject({ status: 'pending', captured_amount: null });
    clock.advance(5_000);
    hand.deeds.refund?.('T1');
    expect((await read()).fields).toMatchObject({ status: 'succeeded', refunded_amount: 0 });
  });

  test('an amount in an answer is changed, and nothing tells', async () => {
    const { ask, hand } = await openApi({
      site: { ...noFaults, onCall: () => ({ how: 'spoil', spoil: 'tampered', isDone: true }) },
    });
    expect((await ask('POST /v1/payments', { body: order })).fields.amount).toBe(98_888);
    expect(hand.orders()).toMatchObject([{ amountMinor: 8_888n }]);
  });
});

test('its failings are the ones that can be asked for', () => {
  const { failings } = standardWebhooks.open(testPorts());
  expect(failings.spoils).not.toContain('unsigned');
  expect(failings.queries).toEqual(['GET /v1/payments/{payment}', 'GET /v1/payments']);
});
