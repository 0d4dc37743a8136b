/** The routes of API v1: who asks, what for, and what is answered. */
import type { Call, Reply } from '#harness/provider';
import type { Route } from '../open-provider.ts';
import { openRouteTable } from '../route-table.ts';
import { balanceOf, findBalance } from './balance.ts';
import type { TestClocks } from './clocks.ts';
import type { Answer, Keys } from './idempotency.ts';
import { listRows } from './list.ts';
import { type Notices, noticeFields } from './notices.ts';
import {
  account,
  apiVersion,
  declines,
  operations,
  payingMethods,
  type Refusal,
  redirectMethods,
  refusals,
} from './quirks.ts';
import type { Intent, MakeId, Payments } from './states.ts';
import { refundableMinor, type Till } from './till.ts';
import { refuseUnmodelled } from './unmodelled.ts';
import {
  answerReply,
  balanceFields,
  below,
  type Form,
  intentFields,
  isRefusal,
  readAmount,
  readForm,
  readIntent,
  readSession,
  refundFields,
  sessionFields,
  shownAmount,
} from './wire.ts';

/** The parts of the open provider that the API acts on. */
export interface Desk {
  readonly orders: Payments;
  readonly till: Till;
  readonly notices: Notices;
  readonly keys: Keys;
  readonly testClocks: TestClocks;
  readonly makeId: MakeId;
  nowMs(): number;
}

/** What a handler is asked: about which id in the path, with which form and query. Answers an object of the API. */
type Handler = (asked: {
  readonly id: string;
  readonly form: Form;
  readonly query: URLSearchParams;
  /** Both as `Route.run`. */
  readonly lagMs: number;
  readonly unseenCount: number;
}) => Answer;

/** A card that is declined has an answer of its own: 402, with the payment inside. */
const declinedAs = (intent: Intent): Refusal => ({
  status: 402,
  isStored: true,
  error: {
    type: 'card_error',
    message: intent.failure?.message ?? '',
    code: intent.failure?.code,
    decline_code: intent.failure?.declineCode,
    charge: intent.failure?.chargeId,
    payment_intent: intentFields(intent),
  },
});

/** Whatever an intent's state forbids comes with the intent. */
const inState = (refusal: Refusal, intent: Intent): Refusal => ({
  ...refusal,
  error: { ...refusal.error, payment_intent: intentFields(intent) },
});

/** The refusal of a method that a form names, of which nobody knows whether it pays. */
const refuseMethod = (form: Form): Refusal | undefined => {
  const method = form.get('payment_method') ?? '';
  if (method !== '' && !payingMethods.has(method) && !declines.has(method) && !redirectMethods.has(method))
    return refusals.noSuchMethod(method);
  const type = form.get('payment_method_data[type]') ?? 'card';
  return type === 'card' || redirectMethods.has(type) ? undefined : refusals.invalidValue('payment_method_data[type]');
};

const confirm = ({ till }: Desk, intent: Intent, form: Form): object | Refusal => {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    return inState(refusals.cannotConfirm(intent.status), intent);
  const unknown = refuseMethod(form);
  if (unknown) return unknown;
  const redirect = form.get('payment_method_data[type]') ?? '';
  const method = form.get('payment_method') ?? (redirect === 'card' ? '' : redirect);
  if (method === '' && intent.method === undefined) return inState(refusals.noMethod, intent);
  const chosen = method || (intent.method ?? '');
  if (redirectMethods.has(chosen)) {
    intent.method = chosen;
    intent.status = 'requires_action';
    return intentFields(intent);
  }
  const decline = declines.get(chosen);
  if (decline === undefined) {
    till.pay(intent, chosen);
    return intentFields(intent);
  }
  till.decline(intent, chosen, decline);
  return declinedAs(intent);
};

const createIntent =
  (desk: Desk): Handler =>
  ({ form }) => {
    const request = readIntent(form);
    if (isRefusal(request)) return request;
    const unknown = refuseMethod(form);
    if (unknown) return unknown;
    const method = form.get('payment_method');
    const confirms = form.get('confirm') === 'true';
    if (confirms && method === undefined && !form.has('payment_method_data[type]')) return refusals.noMethod;
    const intent = desk.till.create(request);
    if (confirms) return confirm(desk, intent, form);
    if (method !== undefined) {
      intent.method = method;
      intent.status = 'requires_confirmation';
    }
    return intentFields(intent);
  };

const onIntent =
  ({ orders }: Desk, act: (intent: Intent, form: Form) => object | Refusal): Handler =>
  ({ id, form }) => {
    const intent = orders.intent(id);
    const isKnown = intent !== undefined && (intent.session === undefined || intent.paid !== undefined);
    return isKnown ? act(intent, form) : refusals.noSuch('payment_intent', id, 'intent');
  };

const cancel = ({ till }: Desk, intent: Intent): object | Refusal => {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    return inState(refusals.cannotCancel(intent.status), intent);
  till.cancel(intent);
  return intentFields(intent);
};

const createSession =
  ({ till, orders, nowMs }: Desk): Handler =>
  ({ form }) => {
    const read = readSession(form);
    if (isRefusal(read)) return read;
    const intent = till.create(read.request);
    return sessionFields(orders.openSession(intent, read.page, nowMs()), intent);
  };

const onSession =
  ({ orders, till }: Desk, ends: boolean): Handler =>
  ({ id }) => {
    const found = orders.session(id);
    if (found === undefined) return refusals.noSuch('checkout.session', id, 'session');
    const { session, intent } = found;
    if (ends && session.status !== 'open') return refusals.sessionClosed(session.status);
    if (ends) till.expire(intent);
    return sessionFields(session, intent);
  };

const createRefund =
  ({ orders, till }: Desk): Handler =>
  ({ form }) => {
    const [id, charge] = [form.get('payment_intent'), form.get('charge')];
    if (id === undefined && charge === undefined) return refusals.missing('payment_intent');
    const amountMinor = form.has('amount') ? readAmount(form, 'amount') : undefined;
    if (isRefusal(amountMinor) && amountMinor !== refusals.tooSmall) return amountMinor;
    const intent = id === undefined ? orders.byCharge(charge ?? '') : orders.intent(id);
    if (intent === undefined)
      return refusals.noSuch(id === undefined ? 'charge' : 'payment_intent', id ?? charge ?? '');
    if (intent.paid === undefined) return refusals.notPaid(intent.id);
    const left = refundableMinor(intent);
    if (left === 0n) return refusals.alreadyRefunded(intent.paid.chargeId);
    if (intent.disputeId !== undefined) return refusals.disputed(intent.paid.chargeId);
    // The least amount is one of payments: of a refund any coin will do.
    const wanted = isRefusal(amountMinor) ? BigInt(form.get('amount') ?? '0') : (amountMinor ?? left);
    if (wanted > left)
      return refusals.refundTooLarge(shownAmount(wanted, intent.currency), shownAmount(left, intent.currency));
    if (wanted === 0n) return refusals.invalidValue('amount');
    const given = { reason: form.get('reason') ?? null, metadata: below(form, 'metadata') };
    return refundFields(till.giveBack(intent, wanted, given));
  };

const createEndpoint =
  ({ notices }: Desk): Handler =>
  ({ form }) => {
    const url = form.get('url') ?? '';
    const kinds = Object.values(below(form, 'enabled_events'));
    if (kinds.length === 0) return refusals.missing('enabled_events');
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return refusals.invalidValue('url');
    const { id } = notices.addEndpoint(url, kinds);
    const fields = { id, object: 'webhook_endpoint', enabled_events: kinds, livemode: false, status: 'enabled', url };
    return { ...fields, secret: account.webhookSecret };
  };

const balanceHandlers = ({ orders, nowMs }: Desk): Readonly<Record<string, Handler>> => ({
  [operations.listBalance]: ({ query, unseenCount }) => {
    const rows = balanceOf(orders).map((line) => balanceFields(line, nowMs()));
    const listed = { url: '/v1/balance_transactions', noun: 'balance_transaction', fields: ['source', 'currency'] };
    return listRows(rows, query, listed, unseenCount);
  },
  [operations.readBalance]: ({ id }) => findBalance(orders, id, nowMs()),
});

const clockHandlers = ({ testClocks }: Desk): Readonly<Record<string, Handler>> => ({
  [operations.createClock]: ({ form }) => testClocks.create(form),
  [operations.listClocks]: ({ query, unseenCount }) => {
    const listed = { url: '/v1/test_helpers/test_clocks', noun: 'testhelpers.testclock' };
    return listRows(testClocks.all(), query, listed, unseenCount);
  },
  [operations.readClock]: ({ id }) => testClocks.read(id),
  [operations.advanceClock]: ({ id, form }) => testClocks.advance(id, form),
  [operations.deleteClock]: ({ id }) => testClocks.remove(id),
});

/** `handler`, but for calls that ask for what is not modelled. */
const modelled =
  (handler: Handler): Handler =>
  (asked) =>
    refuseUnmodelled(asked.form) ?? handler(asked);

const handlersOf = (desk: Desk): Readonly<Record<string, Handler>> => {
  const { orders, notices } = desk;
  return {
    [operations.createIntent]: modelled(createIntent(desk)),
    [operations.readIntent]: onIntent(desk, intentFields),
    [operations.confirmIntent]: modelled(onIntent(desk, (intent, form) => confirm(desk, intent, form))),
    [operations.cancelIntent]: onIntent(desk, (intent) => cancel(desk, intent)),
    [operations.createSession]: modelled(createSession(desk)),
    [operations.readSession]: onSession(desk, false),
    [operations.expireSession]: onSession(desk, true),
    [operations.createRefund]: modelled(createRefund(desk)),
    [operations.readRefund]: ({ id }) => {
      const refund = orders.refund(id);
      return refund === undefined ? refusals.noSuch('refund', id) : refundFields(refund);
    },
    [operations.listNotices]: ({ query, lagMs, unseenCount }) => {
      const untilS = (desk.nowMs() - lagMs) / 1_000;
      const known = lagMs === 0 ? notices.all : notices.all.filter(({ created }) => created <= untilS);
      return listRows(known, query, { url: '/v1/events', noun: 'event', shown: noticeFields }, unseenCount);
    },
    [operations.readNotice]: ({ id }) => {
      const notice = notices.all.find((one) => one.id === id);
      return notice === undefined ? refusals.noSuch('event', id, 'id') : noticeFields(notice);
    },
    [operations.createEndpoint]: createEndpoint(desk),
    ...balanceHandlers(desk),
    ...clockHandlers(desk),
  };
};

/** The key in an Authorization header: a bearer, or the name of basic authentication, whose password is empty. */
const keyIn = (authorization: string): string => {
  const [scheme = '', given = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return given;
  return scheme.toLowerCase() === 'basic' ? (Buffer.from(given, 'base64').toString().split(':', 1)[0] ?? '') : '';
};

const refuseCaller = (call: Call): Refusal | undefined => {
  const given = keyIn(call.headers.authorization ?? '');
  if (given === '') return refusals.noKey;
  return given === account.secretKey ? undefined : refusals.wrongKey;
};

/** The client's name for what a call is about: its order number, else the id that it names, else its key. */
const referenceOf = ({ orders }: Desk, id: string, form: Form, call: Call): string => {
  const named = form.get('client_reference_id') ?? form.get('metadata[order_no]');
  if (named !== undefined) return named;
  const known = orders.find(id) ?? orders.find(form.get('payment_intent') ?? '') ?? orders.refund(id)?.intent;
  return known?.reference ?? (id || (call.headers['idempotency-key'] ?? ''));
};

/** What every answer tells of its request; `original` is the one that it was made for, where that came earlier. */
const headersOf = ({ headers }: Call, requestId: string, original: string | undefined): Reply['headers'] => {
  const told = { 'Request-Id': requestId, 'Stripe-Version': headers['stripe-version'] ?? apiVersion };
  const key = headers['idempotency-key'];
  if (!key) return told;
  if (original === undefined) return { ...told, 'Idempotency-Key': key };
  return { ...told, 'Idempotency-Key': key, 'Idempotent-Replayed': 'true', 'Original-Request': original };
};

/** The routes; an unknown URL or method is answered 404. */
export const openRoutes = (desk: Desk): ((call: Call) => Route) => {
  const find = openRouteTable(handlersOf(desk));
  return (call) => {
    const found = find(call.method, call.path);
    const known = found === 'other-method' ? undefined : found;
    const form = readForm(call.body);
    const id = known?.part ?? '';
    const stranger = refuseCaller(call);
    const run = (lagMs: number, unseenCount: number): Reply => {
      const requestId = desk.makeId('req_');
      const execute = (): Answer =>
        known?.handler({ id, form, query: call.query, lagMs, unseenCount }) ??
        refusals.unknownUrl(`${call.method}: ${call.path}`);
      const { answer, original } = stranger ? { answer: stranger } : desk.keys.answer(call, requestId, execute);
      return answerReply(answer, headersOf(call, requestId, original));
    };
    const isAuthentic = (): boolean => stranger === undefined;
    return { operation: known?.operation ?? 'unknown', reference: referenceOf(desk, id, form, call), isAuthentic, run };
  };
};
