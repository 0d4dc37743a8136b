/** Calls to Stripe: the secret key is all that makes them authentic. */
import type { Call, Reply } from '#harness/provider';
import type { Random } from '#harness/seed';
import { stripe } from '../stripe/index.ts';
import { expiredCard, genericDecline, incorrectCvc, operations, processingError } from '../stripe/quirks.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { objectAt, objectIn } from './json-reply.ts';
import { someDeed, someNumber } from './people.ts';
import { asText, drawFields, drawOr } from './values.ts';

/** Ids of earlier answers, by the kind of object; the oldest make room. */
const seen = new Map<string, string[]>();
const keep = (kind: string, id: string): void => {
  seen.set(kind, [id, ...(seen.get(kind) ?? [])].slice(0, 40));
};

/** Methods that are declined, and one that there is not; they and `paying` come alike often. */
const failing = [genericDecline, expiredCard, incorrectCvc, processingError, 'pm_none'];
const paying = failing.map(() => 'pm_card_visa');

/** Now and then something that is not modelled. */
const drawUnmodelled = (random: Random, field: Readonly<Record<string, string>>): typeof field =>
  random.unit() < 0.05 ? field : {};

const drawForm = (draw: Draw, operation: string): Readonly<Record<string, unknown>> => {
  const { random } = draw;
  const id = (kind: string) => random.pick([...(seen.get(kind) ?? []), 'none_1']);
  const money = {
    amount: drawOr(random, [1_000, 888, '10', 99_999_999_999]),
    currency: drawOr(random, ['usd', 'jpy', 'x']),
  };
  switch (operation) {
    case operations.createIntent: {
      const method = random.pick([undefined, undefined, 'alipay', ...paying, ...failing]);
      const confirm = random.pick([undefined, 'true']);
      const more = drawUnmodelled(random, { capture_method: 'manual' });
      return { ...money, 'metadata[order_no]': someNumber(random), payment_method: method, confirm, ...more };
    }
    case operations.confirmIntent:
      return {
        payment_method: random.pick([undefined, ...paying, ...failing]),
        ...drawUnmodelled(random, { off_session: 'true' }),
      };
    case operations.createSession:
      return {
        mode: drawOr(random, ['payment']),
        'line_items[0][price_data][currency]': 'usd',
        'line_items[0][price_data][unit_amount]': drawOr(random, [500, 500, 1]),
        ...drawUnmodelled(random, { 'payment_intent_data[application_fee_amount]': '1' }),
      };
    case operations.createRefund: {
      const of = random.unit() < 0.2 ? { charge: id('charge') } : { payment_intent: id('payment_intent') };
      const amount = random.pick([undefined, 100, 500, 5_000, 0, '1.5', 99_999_999_999]);
      return { ...of, amount, ...drawUnmodelled(random, { reverse_transfer: 'true' }) };
    }
    case operations.createEndpoint:
      return { url: drawOr(random, ['http://merchant.test/']), 'enabled_events[0]': '*' };
    case operations.createClock:
    case operations.advanceClock:
      return { frozen_time: drawOr(random, [random.integer(1, 2_000_000_000)]) };
    default:
      return {};
  }
};

/** Which part of a list is asked for. */
const drawQuery = (random: Random): string =>
  random.pick(['limit=1', 'limit=0', 'limit=x', 'limit=100', 'starting_after=none_1', 'ending_before=none_1']);

const kindOf = (operation: string): string =>
  /\{(\w+)\}/.exec(operation)?.[1]?.replace('intent', 'payment_intent').replace('session', 'checkout.session') ?? '';

const drawCall = (draw: Draw): Call => {
  const { random, identity, isRight } = draw;
  const { createIntent, confirmIntent, createRefund } = operations;
  const wanted = [...Object.values(operations), createIntent, createIntent, confirmIntent, createRefund, createRefund];
  const operation = random.pick([...wanted, 'GET /v1/none']);
  const [method = '', template = ''] = operation.split(' ');
  const kinds: Readonly<Record<string, string>> = {
    id: operation === operations.readNotice ? 'event' : 'balance_transaction',
  };
  const kind =
    kinds[kindOf(operation)] ?? (kindOf(operation) === 'test_clock' ? 'test_helpers.test_clock' : kindOf(operation));
  const path = template.replace(/\{\w+\}/, random.pick([...(seen.get(kind) ?? []), 'none_1']));
  const fields = Object.entries(drawFields(random, drawForm(draw, operation))).map(
    ([name, value]): [string, string] => [name, asText(value)],
  );
  const rawQuery = method === 'GET' && random.unit() < 0.3 ? drawQuery(random) : '';
  const key = `k${random.integer(1, 60)}`;
  return {
    method,
    path,
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers: {
      authorization: `Bearer ${isRight ? identity.secretKey : 'wrong'}`,
      ...(random.unit() < 0.3 && { 'idempotency-key': random.pick([key, key, 'x'.repeat(300)]) }),
    },
    body: Buffer.from(method === 'POST' ? new URLSearchParams(fields).toString() : ''),
  };
};

const codeOf = (reply: Reply): string => {
  const fields = objectIn(reply);
  const rows = Array.isArray(fields.data) ? (fields.data as Record<string, unknown>[]) : [fields];
  for (const { id, object, latest_charge: charge } of rows) {
    if (typeof id === 'string' && typeof object === 'string') keep(object, id);
    if (typeof charge === 'string') keep('charge', charge);
  }
  if (reply.status === 200) return 'ok';
  const { type, code, message } = objectAt(fields, 'error');
  if (typeof type !== 'string' || typeof message !== 'string') throw new Error(`HTTP ${reply.status} without a type`);
  return code === undefined ? type : `${type} ${code}`;
};

/** The target; bodies are not signed, so what is changed in them stays authentic. */
export const stripeTarget: FuzzTarget = {
  provider: stripe,
  unreachable: ['idempotency_error idempotency_key_in_use'], // while an answer is held
  drawSigned: drawCall,
  codeOf,
  begin: () => seen.clear(),
  byHand: someDeed,
  harmless: ['other value', 'left out', 'truncated', 'oversized', 'old', 'ahead', 'other method', 'rubbish'],
};
