import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noFaults, type ProviderPorts } from '#harness/provider';
import { type Opened, openMock, order, page } from './test-sdk.ts';

let mock: Opened;
const reopen = async (given: Partial<ProviderPorts> = {}) => {
  await mock.close();
  mock = await openMock(given);
};
beforeEach(async () => {
  mock = await openMock();
});
afterEach(() => mock.close());

/** Does something to an order by hand. */
const byHand = (deed: string, reference = 'T1') => mock.provider.byHand?.deeds[deed]?.(reference);

describe('payment intents, judged by stripe-node', () => {
  test('wait, are paid by a buyer, and show what was captured', async () => {
    await reopen({ site: { ...noFaults, onCapture: ({ amountMinor }) => amountMinor - 1n } });
    const made = await mock.sdk.paymentIntents.create(order);
    expect(made).toMatchObject({
      status: 'requires_payment_method',
      amount: 8888,
      latest_charge: null,
      livemode: false,
    });
    byHand('pay');
    const paid = await mock.sdk.paymentIntents.retrieve(made.id);
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 8887,
      latest_charge: expect.stringMatching(/^ch_/),
    });
    expect(mock.provider.records().payments).toMatchObject([
      { id: made.id, reference: 'T1', amountMinor: 8887n, currency: 'USD' },
    ]);
  });

  test('are confirmed with a card, at once or later', async () => {
    const at = await mock.sdk.paymentIntents.create({ ...order, confirm: true, payment_method: 'pm_card_visa' });
    expect(at.status).toBe('succeeded');
    const later = await mock.sdk.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    expect(later.status).toBe('requires_confirmation');
    expect((await mock.sdk.paymentIntents.confirm(later.id)).status).toBe('succeeded');
  });

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s is a card error, and the payment can be tried again', async (method, code, decline_code) => {
    const made = await mock.sdk.paymentIntents.create(order);
    const trying = mock.sdk.paymentIntents.confirm(made.id, { payment_method: method });
    await expect(trying).rejects.toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code });
    const declined = await mock.sdk.paymentIntents.retrieve(made.id);
    expect(declined).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code, decline_code } });
    expect((await mock.sdk.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' })).status).toBe(
      'succeeded',
    );
  });

  test.each(['alipay', 'wechat_pay'] as const)('by %s wait for the buyer', async (type) => {
    const asked = { ...order, confirm: true, payment_method_types: [type], payment_method_data: { type } };
    const made = await mock.sdk.paymentIntents.create(asked);
    expect(made).toMatchObject({ status: 'requires_action', payment_method_types: [type] });
    expect(made.next_action?.type).toContain(type);
    byHand('pay');
    expect((await mock.sdk.paymentIntents.retrieve(made.id)).status).toBe('succeeded');
  });

  test.each([
    'pm_card_threeDSecure2Required',
    'pm_card_authenticationRequired',
    'pm_card_createDispute',
    'pm_card_chargeCustomerFail',
    'xyz',
    'toString',
  ])('are not paid with %s, which the mock does not model or nobody knows', async (payment_method) => {
    const missing = { statusCode: 400, code: 'resource_missing', param: 'payment_method' };
    const asked = { ...order, confirm: true, payment_method };
    await expect(mock.sdk.paymentIntents.create(asked)).rejects.toMatchObject(missing);
    expect(mock.provider.byHand?.orders()).toEqual([]);
    const { id } = await mock.sdk.paymentIntents.create(order);
    await expect(mock.sdk.paymentIntents.confirm(id, { payment_method })).rejects.toMatchObject(missing);
    expect((await mock.sdk.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
    expect(mock.provider.records().payments).toEqual([]);
  });

  test('are not paid by data of a kind that the mock does not model', async () => {
    const asked = { ...order, confirm: true, payment_method_data: { type: 'paypal' as const } };
    const refused = { statusCode: 400, param: 'payment_method_data[type]' };
    await expect(mock.sdk.paymentIntents.create(asked)).rejects.toMatchObject(refused);
    expect(mock.provider.records().payments).toEqual([]);
  });

  test.each([
    { capture_method: 'manual' as const },
    { payment_method_options: { card: { capture_method: 'manual' as const } } },
    { application_fee_amount: 100 },
    { transfer_data: { destination: 'acct_1' } },
    { setup_future_usage: 'off_session' as const },
    { off_session: true },
  ])('are refused with %j, which would change what becomes of the money', async (change) => {
    const asking = mock.sdk.paymentIntents.create({ ...order, ...change });
    await expect(asking).rejects.toMatchObject({ statusCode: 400, code: 'parameter_unknown' });
    expect(mock.provider.byHand?.orders()).toEqual([]);
  });

  test('take what changes nothing about the money', async () => {
    const made = await mock.sdk.paymentIntents.create({
      ...order,
      metadata: { order_no: 'T1', customer: 'c1', capture_method: 'manual' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      capture_method: 'automatic_async',
      confirm: true,
      description: 'credit',
      expand: ['latest_charge'],
      off_session: false,
      payment_method: 'pm_card_mastercard',
      receipt_email: 'a@merchant.test',
      return_url: 'https://merchant.test/',
      statement_descriptor_suffix: 'CREDIT',
    });
    expect(made.status).toBe('succeeded');
  });

  test('that are canceled or paid stay so', async () => {
    const made = await mock.sdk.paymentIntents.create(order);
    expect((await mock.sdk.paymentIntents.cancel(made.id)).status).toBe('canceled');
    const within = { code: 'payment_intent_unexpected_state', payment_intent: { id: made.id } };
    await expect(mock.sdk.paymentIntents.cancel(made.id)).rejects.toMatchObject(within);
    expect(() => byHand('pay')).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
  });
});

describe('checkout sessions', () => {
  test('have no payment until the buyer pays on their page', async () => {
    const made = await mock.sdk.checkout.sessions.create(page);
    expect(made).toMatchObject({ status: 'open', payment_status: 'unpaid', amount_total: 8888, payment_intent: null });
    expect(made.url).toContain(made.id);
    const hidden = mock.provider.byHand?.orders()[0]?.id ?? '';
    await expect(mock.sdk.paymentIntents.retrieve(hidden)).rejects.toMatchObject({ code: 'resource_missing' });
    byHand('pay');
    const paid = await mock.sdk.checkout.sessions.retrieve(made.id);
    expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid', url: null, client_reference_id: 'T1' });
    const intent = await mock.sdk.paymentIntents.retrieve(String(paid.payment_intent));
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 8888 });
  });

  test('expire, after which nobody can pay', async () => {
    const made = await mock.sdk.checkout.sessions.create(page);
    expect((await mock.sdk.checkout.sessions.expire(made.id)).status).toBe('expired');
    expect(() => byHand('pay')).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
  });

  test('are refused when nothing is sold', async () => {
    const asking = mock.sdk.checkout.sessions.create({ ...page, line_items: [] });
    await expect(asking).rejects.toMatchObject({ code: 'parameter_missing', param: 'line_items' });
  });
});

describe('refunds', () => {
  const paid = async () => {
    const { id } = await mock.sdk.paymentIntents.create({ ...order, confirm: true, payment_method: 'pm_card_visa' });
    return id;
  };

  test('give back in parts, and never more than was paid', async () => {
    const payment_intent = await paid();
    const first = await mock.sdk.refunds.create({ payment_intent, amount: 8000, metadata: { why: 'broken' } });
    expect(first).toMatchObject({ status: 'succeeded', amount: 8000, metadata: { why: 'broken' } });
    expect(await mock.sdk.refunds.retrieve(first.id)).toMatchObject({ id: first.id });
    const tooMuch = mock.sdk.refunds.create({ payment_intent, amount: 889 });
    await expect(tooMuch).rejects.toMatchObject({
      param: 'amount',
      message: expect.stringMatching(/\(\$8\.89\).*\(\$8\.88\)/),
    });
    expect((await mock.sdk.refunds.create({ payment_intent })).amount).toBe(888);
    expect(() => byHand('refund')).toThrow('refund cannot be done to "T1", which is refunded');
    expect(mock.provider.byHand?.orders()).toMatchObject([{ refundedMinor: 8888n }]);
  });

  test('by charge, of one cent, and not of a charge that there is not', async () => {
    const { latest_charge } = await mock.sdk.paymentIntents.retrieve(await paid());
    expect((await mock.sdk.refunds.create({ charge: String(latest_charge), amount: 1 })).amount).toBe(1);
    const missing = { code: 'resource_missing', param: 'charge' };
    await expect(mock.sdk.refunds.create({ charge: 'ch_x' })).rejects.toMatchObject(missing);
  });
});

describe('refusals', () => {
  test.each([
    { change: { amount: -1 }, code: 'parameter_invalid_integer', param: 'amount' },
    { change: { currency: undefined }, code: 'parameter_missing', param: 'currency' },
  ])('$code of $param, for $change', async ({ change, ...refused }) => {
    const asking = mock.sdk.paymentIntents.create({ ...order, ...change } as typeof order);
    await expect(asking).rejects.toMatchObject(refused);
  });

  test.each([
    ['Basic', 200, (key: string) => Buffer.from(`${key}:`).toString('base64')],
    ['Basic', 401, () => Buffer.from('sk_wrong:').toString('base64')],
    ['Basic', 401, (key: string) => Buffer.from(`:${key}`).toString('base64')],
    ['Basic', 401, (key: string) => key],
    ['bearer', 200, (key: string) => key],
    ['Digest', 401, (key: string) => key],
  ])('%s is answered %i, as curl -u and SDKs without Bearer send the key', async (scheme, status, sent) => {
    const headers = { authorization: `${scheme} ${sent(mock.provider.identity.secretKey ?? '')}` };
    const answer = await fetch(`${mock.url}/v1/payment_intents`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ amount: '8888', currency: 'usd' }),
    });
    expect(answer.status).toBe(status);
    expect(mock.provider.records().payments).toEqual([]);
  });

  test('what there is not is named as its path has it', async () => {
    const missing = mock.sdk.paymentIntents.retrieve('pi_x');
    await expect(missing).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'intent' });
  });
});

describe('the list of notices', () => {
  test('is newest first, paged by cursor, and filtered by kind', async () => {
    for (const order_no of ['T1', 'T2', 'T3'])
      await mock.sdk.paymentIntents.create({ ...order, metadata: { order_no } });
    byHand('pay', 'T2');
    const all = await mock.sdk.events.list({ limit: 100 });
    expect(all.data.map(({ type }) => type)).toEqual([
      'payment_intent.succeeded',
      'charge.succeeded',
      ...Array(3).fill('payment_intent.created'),
    ]);
    const first = await mock.sdk.events.list({ limit: 2 });
    expect(first).toMatchObject({ has_more: true, data: all.data.slice(0, 2) });
    const rest = await mock.sdk.events.list({ limit: 3, starting_after: first.data[1]?.id ?? '' });
    expect(rest).toMatchObject({ has_more: false, data: all.data.slice(2) });
    const back = await mock.sdk.events.list({ limit: 1, ending_before: rest.data[0]?.id ?? '' });
    expect(back.data).toEqual([first.data[1]]);
    const both = await mock.sdk.events.list({ ending_before: rest.data[0]?.id ?? '' });
    expect(both).toMatchObject({ has_more: false, data: first.data });
    const paid = await mock.sdk.events.list({ type: 'payment_intent.succeeded' });
    expect(paid.data).toEqual([all.data[0]]);
    expect(await mock.sdk.events.retrieve(paid.data[0]?.id ?? '')).toEqual(all.data[0]);
    const walked: string[] = [];
    for await (const { id } of mock.sdk.events.list({ limit: 2 })) walked.push(id);
    expect(walked).toEqual(all.data.map(({ id }) => id));
  });
});
