/** Alipay's notices: forms that carry their own signature, app and seller. */
import { needed, type PaymentConfigs } from '../config.ts';
import { isNoticeSignedBy } from '../payments/alipay-sign.ts';
import { publicKeyFrom } from '../payments/keys.ts';
import { fromYuan } from '../payments/yuan.ts';
import type { Inlet, Notice, Told } from './inlet.ts';

const paidStatuses = ['TRADE_SUCCESS', 'TRADE_FINISHED'];

/** The decoded fields; undefined when a name occurs twice, since signer and reader might pick different values. */
const fieldsIn = (body: Uint8Array): ReadonlyMap<string, string> | undefined => {
  // URLSearchParams leaves a lone % as it is, where decodeURIComponent would throw and the provider retry for a day.
  const pairs = [...new URLSearchParams(Buffer.from(body).toString())];
  const fields = new Map(pairs);
  return fields.size === pairs.length ? fields : undefined;
};

const noticeIn = ({ body }: Told): Notice | undefined => {
  const fields = fieldsIn(body);
  const named = (name: string): string => fields?.get(name) ?? '';
  const total = named('total_amount');
  const texts = {
    eventId: named('notify_id'),
    orderId: named('out_trade_no'),
    tradeNo: named('trade_no'),
    status: named('trade_status'),
    currency: fields?.get('trans_currency') ?? 'CNY',
  };
  if (total === '' || Object.values(texts).includes('')) return undefined;
  return { provider: 'alipay', ...texts, isPaid: paidStatuses.includes(texts.status), amountMinor: fromYuan(total) };
};

const plain = { headers: { 'content-type': 'text/plain' } };

/** The way in for Alipay's notices to us. */
export const alipayInlet = (payments: PaymentConfigs): Inlet => {
  const { alipayPublicKey, appId, sellerId } = needed(payments, 'alipay');
  const alipayKey = publicKeyFrom(alipayPublicKey);
  return {
    provider: 'alipay',
    contentType: 'application/x-www-form-urlencoded',
    signatureHeaders: [],
    isSigned: ({ body }) => new URLSearchParams(Buffer.from(body).toString()).has('sign'),
    forgeryIn: ({ body }) => {
      const fields = fieldsIn(body);
      if (!fields?.get('sign')) return 'malformed';
      const isSigned = fields.get('sign_type') === 'RSA2' && isNoticeSignedBy(fields, alipayKey);
      return isSigned ? undefined : 'signature';
    },
    strayIn: (body) => {
      const fields = fieldsIn(body);
      if (fields?.get('app_id') !== appId) return 'app_id';
      return fields.get('seller_id') === sellerId ? undefined : 'seller_id';
    },
    noticeIn,
    // This exact body is read as "stop redelivering", and any other as "try again".
    acknowledge: () => new Response('success', plain),
    refuse: (status) => new Response('failure', { status, ...plain }),
  };
};
