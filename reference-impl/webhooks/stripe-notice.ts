/** Stripe's notices: JSON, with an HMAC under the secret of our endpoint in a header. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { needed, type PaymentConfigs } from '../config.ts';
import { fieldsIn, minorIn, objectIn, textIn } from '../payments/json-fields.ts';
import type { Delivered, Distrust, Inlet, Notice, Told } from './inlet.ts';

/** How old a signature may be, and how far ahead of our clock (D; Stripe's own libraries let the future pass). */
const windowMs = 300_000;

/** What the header holds; while a secret is rolled there is a signature under each of the two. */
const signaturesIn = (header: string) => {
  const pairs = header.split(',').map((pair): readonly [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  const valuesOf = (name: string): readonly string[] => pairs.filter(([key]) => key === name).map(([, value]) => value);
  return { timestamps: valuesOf('t'), signatures: valuesOf('v1') };
};

const isEqual = (hex: string, digest: Buffer): boolean => {
  const given = Buffer.from(hex, 'hex');
  return given.length === digest.length && timingSafeEqual(given, digest);
};

const forgeryIn = ({ body, headers, atMs }: Delivered, secret: string): Distrust | undefined => {
  const { timestamps, signatures } = signaturesIn(headers.get('stripe-signature') ?? '');
  const [timestamp = ''] = timestamps;
  if (timestamps.length !== 1 || signatures.length === 0) return 'malformed';
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
  if (!signatures.some((signature) => isEqual(signature, digest))) return 'signature';
  const signedMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  return Math.abs(atMs - signedMs) <= windowMs ? undefined : 'timestamp';
};

/** Of the many kinds only one says that money was taken; the others are acknowledged and left alone. */
const paidKind = 'payment_intent.succeeded';

const noticeIn = ({ body }: Told): Notice | undefined => {
  const fields = fieldsIn(Buffer.from(body).toString());
  if (fields === undefined || textIn(fields, 'object') !== 'event') return undefined;
  const [eventId, status] = [textIn(fields, 'id'), textIn(fields, 'type')];
  const object = objectIn(objectIn(fields, 'data'), 'object');
  const notice: Notice = {
    provider: 'stripe',
    eventId,
    status,
    isPaid: status === paidKind,
    orderId: textIn(objectIn(object, 'metadata'), 'order_no'),
    tradeNo: textIn(object, 'id'),
    amountMinor: minorIn(object, 'amount_received'),
    currency: textIn(object, 'currency').toUpperCase(),
  };
  const isWhole = notice.orderId !== '' && notice.tradeNo !== '' && notice.currency !== '';
  return eventId === '' || status === '' || (notice.isPaid && !isWhole) ? undefined : notice;
};

/** The way in for Stripe's notices to our endpoint; the secret is that endpoint's, so none can be for somebody else. */
export const stripeInlet = (payments: PaymentConfigs): Inlet => {
  const { webhookSecret } = needed(payments, 'stripe');
  return {
    provider: 'stripe',
    contentType: 'application/json',
    signatureHeaders: ['stripe-signature'],
    isSigned: ({ headers }) => headers.get('stripe-signature') !== null,
    forgeryIn: (delivered) => forgeryIn(delivered, webhookSecret),
    strayIn: () => undefined,
    noticeIn,
    acknowledge: () => new Response(null, { status: 200 }),
    refuse: (status) => new Response(null, { status }),
  };
};
