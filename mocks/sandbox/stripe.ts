/** Stripe's calls that have to end in test mode as they end at the mock, by stripe-node. */
import Stripe from 'stripe';
import { type Clock, sleep } from '#harness/clock';
import { type Ask, type Contract, NoAnswer, type Side, Unusable } from './contract.ts';

/** What the calls share: the client, the ids that earlier ones made, and the text in every number of this run. */
interface Desk {
  readonly sdk: Stripe;
  readonly made: Map<string, string>;
  readonly run: string;
  readonly wall: Clock;
}

const clientOf = (url: string, key: string): Stripe => {
  const { protocol, hostname: host, port } = new URL(url);
  const isPlain = protocol === 'http:';
  return new Stripe(key, {
    protocol: isPlain ? 'http' : 'https',
    host,
    port: port === '' ? (isPlain ? 80 : 443) : port,
    telemetry: false,
    maxNetworkRetries: 0,
  });
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What the SDK rejects with, as the vendor said it. */
const refusalIn = (error: unknown): object => {
  const raw = isRecord(error) ? error.raw : undefined;
  if (!isRecord(raw) || typeof raw.statusCode !== 'number') throw new NoAnswer(String(error), { cause: error });
  const { headers, statusCode: status, requestId: _, ...body } = raw;
  return { status, ...(isReplayed(headers) && { isReplayed: true }), error: body };
};

const isReplayed = (headers: unknown): boolean => isRecord(headers) && headers['idempotent-replayed'] === 'true';

const answerOf = <T extends Stripe.Response<object>>(asked: Promise<T>): Promise<object> =>
  asked.then(
    (body) => ({ status: 200, ...(isReplayed(body.lastResponse.headers) && { isReplayed: true }), body }),
    refusalIn,
  );

/** Asks, and keeps the id of what was made under `name`. */
const making =
  <T extends Stripe.Response<{ readonly id: string }>>({ made }: Desk, name: string, ask: () => Promise<T>): Ask =>
  () =>
    answerOf(
      ask().then((body) => {
        made.set(name, body.id);
        return body;
      }),
    );

const order = { amount: 8888, currency: 'usd', payment_method_types: ['card'] };

const intents = (desk: Desk): Readonly<Record<string, Ask>> => {
  const { sdk, run } = desk;
  const first = { ...order, metadata: { order_no: run } };
  const under = (key: string) => ({ idempotencyKey: `${run}-${key}` });
  const create =
    (params: object, key?: string): Ask =>
    () =>
      answerOf(sdk.paymentIntents.create(params as typeof order, key === undefined ? {} : under(key)));
  return {
    'create an intent': making(desk, 'intent', () => sdk.paymentIntents.create(first, under('create'))),
    'create it again under its key': create(first, 'create'),
    'create another one under its key': create({ ...first, amount: 8889 }, 'create'),
    'create without an amount': create({ ...order, amount: undefined }),
    'create without a currency': create({ ...order, currency: undefined }),
    'create in a currency that there is not': create({ ...order, currency: 'zzz' }),
    'create with a fraction': create({ ...order, amount: 88.88 }),
    'create with a negative amount': create({ ...order, amount: -1 }, 'refused'),
    'create under the key of what was refused': create(order, 'refused'),
    'create with too small an amount': create({ ...order, amount: 1 }),
    'create with too large an amount': create({ ...order, amount: 100_000_000 }),
    'create under too long a key': create(order, 'k'.repeat(256)),
  };
};

const paying = (desk: Desk): Readonly<Record<string, Ask>> => {
  const { sdk, made, run } = desk;
  const confirm =
    (payment_method: string): Ask =>
    () =>
      answerOf(sdk.paymentIntents.confirm(made.get('intent') ?? 'pi_none', { payment_method }));
  const unknown: Ask = () =>
    answerOf(
      sdk.paymentIntents.confirm('pi_none', { payment_method: 'pm_card_visa' }, { idempotencyKey: `${run}-no` }),
    );
  return {
    'look at the intent': () => answerOf(sdk.paymentIntents.retrieve(made.get('intent') ?? 'pi_none')),
    'look at one that there is not': () => answerOf(sdk.paymentIntents.retrieve('pi_none')),
    'confirm with a card that is declined': confirm('pm_card_visa_chargeDeclined'),
    'confirm with a card without funds': confirm('pm_card_visa_chargeDeclinedInsufficientFunds'),
    'confirm with an expired card': confirm('pm_card_chargeDeclinedExpiredCard'),
    'confirm with a stolen card': confirm('pm_card_visa_chargeDeclinedStolenCard'),
    'confirm with a wrong security code': confirm('pm_card_chargeDeclinedIncorrectCvc'),
    'confirm with a card that cannot be processed': confirm('pm_card_chargeDeclinedProcessingError'),
    'confirm with a card that Radar blocks': confirm('pm_card_radarBlock'),
    'confirm with a method that there is not': confirm('pm_none'),
    'confirm with a card that pays': confirm('pm_card_visa'),
    'confirm what is paid': confirm('pm_card_visa'),
    'cancel what is paid': () => answerOf(sdk.paymentIntents.cancel(made.get('intent') ?? 'pi_none')),
    'confirm one that there is not': unknown,
    'confirm it again under its key': unknown,
    'create another intent': making(desk, 'unpaid', () => sdk.paymentIntents.create(order)),
    'refund what is not paid': () => answerOf(sdk.refunds.create({ payment_intent: made.get('unpaid') ?? 'pi_none' })),
    'cancel what waits': () => answerOf(sdk.paymentIntents.cancel(made.get('unpaid') ?? 'pi_none')),
    'cancel it again': () => answerOf(sdk.paymentIntents.cancel(made.get('unpaid') ?? 'pi_none')),
    'create and confirm at once': making(desk, 'second', () =>
      sdk.paymentIntents.create({ ...order, confirm: true, payment_method: 'pm_card_visa' }),
    ),
  };
};

const refunding = (desk: Desk): Readonly<Record<string, Ask>> => {
  const { sdk, made } = desk;
  const refund = (amount?: number): Promise<Stripe.Response<Stripe.Refund>> =>
    sdk.refunds.create({ payment_intent: made.get('intent') ?? 'pi_none', ...(amount !== undefined && { amount }) });
  return {
    'refund a part': making(desk, 'refund', () => refund(8_000)),
    'look at the refund': () => answerOf(sdk.refunds.retrieve(made.get('refund') ?? 're_none')),
    'look at a refund that there is not': () => answerOf(sdk.refunds.retrieve('re_none')),
    'refund more than is left': () => answerOf(refund(889)),
    'refund nothing': () => answerOf(refund(0)),
    'refund what is left': () => answerOf(refund()),
    'refund once more': () => answerOf(refund()),
    'refund a payment that there is not': () => answerOf(sdk.refunds.create({ payment_intent: 'pi_none' })),
    'refund a charge that there is not': () => answerOf(sdk.refunds.create({ charge: 'ch_none' })),
    'refund without saying what': () => answerOf(sdk.refunds.create({})),
  };
};

const sessions = (desk: Desk): Readonly<Record<string, Ask>> => {
  const { sdk, made, run } = desk;
  const page = {
    mode: 'payment' as const,
    client_reference_id: `${run}-page`,
    payment_method_types: ['card' as const],
    success_url: 'https://merchant.test/done',
    line_items: [{ quantity: 2, price_data: { currency: 'usd', unit_amount: 4444, product_data: { name: 'credit' } } }],
  };
  const { line_items: _, ...empty } = page;
  const id = (): string => made.get('session') ?? 'cs_none';
  return {
    'open a page': making(desk, 'session', () => sdk.checkout.sessions.create(page)),
    'open a page that sells nothing': () => answerOf(sdk.checkout.sessions.create(empty)),
    'look at the page': () => answerOf(sdk.checkout.sessions.retrieve(id())),
    'look at a page that there is not': () => answerOf(sdk.checkout.sessions.retrieve('cs_none')),
    'expire the page': () => answerOf(sdk.checkout.sessions.expire(id())),
    'expire it again': () => answerOf(sdk.checkout.sessions.expire(id())),
  };
};

/** Events come a moment after what they tell of: asks until the newest one is about `second`. */
const newestPaid = async ({ sdk, made, wall }: Desk): Promise<object> => {
  for (let tries = 1; ; tries += 1) {
    const asked = sdk.events.list({ type: 'payment_intent.succeeded', limit: 1 });
    const [newest] = await asked.then(
      ({ data }) => data,
      () => [],
    );
    const told = newest?.data.object as { readonly id?: string } | undefined;
    if (tries === 20 || told?.id === made.get('second')) return answerOf(asked);
    await sleep(wall, 500);
  }
};

const lists = (desk: Desk): Readonly<Record<string, Ask>> => {
  const { sdk, made, wall } = desk;
  const clock = (): string => made.get('clock') ?? 'clock_none';
  const nowS = Math.trunc(wall.nowMs() / 1_000);
  const clocks = sdk.testHelpers.testClocks;
  return {
    'list the newest payment': () => newestPaid(desk),
    'list from an event that there is not': () => answerOf(sdk.events.list({ starting_after: 'evt_none' })),
    'list more than a page holds': () => answerOf(sdk.events.list({ limit: 101 })),
    'look at an event that there is not': () => answerOf(sdk.events.retrieve('evt_none')),
    'list no balance': () => answerOf(sdk.balanceTransactions.list({ limit: 0 })),
    'look at a balance that there is not': () => answerOf(sdk.balanceTransactions.retrieve('txn_none')),
    'start a test clock': making(desk, 'clock', () => clocks.create({ frozen_time: nowS })),
    'turn it back': () => answerOf(clocks.advance(clock(), { frozen_time: nowS - 60 })),
    'delete it': () => answerOf(clocks.del(clock())),
    'look at it': () => answerOf(clocks.retrieve(clock())),
  };
};

const strangers = ({ url }: Side, { sdk }: Desk): Readonly<Record<string, Ask>> => ({
  'ask with a key of nobody': () => answerOf(clientOf(url, 'sk_test_topple_of_nobody').events.list()),
  'ask for what there is not': () =>
    answerOf(sdk.rawRequest('GET', '/v1/topple_has_none') as Promise<Stripe.Response<object>>),
});

/** Test mode of the account whose key is given. */
export const stripe: Contract = {
  id: 'stripe',
  sandboxUrl: 'https://api.stripe.com',
  urlVariable: 'STRIPE_TEST_URL',
  variables: [
    { name: 'STRIPE_TEST_KEY', means: 'a secret key of test mode, sk_test_…; any other is refused' },
    { name: 'STRIPE_TEST_URL', means: 'another address than https://api.stripe.com', isOptional: true },
  ],
  read: ({ STRIPE_TEST_KEY = '' }) => {
    if (!/^sk_test_\w+$/.test(STRIPE_TEST_KEY))
      throw new Unusable('STRIPE_TEST_KEY', 'it is no secret key of test mode: those begin with sk_test_');
    return { key: STRIPE_TEST_KEY };
  },
  issued: ({ secretKey = '' }) => ({ key: secretKey }),
  introduce: async ({ url, credentials }) => {
    const said = await answerOf(clientOf(url, credentials.key ?? '').events.list({ limit: 1 }));
    if ('status' in said && said.status === 401) throw new Unusable('STRIPE_TEST_KEY', 'the vendor knows no such key');
  },
  calls: (side, run, wall) => {
    const desk = { sdk: clientOf(side.url, side.credentials.key ?? ''), made: new Map(), run, wall };
    const all = [intents, paying, refunding, sessions, lists].map((part) => part(desk));
    return Object.assign({}, ...all, strangers(side, desk));
  },
  rules: {
    names: ['acct', 'ch', 'clock', 'cs', 'evt', 'pi', 'pm', 'py', 're', 'req', 'txn'].map((name) => ({
      name,
      pattern: new RegExp(`\\b${name}_\\w+`, 'g'),
    })),
    momentFields: ['available_on', 'canceled_at', 'created', 'deletes_after', 'expires_at', 'frozen_time'],
    proseFields: ['message'],
  },
  leftOut: [
    'Payments by alipay and wechat_pay: which methods an account offers is its own setting.',
    'Fees, rates and dates of balance transactions: they are those of the account and its country.',
    'Parameters and test methods that the mock refuses because it does not model them.',
    'Webhooks and their endpoints: test mode reaches public addresses alone.',
    'A key in flight (409): two calls cannot be made to overlap from outside.',
    'Keys after 24 hours, disputes, the rate limit, and paying a page: hours, people or a flood would be needed.',
  ],
};
