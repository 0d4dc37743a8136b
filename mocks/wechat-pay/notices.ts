/** Notices: an envelope with a resource sealed under the merchant's APIv3 key, and a signature of the platform. */
import { createHash } from 'node:crypto';
import type { Clock } from '#harness/clock';
import type { WebhookBytes } from '#harness/provider';
import type { Random } from '#harness/seed';
import { lettersFrom } from '../numbers.ts';
import type { Webhook } from '../webhook-sender.ts';
import { falsehoods } from './falsehoods.ts';
import { merchant } from './quirks.ts';
import { type Keys, platformSerialFor, seal, signedHeaders } from './sign.ts';
import type { Order, Refund } from './states.ts';
import { orderFields, refundNoticeFields, rfc3339 } from './wire.ts';

/** What notices need of the open provider. `wall` dates signatures, `clock` everything else. */
export interface Pen {
  readonly clock: Clock;
  readonly wall: Clock;
  readonly random: Random;
  readonly keys: Keys;
}

/** A name-based UUID: the same for the same fact, and for no other. */
const idOf = (fact: string): string => {
  const hex = createHash('sha1').update(fact).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};

/** The bytes of a notice, with headers of this moment. */
export const signedNotice = (body: string, mchid: string, { wall, random, keys }: Pen): WebhookBytes => {
  const nonce = lettersFrom(random, 32);
  const headers = signedHeaders(body, {
    nowMs: wall.nowMs(),
    nonce,
    serial: platformSerialFor(mchid),
    key: keys.platform,
  });
  return { headers: { 'Content-Type': 'application/json', ...headers }, body: Buffer.from(body) };
};

interface Fact {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly type: 'transaction' | 'refund';
  readonly plain: object;
}

const envelope = ({ id, kind, summary, type, plain }: Fact, { clock, random }: Pen, falsehood = ''): string => {
  const nonce = lettersFrom(random, 12);
  const told = falsehoods[falsehood]?.({ ...plain }) ?? plain;
  const ciphertext = seal(JSON.stringify(told), merchant.apiV3Key, nonce, type);
  return JSON.stringify({
    id,
    create_time: rfc3339(clock.nowMs()),
    resource_type: 'encrypt-resource',
    event_type: kind,
    summary,
    resource: { original_type: type, algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data: type, nonce },
  });
};

/** Each attempt has the same body and a signature of its own. */
const webhook = (fact: Fact, order: Order, url: string, pen: Pen): Webhook => {
  const { mchid, outTradeNo: reference } = order;
  const body = envelope(fact, pen);
  return {
    url,
    reference,
    eventId: fact.id,
    encode: (falsehood) => signedNotice(falsehood === undefined ? body : envelope(fact, pen, falsehood), mchid, pen),
    renumbered: (nth) => webhook({ ...fact, id: idOf(`${fact.id} ${nth}`) }, order, url, pen),
  };
};

/** The notice of a payment, to the address that the order gave. */
export const paidNotice = (order: Order, pen: Pen): Webhook => {
  const kind = 'TRANSACTION.SUCCESS';
  const id = idOf(`${order.transactionId} ${kind}`);
  const fact: Fact = { id, kind, summary: '支付成功', type: 'transaction', plain: orderFields(order) };
  return webhook(fact, order, order.notifyUrl, pen);
};

const refundKinds = {
  SUCCESS: { kind: 'REFUND.SUCCESS', summary: '退款成功' },
  ABNORMAL: { kind: 'REFUND.ABNORMAL', summary: '退款异常' },
} as const;

/** The notice of a refund as it will have ended, to its own address or that of its order. */
export const refundNotice = (refund: Refund, pen: Pen): Webhook => {
  const { kind, summary } = refundKinds[refund.end];
  const plain = refundNoticeFields(refund, refund.endsMs);
  const fact: Fact = { id: idOf(`${refund.refundId} ${kind}`), kind, summary, type: 'refund', plain };
  return webhook(fact, refund.order, refund.notifyUrl || refund.order.notifyUrl, pen);
};
