/** Notices as Standard Webhooks 1.0.0 has them: JSON, its number, time and signatures in three headers. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { needed, type PaymentConfigs } from '../config.ts';
import { fieldsIn, minorIn, objectIn, textIn } from '../payments/json-fields.ts';
import type { Delivered, Distrust, Inlet, Notice, Told } from './inlet.ts';

/** How far a signature's time may be from ours, either way (R; the specification leaves it open). */
const windowMs = 300_000;

const signatureHeaders: readonly string[] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** The least that a secret holds (D); under one that holds nothing anybody could sign. */
const secretBytesMin = 24;

const keyIn = (webhookSecret: string): Buffer => {
  const key = Buffer.from(webhookSecret.replace(/^whsec_/, ''), 'base64');
  if (key.length < secretBytesMin) throw new Error('the secret of standard-webhooks is none: whsec_ and base64');
  return key;
};

/** While a secret is rotated there is a signature under each of the two; those of other schemes are not looked at. */
const isSignedWith = (key: Buffer, text: Buffer, header: string): boolean => {
  const digest = createHmac('sha256', key).update(text).digest();
  return header.split(' ').some((one) => {
    const [scheme, signature = ''] = one.split(',');
    const given = Buffer.from(signature, 'base64');
    return scheme === 'v1' && given.length === digest.length && timingSafeEqual(given, digest);
  });
};

const forgeryIn = ({ body, headers, atMs }: Delivered, key: Buffer): Distrust | undefined => {
  const [id = '', timestamp = '', signatures = ''] = signatureHeaders.map((name) => headers.get(name) ?? '');
  if (id === '' || timestamp === '' || signatures === '') return 'malformed';
  if (!isSignedWith(key, Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]), signatures)) return 'signature';
  const signedMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  return Math.abs(atMs - signedMs) <= windowMs ? undefined : 'timestamp';
};

const noticeIn = ({ body, headers }: Told): Notice | undefined => {
  const fields = fieldsIn(Buffer.from(body).toString()) ?? {};
  const status = textIn(fields, 'type');
  const payment = objectIn(fields, 'data');
  const notice: Notice = {
    provider: 'standard-webhooks',
    eventId: headers.get('webhook-id') ?? '',
    status,
    isPaid: status === 'payment.succeeded' && textIn(payment, 'status') === 'succeeded',
    orderId: textIn(payment, 'reference'),
    tradeNo: textIn(payment, 'id'),
    amountMinor: minorIn(payment, 'captured_amount'),
    currency: textIn(payment, 'currency'),
  };
  const { eventId, orderId, tradeNo, currency } = notice;
  return [eventId, status, orderId, tradeNo, currency].includes('') ? undefined : notice;
};

/** The way in for notices to our endpoint, signed under its secret (`whsec_` and base64); throws when that is none. */
export const standardWebhooksInlet = (payments: PaymentConfigs): Inlet => {
  const { webhookSecret, merchantId } = needed(payments, 'standard-webhooks');
  const key = keyIn(webhookSecret);
  return {
    provider: 'standard-webhooks',
    contentType: 'application/json',
    signatureHeaders,
    isSigned: ({ headers }) => headers.get('webhook-signature') !== null,
    forgeryIn: (delivered) => forgeryIn(delivered, key),
    strayIn: (body) => {
      const payment = objectIn(fieldsIn(Buffer.from(body).toString()) ?? {}, 'data');
      return textIn(payment, 'merchant_id') === merchantId ? undefined : 'recipient';
    },
    noticeIn,
    acknowledge: () => new Response(null, { status: 204 }),
    refuse: (status) => new Response(null, { status }),
  };
};
