/** Stripe's bytes: bracketed forms in, JSON objects out, amounts as whole minor units, times as seconds. */
import { toDecimal } from '#harness/money';
import type { Reply } from '#harness/provider';
import type { BalanceLine } from './balance.ts';
import { amountMinorRange, currencies, type Refusal, redirectMethods, refusals, settlesAfterMs } from './quirks.ts';
import { type Intent, type IntentRequest, type Refund, refundedMinor, type Session } from './states.ts';

/** A form, by the names as they are sent: `metadata[order_no]`. */
export type Form = ReadonlyMap<string, string>;

/** The body of a POST. By callbacks, here and below: an iterator of pairs costs more than what is done with them. */
export const readForm = (body: Uint8Array): Form => {
  if (body.length === 0) return noFields;
  const form = new Map<string, string>();
  new URLSearchParams(utf8.decode(body)).forEach((value, name) => {
    form.set(name, value);
  });
  return form;
};

const utf8 = new TextDecoder();
const noFields: Form = new Map();

const seconds = (atMs: number): number => Math.trunc(atMs / 1_000);

/** The texts below `name[…]`, one level deep; `name[0]` gives a list's items under their numbers. */
export const below = (form: Form, name: string): Readonly<Record<string, string>> => {
  const start = `${name}[`;
  const found: [string, string][] = [];
  form.forEach((value, key) => {
    if (key.startsWith(start) && key.indexOf(']') === key.length - 1) found.push([key.slice(start.length, -1), value]);
  });
  return found.length === 0 ? noTexts : Object.fromEntries(found);
};

const noTexts = Object.freeze({});

/** Whole minor units above 0 of the field `name`, or why not. */
export const readAmount = (form: Form, name: string): bigint | Refusal => {
  const given = form.get(name);
  if (given === undefined || given === '') return refusals.missing(name);
  if (!/^\d{1,15}$/.test(given)) return refusals.integer(name, given);
  const amountMinor = BigInt(given);
  if (amountMinor < amountMinorRange.min) return refusals.tooSmall;
  return amountMinor > amountMinorRange.max ? refusals.tooLarge : amountMinor;
};

/** An amount as it is written for people: `$8.89`. */
export const shownAmount = (amountMinor: bigint, currency: string): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(
    toDecimal({ amountMinor, currency: currency.toUpperCase() }) as `${number}`,
  );

/** Whether something is a refusal. */
export const isRefusal = (read: unknown): read is Refusal =>
  typeof read === 'object' && read !== null && 'isStored' in read;

const readCurrency = (given: string | undefined, name: string): string | Refusal => {
  if (given === undefined || given === '') return refusals.missing(name);
  return currencies.includes(given.toLowerCase()) ? given.toLowerCase() : refusals.currency(name, given.toLowerCase());
};

/** A PaymentIntent in a form. */
export const readIntent = (form: Form): IntentRequest | Refusal => {
  const amountMinor = readAmount(form, 'amount');
  if (isRefusal(amountMinor)) return amountMinor;
  const currency = readCurrency(form.get('currency'), 'currency');
  if (isRefusal(currency)) return currency;
  const types = Object.values(below(form, 'payment_method_types'));
  const methodTypes = types.length === 0 ? ['card'] : types;
  return {
    amountMinor,
    currency,
    metadata: below(form, 'metadata'),
    description: form.get('description') ?? null,
    methodTypes,
  };
};

/** What a Checkout Session sells, and whatever it hands on to its PaymentIntent. */
export const readSession = (
  form: Form,
):
  | { readonly request: IntentRequest; readonly page: Pick<Session, 'clientReference' | 'metadata' | 'successUrl'> }
  | Refusal => {
  if (form.get('mode') !== 'payment')
    return form.has('mode') ? refusals.invalidValue('mode') : refusals.missing('mode');
  const items = [...new Set([...form.keys()].flatMap((key) => /^line_items\[(\d+)\]/.exec(key)?.[1] ?? []))];
  if (items.length === 0) return refusals.missing('line_items');
  const price = (item: string, name: string) => form.get(`line_items[${item}][price_data][${name}]`);
  const currency = readCurrency(price(items[0] ?? '', 'currency'), 'line_items[0][price_data][currency]');
  if (isRefusal(currency)) return currency;
  let total = 0n;
  for (const item of items) {
    const [unit = '', quantity = '1'] = [price(item, 'unit_amount'), form.get(`line_items[${item}][quantity]`)];
    if (!/^\d{1,9}$/.test(unit)) return refusals.integer(`line_items[${item}][price_data][unit_amount]`, unit);
    if (!/^\d{1,6}$/.test(quantity)) return refusals.integer(`line_items[${item}][quantity]`, quantity);
    total += BigInt(unit) * BigInt(quantity);
  }
  if (total < amountMinorRange.min) return refusals.tooSmall;
  const clientReference = form.get('client_reference_id') ?? null;
  const metadata = below(form, 'metadata');
  const orderNo = clientReference ?? metadata.order_no;
  const request = {
    amountMinor: total,
    currency,
    metadata: orderNo === undefined ? {} : { order_no: orderNo },
    description: null,
    methodTypes: ['card'],
  };
  return { request, page: { clientReference, metadata, successUrl: form.get('success_url') ?? null } };
};

const nextAction = ({ status, method, id }: Intent): object | null => {
  const type = redirectMethods.get(method ?? '');
  if (status !== 'requires_action' || type === undefined) return null;
  return { type, [type]: { url: `https://pm-redirects.stripe.com/authorize/${id}` } };
};

const failureOf = ({ failure }: Intent): object | null =>
  failure === undefined
    ? null
    : { type: 'card_error', code: failure.code, decline_code: failure.declineCode, message: failure.message };

/** A PaymentIntent as the API answers it. */
export const intentFields = (intent: Intent): object => ({
  id: intent.id,
  object: 'payment_intent',
  amount: Number(intent.amountMinor),
  amount_capturable: 0,
  amount_received: Number(intent.paid?.amountMinor ?? 0n),
  canceled_at: null,
  capture_method: 'automatic',
  client_secret: `${intent.id}_secret_topple`,
  confirmation_method: 'automatic',
  created: seconds(intent.createdMs),
  currency: intent.currency,
  customer: null,
  description: intent.description,
  last_payment_error: failureOf(intent),
  latest_charge: intent.paid?.chargeId ?? intent.failure?.chargeId ?? null,
  livemode: false,
  metadata: intent.metadata,
  next_action: nextAction(intent),
  payment_method: intent.method ?? null,
  payment_method_types: intent.methodTypes,
  status: intent.status,
});

/** The id of what a charge, refund or dispute did to the account. */
export const balanceIdOf = (source: string): string => source.replace(/^[a-z]+_/, 'txn_');

/** The charge of a payment, or of the try that failed. */
export const chargeFields = (intent: Intent): object => {
  const isPaid = intent.paid !== undefined;
  const amount = Number(intent.paid?.amountMinor ?? intent.amountMinor);
  const refunded = refundedMinor(intent);
  return {
    id: intent.paid?.chargeId ?? intent.failure?.chargeId ?? null,
    object: 'charge',
    amount,
    amount_captured: isPaid ? amount : 0,
    amount_refunded: Number(refunded),
    balance_transaction: intent.paid ? balanceIdOf(intent.paid.chargeId) : null,
    captured: isPaid,
    created: seconds(intent.paid?.atMs ?? intent.createdMs),
    currency: intent.currency,
    disputed: intent.disputeId !== undefined,
    failure_code: isPaid ? null : (intent.failure?.code ?? null),
    livemode: false,
    metadata: intent.metadata,
    paid: isPaid,
    payment_intent: intent.id,
    refunded: isPaid && refunded === intent.paid?.amountMinor,
    status: isPaid ? 'succeeded' : 'failed',
  };
};

/** A Checkout Session; its PaymentIntent is null until the payment. */
export const sessionFields = (session: Session, intent: Intent): object => ({
  id: session.id,
  object: 'checkout.session',
  amount_total: Number(intent.paid?.amountMinor ?? intent.amountMinor),
  client_reference_id: session.clientReference,
  created: seconds(session.createdMs),
  currency: intent.currency,
  livemode: false,
  metadata: session.metadata,
  mode: 'payment',
  payment_intent: intent.paid ? intent.id : null,
  payment_status: intent.paid ? 'paid' : 'unpaid',
  status: session.status,
  success_url: session.successUrl,
  url: session.status === 'open' ? `https://checkout.stripe.com/c/pay/${session.id}` : null,
});

/** A refund, which succeeds at once. */
export const refundFields = (refund: Refund): object => ({
  id: refund.id,
  object: 'refund',
  amount: Number(refund.amountMinor),
  balance_transaction: balanceIdOf(refund.id),
  charge: refund.intent.paid?.chargeId ?? null,
  created: seconds(refund.createdMs),
  currency: refund.intent.currency,
  metadata: refund.metadata,
  payment_intent: refund.intent.id,
  reason: refund.reason,
  status: 'succeeded',
});

/** A dispute that the buyer's bank has just opened over the whole payment. */
export const disputeFields = (intent: Intent, nowMs: number): object => ({
  id: intent.disputeId ?? null,
  object: 'dispute',
  amount: Number(intent.paid?.amountMinor ?? 0n),
  charge: intent.paid?.chargeId ?? null,
  created: seconds(nowMs),
  currency: intent.currency,
  livemode: false,
  metadata: {},
  payment_intent: intent.id,
  reason: 'fraudulent',
  status: 'needs_response',
});

/** A line as the API answers it at `nowMs`. */
export const balanceFields = (line: BalanceLine, nowMs: number) => {
  const availableMs = line.atMs + settlesAfterMs;
  const fee = { amount: Number(line.feeMinor), application: null, currency: line.currency, type: 'stripe_fee' };
  return {
    id: line.id,
    object: 'balance_transaction',
    amount: Number(line.amountMinor),
    available_on: seconds(availableMs),
    created: seconds(line.atMs),
    currency: line.currency,
    description: null,
    exchange_rate: null,
    fee: Number(line.feeMinor),
    fee_details: line.feeMinor === 0n ? [] : [{ ...fee, description: 'Stripe processing fees' }],
    net: Number(line.amountMinor - line.feeMinor),
    reporting_category: line.category,
    source: line.source,
    status: nowMs >= availableMs ? 'available' : 'pending',
    type: line.type,
  };
};

/** The reply to a call: an object of the API, or a refusal, laid out as the vendor's. */
export const answerReply = (answer: object | Refusal, headers: Reply['headers'] = {}): Reply => {
  const [status, body] = isRefusal(answer) ? [answer.status, { error: answer.error }] : [200, answer];
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body, null, 2)),
  };
};
