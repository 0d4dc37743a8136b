/** What Stripe refuses, operation by operation, as stripe-node shows it. */
import Stripe from 'stripe';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { noFaults, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { type Refusing, testRefusals } from '../test-refusals.ts';
import { stripeContract } from './contract.ts';
import { expiredCard, genericDecline, incorrectCvc, operations, processingError, refusals } from './quirks.ts';
import { clientOf, type Opened, openMock, order, page } from './test-sdk.ts';

/** A refused call: how stripe-node showed it, and the mock that refused it. */
interface Shown {
  readonly code: string;
  readonly told: string;
  readonly provider: OpenProvider;
}

const opened = async (given: Partial<ProviderPorts> = {}): Promise<Opened> => {
  const mock = await openMock(given);
  onTestFinished(mock.close);
  return mock;
};

/** A message of the contract, in which `…` stands for anything. */
const wordsOf = (message: string): RegExp => new RegExp(`^${message.split('…').map(RegExp.escape).join('.+')}$`);

/** As what stripe-node shows a refusal, by its status and type; that it has no class for a key in use is a trap. */
const classes: Readonly<Record<string, string>> = {
  '400 idempotency_error': 'StripeIdempotencyError',
  '400 invalid_request_error': 'StripeInvalidRequestError',
  '401 invalid_request_error': 'StripeAuthenticationError',
  '402 card_error': 'StripeCardError',
  '404 invalid_request_error': 'StripeInvalidRequestError',
  '409 idempotency_error': 'StripeAPIError',
  '429 invalid_request_error': 'StripeRateLimitError',
};

/** The refusal of `call`: one of the contract by code, status and words, and of the right class. */
const shownBy = async ({ provider }: Opened, call: Promise<unknown>): Promise<Shown> => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error('Stripe did not refuse it', { cause: error });
  const code = [error.rawType, error.code].filter((one) => one !== undefined).join(' ');
  const row = stripeContract.errors.find(
    (one) => one.code === code && one.status === error.statusCode && wordsOf(one.message).test(error.message),
  );
  expect(row, `${code}: ${error.message}`).toBeDefined();
  expect(error).toMatchObject({ type: classes[`${error.statusCode} ${error.rawType}`] });
  return { code, told: `${error.statusCode} ${error.message}`, provider };
};

/** A cell: what is refused of all that `ask` asks of a new mock is the last. */
const asking = (ask: (mock: Opened) => Promise<unknown>) => async (): Promise<Shown> => {
  const mock = await opened();
  return shownBy(mock, ask(mock));
};

/** What a caller sends instead, which the types of the SDK may forbid. */
const changed = <T extends object>(fields: T, change: object): T => ({ ...fields, ...change });

type Call = (sdk: Stripe, id: string, options?: Stripe.RequestOptions) => Promise<unknown>;

/** Each operation about what is called `id`, of lists what comes after it. */
const calls: Readonly<Record<string, Call>> = {
  [operations.createIntent]: (sdk, _, options) => sdk.paymentIntents.create(order, options),
  [operations.readIntent]: (sdk, id, options) => sdk.paymentIntents.retrieve(id, {}, options),
  [operations.confirmIntent]: (sdk, id, options) => sdk.paymentIntents.confirm(id, {}, options),
  [operations.cancelIntent]: (sdk, id, options) => sdk.paymentIntents.cancel(id, {}, options),
  [operations.createSession]: (sdk, _, options) => sdk.checkout.sessions.create(page, options),
  [operations.readSession]: (sdk, id, options) => sdk.checkout.sessions.retrieve(id, {}, options),
  [operations.expireSession]: (sdk, id, options) => sdk.checkout.sessions.expire(id, {}, options),
  [operations.createRefund]: (sdk, id, options) => sdk.refunds.create({ payment_intent: id }, options),
  [operations.readRefund]: (sdk, id, options) => sdk.refunds.retrieve(id, {}, options),
  [operations.listNotices]: (sdk, id, options) => sdk.events.list({ starting_after: id }, options),
  [operations.readNotice]: (sdk, id, options) => sdk.events.retrieve(id, {}, options),
  [operations.createEndpoint]: (sdk, _, options) =>
    sdk.webhookEndpoints.create({ url: 'https://merchant.test/', enabled_events: ['*'] }, options),
  [operations.listBalance]: (sdk, id, options) => sdk.balanceTransactions.list({ ending_before: id }, options),
  [operations.readBalance]: (sdk, id, options) => sdk.balanceTransactions.retrieve(id, {}, options),
  [operations.createClock]: (sdk, _, options) => sdk.testHelpers.testClocks.create({ frozen_time: 1_000 }, options),
  [operations.listClocks]: (sdk, id, options) => sdk.testHelpers.testClocks.list({ starting_after: id }, options),
  [operations.readClock]: (sdk, id, options) => sdk.testHelpers.testClocks.retrieve(id, {}, options),
  [operations.advanceClock]: (sdk, id, options) =>
    sdk.testHelpers.testClocks.advance(id, { frozen_time: 2_000 }, options),
  [operations.deleteClock]: (sdk, id, options) => sdk.testHelpers.testClocks.del(id, {}, options),
  unknown: (sdk, _, options) => sdk.rawRequest('POST', '/v1/none', {}, options),
};

/** Operations that make something out of nothing: there is no id that could be unknown. */
const aboutNothing: readonly string[] = [
  operations.createIntent,
  operations.createSession,
  operations.createEndpoint,
  operations.createClock,
  'unknown',
];

const key = { idempotencyKey: 'order-T1' };

/** Calls while the answer to the call `first` under the same key is held back. */
const whileHeld = async (first: Call, call: Call): Promise<Shown> => {
  const [came, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let count = 0;
  const onCall = () => {
    came.resolve();
    count += 1;
    return count === 1 ? ({ how: 'slow', afterMs: 1 } as const) : 'answer';
  };
  const after = (_: number, run: () => void) => {
    void left.promise.then(run);
    return () => {};
  };
  const mock = await opened({ site: { ...noFaults, onCall }, wall: { ...systemClock, after } });
  const answered = first(mock.sdk, 'none', key).catch(() => undefined);
  await came.promise;
  const shown = await shownBy(mock, call(mock.sdk, 'none', key));
  left.resolve();
  await answered;
  return shown;
};

/** Whatever is asked: who does not hold the key, and a key of idempotency that is another call's. */
const ofEvery = ([operation, call]: readonly [string, Call]) => {
  // A key that nothing was kept under is all that can be in use where there is no operation.
  const first: Call =
    operation === 'unknown'
      ? (sdk, _, options) => sdk.paymentIntents.create(changed(order, { amount: undefined }), options)
      : call;
  return {
    invalid_request_error: asking(({ url }) => call(clientOf(url, 'sk_of_a_stranger'), 'none')),
    ...((operation.startsWith('POST') || operation === 'unknown') && {
      idempotency_error: asking(async ({ sdk, provider }) => {
        await sdk.paymentIntents.create(changed(order, { amount: 8889 }), key);
        await call(sdk, 'none', key).finally(() => expect(provider.byHand?.orders()).toMatchObject([{}]));
      }),
      'idempotency_error idempotency_key_in_use': () => whileHeld(first, call),
    }),
    ...(!aboutNothing.includes(operation) && {
      'invalid_request_error resource_missing': asking(({ sdk }) => call(sdk, 'none')),
    }),
  };
};

/** Of a payment that is refused before it is there. */
const creating = (change: object) =>
  asking(({ sdk, provider }) =>
    sdk.paymentIntents.create(changed(order, change)).finally(() => expect(provider.byHand?.orders()).toEqual([])),
  );

const charging = (payment_method: string) =>
  asking(({ sdk }) => sdk.paymentIntents.create({ ...order, confirm: true, payment_method }));

const confirming = (payment_method: string, more: object = {}) =>
  asking(async ({ sdk }) => {
    const { id } = await sdk.paymentIntents.create(order);
    await sdk.paymentIntents.confirm(id, { payment_method, ...more });
  });

const paid = async ({ sdk }: Opened): Promise<string> => {
  const { id } = await sdk.paymentIntents.create({ ...order, confirm: true, payment_method: 'pm_card_visa' });
  return id;
};

const cancelingPaid = asking(async (mock) => {
  await mock.sdk.paymentIntents.cancel(await paid(mock));
});

const confirmingCanceled = asking(async ({ sdk }) => {
  const { id } = await sdk.paymentIntents.create(order);
  await sdk.paymentIntents.cancel(id);
  await sdk.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
});

const selling = (change: object) => asking(({ sdk }) => sdk.checkout.sessions.create(changed(page, change)));
const [item] = page.line_items;
const sellingOne = (unit_amount: number) =>
  selling({ line_items: [{ quantity: 1, price_data: changed(item?.price_data ?? {}, { unit_amount }) }] });

const refunding = (change: object) =>
  asking(async (mock) => {
    await mock.sdk.refunds.create({ payment_intent: await paid(mock), ...change });
  });

const advancing = (...frozenTimes: readonly unknown[]) =>
  asking(async ({ sdk: { testHelpers } }) => {
    const { id } = await testHelpers.testClocks.create({ frozen_time: 1_000 });
    for (const frozen_time of frozenTimes)
      await testHelpers.testClocks.advance(id, changed({ frozen_time: 0 }, { frozen_time }));
  });

const own: Refusing = {
  [operations.createIntent]: {
    'card_error card_declined': charging(genericDecline),
    'card_error expired_card': charging(expiredCard),
    'card_error incorrect_cvc': charging(incorrectCvc),
    'card_error processing_error': charging(processingError),
    'invalid_request_error amount_too_large': creating({ amount: 100_000_000 }),
    'invalid_request_error amount_too_small': creating({ amount: 49 }),
    'invalid_request_error parameter_invalid_integer': creating({ amount: 88.88 }),
    'invalid_request_error parameter_missing': creating({ amount: undefined }),
    'invalid_request_error parameter_unknown': creating({ customer: 'cus_1' }),
    'invalid_request_error payment_intent_unexpected_state': creating({ confirm: true }),
    'invalid_request_error resource_missing': creating({ payment_method: 'pm_nonsense' }),
  },
  [operations.confirmIntent]: {
    'card_error card_declined': confirming(genericDecline),
    'card_error expired_card': confirming(expiredCard),
    'card_error incorrect_cvc': confirming(incorrectCvc),
    'card_error processing_error': confirming(processingError),
    'invalid_request_error parameter_unknown': confirming('pm_card_visa', { off_session: true }),
    'invalid_request_error payment_intent_unexpected_state': confirmingCanceled,
  },
  [operations.cancelIntent]: {
    'invalid_request_error payment_intent_unexpected_state': cancelingPaid,
  },
  [operations.createSession]: {
    'invalid_request_error amount_too_small': sellingOne(49),
    'invalid_request_error parameter_invalid_integer': sellingOne(44.44),
    'invalid_request_error parameter_missing': selling({ mode: undefined }),
    'invalid_request_error parameter_unknown': selling({
      payment_intent_data: { transfer_data: { destination: 'a' } },
    }),
  },
  [operations.createRefund]: {
    'invalid_request_error amount_too_large': refunding({ amount: 100_000_000 }),
    'invalid_request_error charge_already_refunded': asking(async (mock) => {
      const payment_intent = await paid(mock);
      await mock.sdk.refunds.create({ payment_intent });
      await mock.sdk.refunds.create({ payment_intent });
    }),
    'invalid_request_error charge_disputed': asking(async (mock) => {
      const payment_intent = await paid(mock);
      mock.provider.byHand?.deeds.dispute?.('T1');
      await mock.sdk.refunds.create({ payment_intent });
    }),
    'invalid_request_error parameter_invalid_integer': refunding({ amount: 0.5 }),
    'invalid_request_error parameter_missing': asking(({ sdk }) => sdk.refunds.create({})),
    'invalid_request_error parameter_unknown': refunding({ reverse_transfer: true }),
  },
  [operations.listNotices]: {
    'invalid_request_error parameter_invalid_integer': asking(({ sdk }) => sdk.events.list({ limit: 101 })),
  },
  [operations.createEndpoint]: {
    'invalid_request_error parameter_missing': asking(({ sdk }) =>
      sdk.webhookEndpoints.create({ url: 'https://merchant.test/', enabled_events: [] }),
    ),
  },
  [operations.listBalance]: {
    'invalid_request_error parameter_invalid_integer': asking(({ sdk }) => sdk.balanceTransactions.list({ limit: 0 })),
  },
  [operations.createClock]: {
    'invalid_request_error parameter_invalid_integer': asking(({ sdk }) =>
      sdk.testHelpers.testClocks.create({ frozen_time: 0.5 }),
    ),
    'invalid_request_error parameter_missing': asking(({ sdk }) =>
      sdk.testHelpers.testClocks.create(changed({ frozen_time: 0 }, { frozen_time: undefined })),
    ),
  },
  [operations.listClocks]: {
    'invalid_request_error parameter_invalid_integer': asking(({ sdk }) =>
      sdk.testHelpers.testClocks.list({ limit: -1 }),
    ),
  },
  [operations.advanceClock]: {
    'invalid_request_error parameter_invalid_integer': advancing('soon'),
    'invalid_request_error parameter_missing': advancing(undefined),
  },
};

testRefusals(
  'stripe',
  Object.fromEntries(
    Object.entries(calls).map(([operation, call]) => [operation, { ...ofEvery([operation, call]), ...own[operation] }]),
  ),
);

/** Rows of the contract that have their code in common with others. */
const shared = stripeContract.errors.filter(
  (row) => stripeContract.errors.filter(({ code }) => code === row.code).length > 1,
);

describe('told apart by their words alone', () => {
  const refused: readonly (readonly [status: number, message: string, refusal: () => Promise<Shown>])[] = [
    [
      401,
      refusals.noKey.error.message,
      asking(({ url }) => {
        const { hostname: host, port } = new URL(url);
        const sdk = new Stripe('', { protocol: 'http', host, port, authenticator: async () => undefined });
        return sdk.paymentIntents.create(order);
      }),
    ],
    [401, refusals.wrongKey.error.message, asking(({ url }) => clientOf(url, 'sk_of_a_stranger').events.list())],
    [404, refusals.unknownUrl('POST: /v1/customers').error.message, asking(({ sdk }) => sdk.customers.create({}))],
    [
      400,
      refusals.longKey.error.message,
      asking(({ sdk }) => sdk.paymentIntents.create(order, { idempotencyKey: 'k'.repeat(256) })),
    ],
    [400, refusals.invalidValue('mode').error.message, selling({ mode: 'gift' })],
    [400, refusals.currency('currency', 'zzz').error.message, creating({ currency: 'zzz' })],
    [
      400,
      refusals.sessionClosed('expired').error.message,
      asking(async ({ sdk }) => {
        const { id } = await sdk.checkout.sessions.create(page);
        await sdk.checkout.sessions.expire(id);
        await sdk.checkout.sessions.expire(id);
      }),
    ],
    [
      400,
      refusals.notPaid('…').error.message,
      asking(async ({ sdk }) => {
        const { id } = await sdk.paymentIntents.create(order);
        await sdk.refunds.create({ payment_intent: id });
      }),
    ],
    [400, refusals.refundTooLarge('$88.89', '$88.88').error.message, refunding({ amount: 8889 })],
    [429, refusals.clockAdvancing('…').error.message, advancing(2_000, 3_000)],
    [400, refusals.clockBackwards.error.message, advancing(1_000)],
    [
      400,
      refusals.noMethod.error.message,
      asking(async ({ sdk }) => {
        const { id } = await sdk.paymentIntents.create(order);
        await sdk.paymentIntents.confirm(id);
      }),
    ],
    [400, refusals.cannotConfirm('canceled').error.message, confirmingCanceled],
    [
      400,
      refusals.cannotConfirm('succeeded').error.message,
      asking(async (mock) => {
        await mock.sdk.paymentIntents.confirm(await paid(mock));
      }),
    ],
    [400, refusals.cannotCancel('succeeded').error.message, cancelingPaid],
    [400, refusals.noSuchMethod('pm_nonsense').error.message, confirming('pm_nonsense')],
    [
      404,
      refusals.noSuch('payment_intent', 'pi_x').error.message,
      asking(({ sdk }) => sdk.paymentIntents.cancel('pi_x')),
    ],
    [400, refusals.unmodelled('customer').error.message, creating({ customer: 'cus_1' })],
    [400, refusals.unmodelledCapture('capture_method').error.message, creating({ capture_method: 'manual' })],
    [
      402,
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
      charging('pm_card_visa_chargeDeclinedVelocityLimitExceeded'),
    ],
    [402, 'Your card was declined.', charging('pm_card_visa_chargeDeclinedLostCard')],
    [402, 'Your card has insufficient funds.', charging('pm_card_visa_chargeDeclinedInsufficientFunds')],
  ];

  test.each(refused)('%i %s', async (status, message, refusal) => {
    expect((await refusal()).told).toMatch(wordsOf(`${status} ${message}`));
  });

  test('none of them is left out', () => {
    const tried = refused.map(([status, message]) =>
      shared.find((row) => row.status === status && wordsOf(row.message).test(message)),
    );
    expect(shared.filter((row) => !tried.includes(row))).toEqual([]);
  });
});
