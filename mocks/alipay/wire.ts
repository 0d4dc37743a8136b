/** Alipay's bytes: parameters in, signed JSON and signed form notices out. Yuan live here. */
import type { KeyObject } from 'node:crypto';
import { fromDecimal, toDecimal } from '#harness/money';
import type { Call, OutgoingWebhook, Reply } from '#harness/provider';
import { beijingTime } from '../beijing-time.ts';
import { signText } from '../rsa.ts';
import { falsehoods } from './falsehoods.ts';
import { buyer, merchant, type Refusal } from './quirks.ts';
import { textToSign } from './sign.ts';
import { type Code, closedAtMs, refundedMinor, statusOf, type Trade } from './states.ts';

/** True for a real moment written as `beijingTime` writes it. */
export const isTimestamp = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text.replace(' ', 'T')}Z`));

/** Query and form parameters as one map, decoded; where both name one, the form's wins. Rubbish gives what it can. */
export const readParameters = (call: Call): ReadonlyMap<string, string> =>
  new Map([...call.query, ...new URLSearchParams(new TextDecoder().decode(call.body))]);

/** The fields of biz_content that are text or numbers, as text; empty when it is not a JSON object. */
export const readBizContent = (json: string): ReadonlyMap<string, string> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return new Map();
  }
  const fields = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {});
  return new Map(
    fields
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([k, v]) => [k, String(v)]),
  );
};

/** Fen of a yuan amount, or undefined for anything else. */
export const readYuan = (decimal: string): bigint | undefined => {
  try {
    return fromDecimal(decimal, 'CNY').amountMinor;
  } catch {
    return undefined;
  }
};

/** A yuan amount of fen, with two decimals. */
export const yuan = (amountMinor: bigint): string => toDecimal({ amountMinor, currency: 'CNY' });

const reply = (text: string): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/html;charset=utf-8' },
  body: Buffer.from(text),
});

/** The gateway refuses with HTTP 200. */
const refusing = (answer: Reply): Reply => ({ ...answer, isRefusal: true });

const answerName = (method: string): string => `${method.replaceAll('.', '_')}_response`;

/** `{"<method>_response":{…},"sign":"…"}`, signed over the exact inner text, in which `/` is written `\/`. */
export const signedReply = (method: string, inner: object, key: KeyObject): Reply => {
  const text = JSON.stringify(inner).replaceAll('/', '\\/');
  const signed = reply(`{"${answerName(method)}":${text},"sign":"${signText(text, key)}"}`);
  return 'sub_code' in inner ? refusing(signed) : signed;
};

/** The same without a signature: there is none for an app that the gateway does not know (D: probed). */
export const unsignedReply = (method: string, refusal: Refusal): Reply =>
  refusing(reply(JSON.stringify({ [answerName(method)]: refusal })));

/** The envelope for a method that there is not. */
export const errorReply = (inner: object): Reply => refusing(reply(JSON.stringify({ error_response: inner })));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What a page is made for: what the buyer may pay, and where he goes afterwards ('' for nowhere). */
interface PayPage {
  readonly code: Code;
  readonly returnUrl: string;
  readonly nowMs: number;
  readonly key: KeyObject;
}

/** The address to which the browser goes back: signed as a notice is, and no proof of a payment. */
const returnTo = ({ code, returnUrl, nowMs, key }: PayPage): string => {
  const fields = new Map([
    ['charset', 'utf-8'],
    ['out_trade_no', code.outTradeNo],
    ['method', 'alipay.trade.page.pay.return'],
    ['total_amount', yuan(code.amountMinor)],
    ['trade_no', code.tradeNo],
    ['auth_app_id', merchant.appId],
    ['version', '1.0'],
    ['app_id', merchant.appId],
    ['seller_id', merchant.sellerId],
    ['timestamp', beijingTime(nowMs)],
  ]);
  const target = URL.parse(returnUrl);
  if (target === null) return '';
  for (const [name, value] of noticeForm(fields, key)) target.searchParams.append(name, value);
  return target.href;
};

/** What a browser is shown: the order, how it is paid here and where the way back leads; or the refusal. */
export const payPage = (shown: PayPage | Refusal): Reply => {
  const page = (body: string): Reply => reply(`<!doctype html><meta charset="utf-8"><title>支付宝</title>${body}`);
  if ('sub_code' in shown) return refusing(page(`<p id="error">${escaped(`${shown.sub_code} ${shown.sub_msg}`)}</p>`));
  const { code } = shown;
  const back = returnTo(shown);
  const way = back === '' ? '' : `<p><a id="return" href="${escaped(back)}">返回商家</a></p>`;
  const pay = `<pre>topple mocks pay alipay ${escaped(code.outTradeNo)}</pre>`;
  return page(`<h1>${escaped(code.subject)}</h1><p id="amount">${yuan(code.amountMinor)}</p>${pay}${way}`);
};

/** The answer of alipay.trade.query. A paid trade shows the amount that was really captured. */
export const tradeFields = (trade: Trade): object => {
  const received = yuan(trade.paid?.amountMinor ?? 0n);
  return {
    buyer_logon_id: buyer.logonId,
    buyer_pay_amount: received,
    buyer_user_id: buyer.id,
    ...(trade.paid && { fund_bill_list: [{ amount: received, fund_channel: 'ALIPAYACCOUNT' }] }),
    invoice_amount: received,
    out_trade_no: trade.outTradeNo,
    point_amount: '0.00',
    receipt_amount: received,
    ...(trade.paid && { send_pay_date: beijingTime(trade.paid.atMs) }),
    total_amount: yuan(trade.paid?.amountMinor ?? trade.amountMinor),
    trade_no: trade.tradeNo,
    trade_status: statusOf(trade),
  };
};

/** The number that a notice about the trade as it is now keeps over all its retries: 34 digits, as the vendor's. */
export const noticeId = (trade: Trade): string => {
  const atMs = closedAtMs(trade) ?? trade.refunds.at(-1)?.atMs ?? trade.paid?.atMs ?? trade.createdMs;
  const nth = 1 + trade.refunds.length + (trade.closedMs === undefined ? 0 : 1);
  return (
    beijingTime(atMs)
      .replace(' ', `${String(nth).padStart(2, '0')}222`)
      .replace(/\D/g, '') + trade.tradeNo.slice(-15)
  );
};

/** Another number for the `nth` further notice about the same fact. */
export const otherNoticeId = (id: string, nth: number): string =>
  `${id.slice(0, 16)}${String(222 + nth).padStart(3, '0')}${id.slice(19)}`;

/** What is said of money that went back, and of a trade that is closed. */
const closingFields = (trade: Trade): readonly (readonly [string, string])[] => {
  const [closedMs, refund] = [closedAtMs(trade), trade.refunds.at(-1)];
  const closing = closedMs === undefined ? [] : ([['gmt_close', beijingTime(closedMs)]] as const);
  if (refund === undefined) return closing;
  const told = { gmt_refund: `${beijingTime(refund.atMs)}.000`, refund_fee: yuan(refundedMinor(trade)) };
  return [...closing, ...Object.entries({ ...told, out_biz_no: refund.outRequestNo })];
};

/** What the notice about the trade as it is now says, before it is signed; no value is empty. */
export const noticeFields = (trade: Trade, nowMs: number): ReadonlyMap<string, string> => {
  const amount = yuan(trade.paid?.amountMinor ?? 0n);
  const fields = new Map([
    ['gmt_create', beijingTime(trade.createdMs)],
    ['charset', 'utf-8'],
    ...(trade.paid ? ([['gmt_payment', beijingTime(trade.paid.atMs)]] as const) : []),
    ['notify_time', beijingTime(nowMs)],
    ['subject', trade.subject],
    ['buyer_id', buyer.id],
    ['invoice_amount', amount],
    ['version', '1.0'],
    ['notify_id', noticeId(trade)],
    ['fund_bill_list', JSON.stringify([{ amount, fundChannel: 'ALIPAYACCOUNT' }])],
    ['notify_type', 'trade_status_sync'],
    ['out_trade_no', trade.outTradeNo],
    ['total_amount', trade.paid ? amount : yuan(trade.amountMinor)],
    ['trade_status', statusOf(trade)],
    ['trade_no', trade.tradeNo],
    ['auth_app_id', merchant.appId],
    ['receipt_amount', amount],
    ['point_amount', '0.00'],
    ['buyer_pay_amount', amount],
    ['app_id', merchant.appId],
    ['seller_id', merchant.sellerId],
    ...closingFields(trade),
  ]);
  if (trade.passbackParams !== '') fields.set('passback_params', trade.passbackParams);
  return fields;
};

/** The notice as a signed form; the signature leaves out `sign` and `sign_type`. */
export const noticeForm = (fields: ReadonlyMap<string, string>, key: KeyObject): URLSearchParams => {
  const signature = signText(textToSign(fields, []), key);
  return new URLSearchParams([...fields, ['sign_type', 'RSA2'], ['sign', signature]]);
};

/** A form as it is posted. */
export const posted = (form: URLSearchParams): Pick<OutgoingWebhook, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: Buffer.from(form.toString()),
});

/** The notice about the trade as it is now, dated and signed; with an id of its own, or one of the falsehoods. */
export const noticeOf = (
  trade: Trade,
  nowMs: number,
  key: KeyObject,
  { id = noticeId(trade), falsehood }: { readonly id?: string; readonly falsehood?: string | undefined } = {},
): Pick<OutgoingWebhook, 'headers' | 'body'> => {
  const fields = new Map([...noticeFields(trade, nowMs), ['notify_id', id]]);
  return posted(noticeForm(falsehoods[falsehood ?? '']?.(fields) ?? fields, key));
};
