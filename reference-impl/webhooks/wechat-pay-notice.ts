/** WeChat Pay's notices: JSON signed in headers, in which the payment is sealed under the merchant's own key. */
import { needed, type PaymentConfigs } from '../config.ts';
import { type Fields, fieldsIn, minorIn, objectIn, textIn } from '../payments/json-fields.ts';
import { publicKeyFrom } from '../payments/keys.ts';
import { problemWith, signatureHeaders, type Unseal } from '../payments/wechat-pay-sign.ts';
import type { Inlet, Notice } from './inlet.ts';

/** The payment or refund in an envelope; undefined when it was not sealed for us. */
const resourceIn = (envelope: Fields, apiV3Key: string, unseal: Unseal): Fields | undefined => {
  const resource = objectIn(envelope, 'resource');
  const [ciphertext, nonce] = [textIn(resource, 'ciphertext'), textIn(resource, 'nonce')];
  const text = unseal({ ciphertext, nonce, associatedData: textIn(resource, 'associated_data') }, apiV3Key);
  return text === undefined ? undefined : fieldsIn(text);
};

const noticeOf = (envelope: Fields, resource: Fields): Notice | undefined => {
  const amount = objectIn(resource, 'amount');
  const kind = textIn(envelope, 'event_type');
  const notice: Notice = {
    provider: 'wechat-pay',
    eventId: textIn(envelope, 'id'),
    status: kind,
    isPaid: kind === 'TRANSACTION.SUCCESS' && textIn(resource, 'trade_state') === 'SUCCESS',
    orderId: textIn(resource, 'out_trade_no'),
    tradeNo: textIn(resource, 'transaction_id'),
    amountMinor: minorIn(amount, 'total'),
    currency: textIn(amount, 'currency') || 'CNY',
  };
  return [notice.eventId, kind, notice.orderId, notice.tradeNo].includes('') ? undefined : notice;
};

/** The way in for WeChat Pay's notices to us. */
export const wechatPayInlet = (payments: PaymentConfigs, unseal: Unseal): Inlet => {
  const config = needed(payments, 'wechat-pay');
  const platform = { id: config.publicKeyId, key: publicKeyFrom(config.publicKey) };
  const opened = (body: Uint8Array) => {
    const envelope = fieldsIn(Buffer.from(body).toString());
    const resource = envelope && resourceIn(envelope, config.apiV3Key, unseal);
    return envelope && resource && { envelope, resource };
  };
  return {
    provider: 'wechat-pay',
    contentType: 'application/json',
    signatureHeaders,
    isSigned: ({ headers }) => headers.get('wechatpay-signature') !== null,
    forgeryIn: ({ body, headers, atMs }) =>
      signatureHeaders.every((name) => headers.get(name))
        ? problemWith(Buffer.from(body).toString(), headers, atMs, platform)
        : 'malformed',
    strayIn: (body) => {
      const resource = opened(body)?.resource;
      // The platform signs everybody's notices with one key; ours alone can be opened with our key.
      if (resource === undefined) return 'recipient';
      const isOther = (name: string, own: string): boolean => name in resource && textIn(resource, name) !== own;
      if (isOther('appid', config.appId)) return 'app_id';
      return textIn(resource, 'mchid') === config.merchantId ? undefined : 'seller_id';
    },
    noticeIn: ({ body }) => {
      const found = opened(body);
      return found && noticeOf(found.envelope, found.resource);
    },
    acknowledge: () => new Response(null, { status: 204 }),
    refuse: (status) => Response.json({ code: 'FAIL', message: 'not accepted' }, { status }),
  };
};
