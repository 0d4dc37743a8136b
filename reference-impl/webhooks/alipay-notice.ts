/** From the bytes of a webhook to a notice that is provably Alipay's and meant for us; everything else is refused. */
import type { KeyObject } from 'node:crypto';
import type { AlipayConfig } from '../config.ts';
import { isNoticeSignedBy, publicKeyFrom } from '../payments/alipay-sign.ts';

/** An authentic notice. Only a notice of this type may influence an order. */
export interface Notice {
  readonly eventId: string;
  readonly orderId: string;
  readonly tradeNo: string;
  readonly status: string;
  /** Yuan, as Alipay wrote it. */
  readonly totalAmount: string;
  readonly currency: string;
}

/** Why a webhook was not believed. */
export type Distrust = 'malformed' | 'signature' | 'app_id' | 'seller_id';

/** Whom a notice must come from and go to. */
export interface Recipient {
  readonly alipayKey: KeyObject;
  readonly appId: string;
  readonly sellerId: string;
}

/** We, as Alipay knows us. */
export const recipientIn = ({ alipayPublicKey, appId, sellerId }: AlipayConfig): Recipient => ({
  alipayKey: publicKeyFrom(alipayPublicKey),
  appId,
  sellerId,
});

/** The decoded fields; undefined when a name occurs twice, since signer and reader might pick different values. */
const fieldsIn = (body: Uint8Array): ReadonlyMap<string, string> | undefined => {
  // URLSearchParams leaves a lone % as it is, where decodeURIComponent would throw and the provider retry for a day.
  const pairs = [...new URLSearchParams(Buffer.from(body).toString())];
  const fields = new Map(pairs);
  return fields.size === pairs.length ? fields : undefined;
};

/** The notice, without asking who sent it: for bodies that were verified when they were stored. */
export const noticeIn = (body: Uint8Array): Notice | undefined => {
  const fields = fieldsIn(body);
  const named = (name: string): string => fields?.get(name) ?? '';
  const notice = {
    eventId: named('notify_id'),
    orderId: named('out_trade_no'),
    tradeNo: named('trade_no'),
    status: named('trade_status'),
    totalAmount: named('total_amount'),
    currency: fields?.get('trans_currency') ?? 'CNY',
  };
  return Object.values(notice).includes('') ? undefined : notice;
};

/** The notice, or the reason not to believe it. */
export type Authenticate = (body: Uint8Array, recipient: Recipient) => Notice | Distrust;

/** The signature is judged before anything that it covers. */
export const verifiedNotice: Authenticate = (body, recipient) => {
  const fields = fieldsIn(body);
  if (!fields?.get('sign')) return 'malformed';
  if (fields.get('sign_type') !== 'RSA2' || !isNoticeSignedBy(fields, recipient.alipayKey)) return 'signature';
  if (fields.get('app_id') !== recipient.appId) return 'app_id';
  if (fields.get('seller_id') !== recipient.sellerId) return 'seller_id';
  return noticeIn(body) ?? 'malformed';
};
