/**
 * Our client of Alipay's gateway (OpenAPI 2.0). Three kinds of answers: what Alipay provably said, what it provably
 * refused, and `unknown`, which is neither success nor failure and must be asked again with the same out_trade_no.
 */
import type { AlipayConfig } from '../config.ts';
import type { Ports } from '../ports.ts';
import { errorText } from '../resilience/error-text.ts';
import type { Count } from '../telemetry/counters.ts';
import { isSignedBy, privateKeyFrom, publicKeyFrom, signedText, signRequest } from './alipay-sign.ts';
import { fromYuan, toYuan } from './yuan.ts';

/** No answer that can be believed: lost, cut, not signed by Alipay, or Alipay itself does not know. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** The answer to an initiation. */
export type Initiation =
  | { readonly kind: 'accepted'; readonly qrCode: string }
  | { readonly kind: 'refused'; readonly code: string }
  | Unknown;

/** What Alipay says of an order; `captured` when the buyer's money was taken. */
export type Trade =
  | { readonly kind: 'captured'; readonly tradeNo: string; readonly amountMinor: bigint; readonly currency: string }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'absent' }
  | Unknown;

/** The calls the service makes. */
export interface Alipay {
  /** Asks for a payment of `amountMinor` fen. Safe to repeat: the same number and amount is the same trade. */
  precreate(orderId: string, amountMinor: bigint, notifyUrl: string): Promise<Initiation>;
  query(orderId: string): Promise<Trade>;
}

type Answer = { readonly kind: 'answer'; readonly fields: Readonly<Record<string, unknown>> } | Unknown;

const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });

/**
 * Refusals of this order for good (error codes of alipay.trade.precreate): nobody can pay it. Every other code is about
 * us, about Alipay's day, or about a trade that exists, and is decided by a query or a repeat.
 */
const refusals = new Set([
  'ACQ.BUYER_SELLER_EQUAL',
  'ACQ.EXIST_FORBIDDEN_WORD',
  'ACQ.INVALID_PARAMETER',
  'ACQ.TOTAL_FEE_EXCEED',
  'ACQ.TRADE_HAS_CLOSE',
]);

/** Alipay's clock shows Beijing time, which has no daylight saving. */
const beijingTime = (nowMs: number): string =>
  new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

const believed = (method: string, answer: string, isSigned: (text: string, sign: string) => boolean): Answer => {
  const text = signedText(answer, `${method.replaceAll('.', '_')}_response`);
  if (text === undefined) return unknown('not an answer to this call');
  try {
    const { sign } = JSON.parse(answer) as { sign?: unknown };
    if (typeof sign !== 'string' || !isSigned(text, sign)) return unknown('answer is not signed by Alipay');
    return { kind: 'answer', fields: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return unknown('answer is not JSON');
  }
};

/** What `alipay.trade.query` means; anything incomplete or about another order is unknown, never a guess. */
const tradeIn = (orderId: string, answer: Answer): Trade => {
  if (answer.kind === 'unknown') return answer;
  const { code, sub_code, out_trade_no, trade_no, trade_status, total_amount } = answer.fields;
  if (code === '40004' && sub_code === 'ACQ.TRADE_NOT_EXIST') return { kind: 'absent' };
  if (code !== '10000') return unknown(`code ${String(code)} ${String(sub_code ?? '')}`);
  if (out_trade_no !== orderId) return unknown('answer is about another order');
  if (trade_status === 'WAIT_BUYER_PAY') return { kind: 'open' };
  if (trade_status === 'TRADE_CLOSED') return { kind: 'closed' };
  const amountMinor = fromYuan(total_amount);
  const captured = trade_status === 'TRADE_SUCCESS' || trade_status === 'TRADE_FINISHED';
  if (!captured || amountMinor === undefined || typeof trade_no !== 'string' || trade_no === '') {
    return unknown('answer lacks status, amount or trade number');
  }
  const currency = answer.fields.trans_currency ?? 'CNY';
  return { kind: 'captured', tradeNo: trade_no, amountMinor, currency: String(currency) };
};

const initiationIn = (orderId: string, answer: Answer): Initiation => {
  if (answer.kind === 'unknown') return answer;
  const { code, sub_code, out_trade_no, qr_code } = answer.fields;
  if (code === '10000' && out_trade_no === orderId && typeof qr_code === 'string') {
    return { kind: 'accepted', qrCode: qr_code };
  }
  if (code === '40004' && refusals.has(String(sub_code))) return { kind: 'refused', code: String(sub_code) };
  return unknown(`code ${String(code)} ${String(sub_code ?? '')}`);
};

/** Binds the client to its keys and ports. */
export const alipayClient = (config: AlipayConfig, { http, clock }: Ports, count: Count): Alipay => {
  const appKey = privateKeyFrom(config.appPrivateKey);
  const alipayKey = publicKeyFrom(config.alipayPublicKey);

  const call = async (method: string, content: object, notifyUrl = ''): Promise<Answer> => {
    const parameters: Record<string, string> = {
      method,
      app_id: config.appId,
      charset: 'utf-8',
      version: '1.0',
      sign_type: 'RSA2',
      timestamp: beijingTime(clock.nowMs()),
    };
    if (notifyUrl !== '') parameters.notify_url = notifyUrl;
    const biz_content = JSON.stringify(content);
    const sign = signRequest({ ...parameters, biz_content }, appKey);
    try {
      const response = await http(`${config.gatewayUrl}?${new URLSearchParams({ ...parameters, sign })}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', accept: 'application/json' },
        body: new URLSearchParams({ biz_content }).toString(),
      });
      if (response.status !== 200) return unknown(`HTTP ${response.status}`);
      return believed(method, await response.text(), (text, signature) => isSignedBy(text, signature, alipayKey));
    } catch (error) {
      return unknown(errorText(error));
    }
  };

  return {
    precreate: async (orderId, amountMinor, notifyUrl) => {
      const content = { out_trade_no: orderId, total_amount: toYuan(amountMinor), subject: 'Wallet top-up' };
      const initiation = initiationIn(orderId, await call('alipay.trade.precreate', content, notifyUrl));
      const outcome = initiation.kind === 'accepted' ? 'ok' : initiation.kind;
      count('topup_dependency_requests_total', { dependency: 'alipay', operation: 'precreate', outcome });
      return initiation;
    },
    query: async (orderId) => {
      const trade = tradeIn(orderId, await call('alipay.trade.query', { out_trade_no: orderId }));
      const outcome = trade.kind === 'unknown' ? 'unknown' : 'ok';
      count('topup_dependency_requests_total', { dependency: 'alipay', operation: 'query', outcome });
      return trade;
    },
  };
};
