/** WeChat Pay's bytes: JSON in and out, amounts as whole fen, times as RFC 3339 in Beijing. */
import type { Reply } from '#harness/provider';
import { beijingTime } from '../beijing-time.ts';
import {
  buyer,
  merchant,
  outRefundNoForm,
  outTradeNoForm,
  type Refusal,
  refusals,
  stateDescriptions,
} from './quirks.ts';
import {
  type Order,
  type OrderRequest,
  type Refund,
  type RefundRequest,
  refundStateOf,
  stateOf,
  type TradeType,
} from './states.ts';

/** A moment in Beijing: `2026-01-01T08:00:00+08:00`. */
export const rfc3339 = (atMs: number): string => `${beijingTime(atMs).replace(' ', 'T')}+08:00`;

/** A JSON object; every other body is one without fields. */
export type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** The body as an object, empty when it is none. */
export const readJson = (body: Uint8Array): Json => {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
};

const textIn = (fields: Json, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

/** Whole fen above 0, or undefined. */
const fenIn = (value: unknown): bigint | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? BigInt(value) : undefined;

const objectIn = (fields: Json, name: string): Json => {
  const value = fields[name];
  return isObject(value) ? value : {};
};

const isUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '') && text.length <= 255;

/** Whether what was read is a refusal. */
export const isRefusal = (read: object): read is Refusal => 'status' in read && 'code' in read;

/** Why the merchant in a body is not the one who signed, or undefined. */
export const refuseMerchant = (given: unknown, mchid: string): Refusal | undefined => {
  if (given === mchid) return undefined;
  const known = given === merchant.mchid || given === merchant.certificateMchid;
  return known ? refusals.otherMerchant : refusals.unknownMerchant;
};

/** The field that one kind of order needs and is missing, or undefined: the payer, or where a browser's buyer is. */
const missingFor = (tradeType: TradeType, body: Json): string | undefined => {
  const scene = objectIn(body, 'scene_info');
  const needed: Readonly<Record<TradeType, readonly (readonly [path: string, given: string])[]>> = {
    NATIVE: [],
    APP: [],
    JSAPI: [['payer/openid', textIn(objectIn(body, 'payer'), 'openid')]],
    MWEB: [
      ['scene_info/payer_client_ip', textIn(scene, 'payer_client_ip')],
      ['scene_info/h5_info/type', textIn(objectIn(scene, 'h5_info'), 'type')],
    ],
  };
  return needed[tradeType].find(([, given]) => given === '')?.[0];
};

/** The order in the body of a prepay. */
export const readOrder = (body: Json, mchid: string, tradeType: TradeType): OrderRequest | Refusal => {
  const amount = objectIn(body, 'amount');
  const amountMinor = fenIn(amount.total);
  const [outTradeNo, description, notifyUrl] = ['out_trade_no', 'description', 'notify_url'].map((name) =>
    textIn(body, name),
  );
  const openid = textIn(objectIn(body, 'payer'), 'openid');
  const expiresMs = Date.parse(textIn(body, 'time_expire'));
  if (!outTradeNoForm.test(outTradeNo ?? '')) return refusals.parameter('out_trade_no');
  if (!description || description.length > 127) return refusals.parameter('description');
  if (!isUrl(notifyUrl ?? '')) return refusals.parameter('notify_url');
  if (amountMinor === undefined) return refusals.parameter('amount/total');
  if ((amount.currency ?? 'CNY') !== 'CNY') return refusals.parameter('amount/currency');
  if (body.time_expire !== undefined && Number.isNaN(expiresMs)) return refusals.parameter('time_expire');
  const missing = missingFor(tradeType, body);
  if (missing !== undefined) return refusals.parameter(missing);
  const refused = refuseMerchant(body.mchid, mchid) ?? (body.appid === merchant.appid ? undefined : refusals.appid);
  if (refused !== undefined) return refused;
  return {
    mchid,
    tradeType,
    outTradeNo: outTradeNo ?? '',
    description,
    attach: textIn(body, 'attach'),
    notifyUrl: notifyUrl ?? '',
    amountMinor,
    openid,
    ...(!Number.isNaN(expiresMs) && { expiresMs }),
  };
};

/** The refund in a body, and the total that the merchant believes the order to have. */
export const readRefund = (body: Json): { readonly request: RefundRequest; readonly totalMinor: bigint } | Refusal => {
  const amount = objectIn(body, 'amount');
  const [amountMinor, totalMinor] = [fenIn(amount.refund), fenIn(amount.total)];
  const [outRefundNo, notifyUrl] = [textIn(body, 'out_refund_no'), textIn(body, 'notify_url')];
  if (!outRefundNoForm.test(outRefundNo)) return refusals.parameter('out_refund_no');
  if (amountMinor === undefined) return refusals.parameter('amount/refund');
  if (totalMinor === undefined) return refusals.parameter('amount/total');
  if (amount.currency !== 'CNY') return refusals.parameter('amount/currency');
  if (notifyUrl !== '' && !isUrl(notifyUrl)) return refusals.parameter('notify_url');
  return { request: { outRefundNo, amountMinor, reason: textIn(body, 'reason'), notifyUrl }, totalMinor };
};

/** A reply that is not signed yet; `body` undefined for none. */
export const jsonReply = (status: number, body?: object): Reply => ({
  status,
  headers: body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' },
  body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
});

/** A refusal as the vendor writes it. */
export const refusalReply = ({ status, code, message }: Refusal): Reply => jsonReply(status, { code, message });

/** What the buyer pays with, as a prepay answers it. */
export const prepayFields = ({ tradeType, codeUrl, prepayId }: Order): object => {
  if (tradeType === 'NATIVE') return { code_url: codeUrl };
  if (tradeType !== 'MWEB') return { prepay_id: prepayId };
  return { h5_url: `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${prepayId}&package=topple` };
};

const paidFields = (order: Order): object =>
  order.paid === undefined
    ? {}
    : {
        bank_type: 'OTHERS',
        payer: { openid: order.openid || buyer.openid },
        success_time: rfc3339(order.paid.atMs),
        trade_type: order.tradeType,
        transaction_id: order.transactionId,
      };

/** An order as queries and notices tell it. A paid one shows what was really captured. */
export const orderFields = (order: Order): object => {
  const state = stateOf(order);
  const total = Number(order.paid?.amountMinor ?? order.amountMinor);
  const payment = order.paid && { payer_currency: 'CNY', payer_total: total };
  return {
    amount: { currency: 'CNY', total, ...payment },
    appid: merchant.appid,
    attach: order.attach,
    mchid: order.mchid,
    out_trade_no: order.outTradeNo,
    ...paidFields(order),
    trade_state: state,
    trade_state_desc: stateDescriptions[state],
  };
};

const refundNumbers = (refund: Refund): object => ({
  out_refund_no: refund.outRefundNo,
  out_trade_no: refund.order.outTradeNo,
  refund_id: refund.refundId,
  transaction_id: refund.order.transactionId,
  user_received_account: '支付用户零钱',
});

const refundAmounts = (refund: Refund): Readonly<Record<string, number>> => ({
  payer_refund: Number(refund.amountMinor),
  payer_total: Number(refund.order.paid?.amountMinor ?? 0n),
  refund: Number(refund.amountMinor),
  total: Number(refund.order.paid?.amountMinor ?? 0n),
});

const endedFields = (refund: Refund, nowMs: number): object =>
  refundStateOf(refund, nowMs) === 'SUCCESS' ? { success_time: rfc3339(refund.endsMs) } : {};

/** A refund as the API answers it; its state is called `status`. */
export const refundFields = (refund: Refund, nowMs: number): object => {
  const amounts = refundAmounts(refund);
  const settlement = { discount_refund: 0, settlement_refund: amounts.refund, settlement_total: amounts.total };
  return {
    ...refundNumbers(refund),
    amount: { ...amounts, ...settlement, currency: 'CNY', from: [] },
    channel: 'ORIGINAL',
    create_time: rfc3339(refund.createdMs),
    funds_account: 'AVAILABLE',
    promotion_detail: [],
    status: refundStateOf(refund, nowMs),
    ...endedFields(refund, nowMs),
  };
};

/** A refund as a notice tells it; its state is called `refund_status`. */
export const refundNoticeFields = (refund: Refund, nowMs: number): object => ({
  mchid: refund.order.mchid,
  ...refundNumbers(refund),
  refund_status: refundStateOf(refund, nowMs),
  ...endedFields(refund, nowMs),
  amount: refundAmounts(refund),
});
