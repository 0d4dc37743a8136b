/** The bytes of the generic provider: JSON both ways, amounts as whole minor units, times as ISO 8601 in UTC. */
import type { Call, Reply } from '#harness/provider';
import { type Json, readJsonObject, textIn } from '../json-body.ts';
import { account, amountMinorRange, currencies, type Refusal, referenceForm, refusals } from './quirks.ts';
import { type Payment, type PaymentRequest, refundedMinor, statusOf } from './states.ts';

/** Whether something is a refusal. */
export const isRefusal = (read: unknown): read is Refusal =>
  typeof read === 'object' && read !== null && 'isStored' in read;

const jsonReply = (status: number, type: string, fields: object): Reply => ({
  status,
  headers: { 'Content-Type': type },
  body: Buffer.from(JSON.stringify(fields)),
});

/** An object of the API. */
export const objectReply = (status: number, fields: object): Reply => jsonReply(status, 'application/json', fields);

/** Problem details, under another status where `as` says so. */
export const problemReply = ({ status, code, title, detail }: Refusal, as = status): Reply => {
  const type = `https://payments.example/problems/${code}`;
  const reply = jsonReply(as, 'application/problem+json', { type, title, status, ...(detail !== '' && { detail }) });
  return as === 401 ? { ...reply, headers: { ...reply.headers, 'WWW-Authenticate': 'Bearer' } } : reply;
};

/** The fields of a body; a body that is not there has none. */
export const readFields = ({ body }: Call): Json | Refusal =>
  body.length === 0 ? {} : (readJsonObject(body) ?? refusals.malformed);

/** Whole minor units within the bounds, or why not. */
export const readAmount = (fields: Json): bigint | Refusal => {
  const given = Object.hasOwn(fields, 'amount') ? fields.amount : undefined;
  if (typeof given !== 'number' || !Number.isSafeInteger(given)) return refusals.invalid('amount');
  const amountMinor = BigInt(given);
  const { min, max } = amountMinorRange;
  return amountMinor < min || amountMinor > max ? refusals.invalid('amount') : amountMinor;
};

/** What a merchant asks for, or why it cannot be had. */
export const readPayment = (fields: Json): PaymentRequest | Refusal => {
  const [reference, currency] = [textIn(fields, 'reference'), textIn(fields, 'currency')];
  if (!referenceForm.test(reference)) return refusals.invalid('reference');
  const amountMinor = readAmount(fields);
  if (isRefusal(amountMinor)) return amountMinor;
  return currencies.includes(currency) ? { reference, amountMinor, currency } : refusals.invalid('currency');
};

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

/** A payment. `payer` and the captured amount are known once it was paid. */
export const paymentFields = (payment: Payment) => ({
  id: payment.id,
  merchant_id: account.merchantId,
  reference: payment.reference,
  status: statusOf(payment) as string,
  amount: Number(payment.amountMinor),
  captured_amount: payment.paid === undefined ? null : Number(payment.paid.amountMinor),
  refunded_amount: Number(refundedMinor(payment)),
  currency: payment.currency,
  payer: payment.paid === undefined ? null : 'buyer_topple_test',
  created_at: timeOf(payment.createdMs),
  paid_at: payment.paid === undefined ? null : timeOf(payment.paid.atMs),
  refunds: payment.refunds.map(({ id, amountMinor, createdMs }) => ({
    id,
    amount: Number(amountMinor),
    created_at: timeOf(createdMs),
  })),
});

/** What a notice tells: the payment as it was at that moment. */
export interface Notice {
  readonly type: string;
  readonly timestamp: string;
  readonly data: object;
}

/** The notice of a moment. */
export const noticeOf = (type: string, payment: Payment, nowMs: number): Notice => ({
  type,
  timestamp: timeOf(nowMs),
  data: paymentFields(payment),
});

/** The body of a notice, laid out in lines: who parses it and writes it again has another signature. */
export const textOf = (notice: object): string => JSON.stringify(notice, null, 2);
