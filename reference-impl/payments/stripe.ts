/**
 * Our client of Stripe's API v1. A payment is a PaymentIntent, made under an idempotency key that is the order's id:
 * Stripe keeps its first answer for a day, whatever it was. It is asked by its own number, which that answer holds.
 */
import { needed } from '../config.ts';
import type { Answered } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { type Fields, fieldsIn, minorIn, objectIn, textIn } from './json-fields.ts';
import {
  asUnknown,
  type Initiation,
  noAnswer,
  type Payable,
  type PaymentClient,
  type Trade,
  type Unknown,
  unknown,
} from './payment-client.ts';

const policy = policyOf('stripe');

/** The version whose objects are read here (R: what stripe-node 23.1 sends). */
const apiVersion = '2026-10-28.endive';

/** `code` says why nobody will ever pay this order. */
type Answer = Answered<{ readonly fields: Fields }> | (Unknown & { readonly code?: string });

/** What follows from an answer that is no success (D: docs.stripe.com/api/errors). */
const failureIn = (status: number, fields: Fields): Answer => {
  const error = objectIn(fields, 'error');
  const [type, code] = [textIn(error, 'type'), textIn(error, 'code')];
  const failure = unknown(`HTTP ${status} ${code || type}`);
  if (status === 429 || status >= 500) return { ...failure, isStrain: true };
  // The same request is being made at this moment.
  if (status === 409) return failure;
  if (status === 400 && type !== 'idempotency_error') return { ...failure, code: code || type };
  return { ...failure, isOurFault: true };
};

const initiationIn = ({ id, amountMinor, currency }: Payable, answer: Answer): Initiation => {
  if (answer.kind !== 'answer') return answer.code === undefined ? answer : { kind: 'refused', code: answer.code };
  const { fields } = answer;
  const [number, payBy] = [textIn(fields, 'id'), textIn(fields, 'client_secret')];
  const isOurs =
    textIn(objectIn(fields, 'metadata'), 'order_no') === id &&
    minorIn(fields, 'amount') === amountMinor &&
    textIn(fields, 'currency').toUpperCase() === currency;
  if (!isOurs || number === '' || payBy === '') return unknown('answer is not about this order, or cannot be paid by');
  return { kind: 'accepted', payBy, number };
};

/** What a PaymentIntent means; anything incomplete or about another order is unknown, never a guess. */
const tradeIn = (id: string, answer: Answer): Trade => {
  if (answer.kind !== 'answer') return answer;
  const { fields } = answer;
  if (textIn(objectIn(fields, 'metadata'), 'order_no') !== id) return unknown('answer is about another order');
  const [tradeNo, state] = [textIn(fields, 'id'), textIn(fields, 'status')];
  if (state === 'canceled') return { kind: 'closed' };
  if (state !== 'succeeded') return state === '' ? unknown('answer lacks its status') : { kind: 'open' };
  const amountMinor = minorIn(fields, 'amount_received');
  const currency = textIn(fields, 'currency').toUpperCase();
  if (amountMinor === undefined || tradeNo === '' || currency === '') return unknown('answer lacks amount or number');
  return { kind: 'captured', tradeNo, amountMinor, currency };
};

const answerIn = (status: number, text: string): Answer => {
  const fields = fieldsIn(text);
  if (fields === undefined) return noAnswer(`HTTP ${status}, not JSON`);
  return status === 200 ? { kind: 'answer', fields } : failureIn(status, fields);
};

/** Makes one call; what comes back is an answer or unknown, and nothing is thrown. */
const askerOf = (role: RoleParts) => {
  const { url, secretKey } = needed(role.config.payments, 'stripe');
  const send = openSender<Answer>(role, policy, { read: answerIn, lost: noAnswer });
  return (path: string, form?: URLSearchParams, idempotencyKey = ''): Promise<Answer> =>
    send(`${url}${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${secretKey}`,
        'stripe-version': apiVersion,
        ...(form && { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': idempotencyKey }),
      },
      ...(form && { body: form.toString() }),
    });
};

/** The client of a role that is configured for stripe. */
export const stripeClient = (role: RoleParts): PaymentClient => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role);
  return {
    // The address for webhooks is entered at Stripe once, not per payment.
    initiate: async (order, _notifyUrl, isRetry) => {
      const form = new URLSearchParams({
        amount: order.amountMinor.toString(),
        currency: order.currency.toLowerCase(),
        'metadata[order_no]': order.id,
        description: 'Wallet top-up',
      });
      const make = async () => initiationIn(order, await ask('/v1/payment_intents', form, order.id));
      return asUnknown(await makeCall({ operation: 'create_intent', orderId: order.id, isRetry }, make));
    },
    query: async ({ id, paymentNumber }) => {
      // Nobody was given what this order is paid by, so nobody can have paid it by our doing; a webhook would tell.
      if (paymentNumber === null) return { kind: 'open' };
      const make = async () => tradeIn(id, await ask(`/v1/payment_intents/${encodeURIComponent(paymentNumber)}`));
      return asUnknown(await makeCall({ operation: 'read_intent', orderId: id, isRetry: false }, make));
    },
  };
};
