/**
 * Our client of the generic provider whose notices are Standard Webhooks: Bearer key, JSON, problem details (RFC 9457).
 * A payment is made under an Idempotency-Key that is the order's id, and found again by that id as its reference, so
 * that an answer that was lost costs nothing.
 */
import { needed } from '../config.ts';
import type { Answered } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { type Fields, fieldsIn, minorIn, objectsIn, textIn } from './json-fields.ts';
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

const policy = policyOf('standard-webhooks');

/** `code` says why nobody will ever pay this order. */
type Answer = Answered<{ readonly fields: Fields }> | (Unknown & { readonly code?: string });

/** What follows from an answer that is no success; the kind of a problem is the end of its type. */
const failureIn = (status: number, fields: Fields): Answer => {
  const code = textIn(fields, 'type').split('/').at(-1)?.slice(0, 64) ?? '';
  const failure = unknown(`HTTP ${status} ${code}`);
  if (status === 429 || status >= 500) return { ...failure, isStrain: true };
  // The same request is being made at this moment, or was made so long ago that its key is forgotten.
  if (status === 409) return failure;
  // Whoever refuses names a problem; one without a name is not the provider's.
  if (status === 422 && !['', 'key-reused'].includes(code)) return { ...failure, code };
  return { ...failure, isOurFault: true };
};

const isAbout = (id: string, merchantId: string, payment: Fields): boolean =>
  textIn(payment, 'reference') === id && textIn(payment, 'merchant_id') === merchantId;

const initiationIn = ({ id, amountMinor, currency }: Payable, merchantId: string, answer: Answer): Initiation => {
  if (answer.kind !== 'answer') return answer.code === undefined ? answer : { kind: 'refused', code: answer.code };
  const { fields } = answer;
  const isOurs =
    isAbout(id, merchantId, fields) &&
    minorIn(fields, 'amount') === amountMinor &&
    textIn(fields, 'currency') === currency;
  // A buyer pays by naming the payment.
  const payBy = textIn(fields, 'id');
  if (!isOurs || payBy === '') return unknown('answer is not about this order, or cannot be paid by');
  return { kind: 'accepted', payBy };
};

const ends: readonly string[] = ['canceled', 'declined'];

/** What the payments of an order mean; anything incomplete or about another order is unknown, never a guess. */
const tradeIn = (id: string, merchantId: string, answer: Answer): Trade => {
  if (answer.kind !== 'answer') return answer;
  const payments = objectsIn(answer.fields, 'data');
  if (payments === undefined) return unknown('answer lists no payments');
  if (!payments.every((payment) => isAbout(id, merchantId, payment))) return unknown('answer is about another order');
  // At most one of them waits or is paid.
  const payment = payments.find((one) => !ends.includes(textIn(one, 'status')));
  if (payment === undefined) return { kind: payments.length === 0 ? 'absent' : 'closed' };
  const [tradeNo, currency, status] = [textIn(payment, 'id'), textIn(payment, 'currency'), textIn(payment, 'status')];
  if (status === 'pending') return { kind: 'open' };
  const amountMinor = minorIn(payment, 'captured_amount');
  if (status !== 'succeeded' || amountMinor === undefined || tradeNo === '' || currency === '')
    return unknown(`answer lacks amount or number, or its status is ${status.slice(0, 32)}`);
  return { kind: 'captured', tradeNo, amountMinor, currency };
};

const answerIn = (status: number, text: string): Answer => {
  const fields = fieldsIn(text);
  if (fields === undefined) return noAnswer(`HTTP ${status}, not JSON`);
  return status === 200 || status === 201 ? { kind: 'answer', fields } : failureIn(status, fields);
};

/** The client of a role that is configured for standard-webhooks. */
export const standardWebhooksClient = (role: RoleParts): PaymentClient => {
  const makeCall = openProviderCalls(role, policy);
  const { url, apiKey, merchantId } = needed(role.config.payments, 'standard-webhooks');
  const send = openSender<Answer>(role, policy, { read: answerIn, lost: noAnswer });
  const authorization = `Bearer ${apiKey}`;
  return {
    // The address for webhooks is entered at the provider once, not per payment.
    initiate: async (order, _notifyUrl, isRetry) => {
      // The API has minor units as a JSON number: written digit by digit, so that no float comes in between.
      const body = `{"reference":"${order.id}","amount":${order.amountMinor},"currency":"${order.currency}"}`;
      const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': `"${order.id}"` };
      const make = async () =>
        initiationIn(order, merchantId, await send(`${url}/v1/payments`, { method: 'POST', headers, body }));
      return asUnknown(await makeCall({ operation: 'create_payment', orderId: order.id, isRetry }, make));
    },
    query: async ({ id }) => {
      const target = `${url}/v1/payments?reference=${encodeURIComponent(id)}`;
      const make = async () =>
        tradeIn(id, merchantId, await send(target, { method: 'GET', headers: { authorization } }));
      return asUnknown(await makeCall({ operation: 'list_payments', orderId: id, isRetry: false }, make));
    },
  };
};
