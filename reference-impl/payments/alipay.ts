/**
 * Our client of Alipay's gateway (OpenAPI 2.0). Three kinds of answers: what Alipay provably said, what it provably
 * refused, and `unknown`, which is neither success nor failure and must be asked again with the same out_trade_no.
 */
import { needed } from '../config.ts';
import { errorText } from '../resilience/error-text.ts';
import { type Failure, withRetryAfter } from '../resilience/failure.ts';
import { alipayPolicy } from '../resilience/policy.ts';
import type { RoleParts } from '../service.ts';
import { overcallsIn } from '../telemetry/overcalls.ts';
import { classOf } from './alipay-codes.ts';
import { isSignedBy, privateKeyFrom, publicKeyFrom, signedText, signRequest } from './alipay-sign.ts';
import { fromYuan, toYuan } from './yuan.ts';

/** No answer that can be believed: lost, cut, not signed, Alipay itself does not know, or the call was not made. */
export interface Unknown extends Omit<Failure, 'kind'> {
  readonly kind: 'unknown';
  /** Alipay refused it for a reason that is ours, not the order's: the same again changes nothing. */
  readonly isOurFault?: boolean;
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
  /**
   * Asks for a payment of `amountMinor` fen. Safe to repeat: the same number and amount is the same trade. `isRetry`
   * when it would not be asked but for an earlier failure.
   */
  precreate(orderId: string, amountMinor: bigint, notifyUrl: string, isRetry: boolean): Promise<Initiation>;
  query(orderId: string): Promise<Trade>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a guard looks at is beside what Alipay said. */
type Answer = ({ readonly kind: 'answer'; readonly fields: Fields } & Pick<Failure, 'isStrain' | 'waitMs'>) | Failure;

const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });
const noAnswer = (reason: string): Unknown => ({ kind: 'unknown', reason, isStrain: true });

const failureIn = ({ code, sub_code }: Fields): Failure => classOf(String(code), String(sub_code ?? ''));

/** Alipay's clock shows Beijing time, which has no daylight saving. */
const beijingTime = (nowMs: number): string =>
  new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

const believed = (method: string, answer: string, isSigned: (text: string, sign: string) => boolean): Answer => {
  const text = signedText(answer, `${method.replaceAll('.', '_')}_response`);
  if (text === undefined) return noAnswer('not an answer to this call');
  try {
    const { sign } = JSON.parse(answer) as { sign?: unknown };
    if (typeof sign !== 'string' || !isSigned(text, sign)) return noAnswer('answer is not signed by Alipay');
    const fields = JSON.parse(text) as Fields;
    return { kind: 'answer', fields, isStrain: fields.code !== '10000' && failureIn(fields).isStrain === true };
  } catch {
    return noAnswer('answer is not JSON');
  }
};

/** What `alipay.trade.query` means; anything incomplete or about another order is unknown, never a guess. */
const tradeIn = (orderId: string, answer: Answer): Trade => {
  if (answer.kind !== 'answer') return { ...answer, kind: 'unknown' };
  const { code, sub_code, out_trade_no, trade_no, trade_status, total_amount } = answer.fields;
  if (code === '40004' && sub_code === 'ACQ.TRADE_NOT_EXIST') return { kind: 'absent' };
  if (code !== '10000') return { ...failureIn(answer.fields), ...waitOf(answer), kind: 'unknown' };
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

const waitOf = ({ waitMs }: Pick<Failure, 'waitMs'>) => (waitMs === undefined ? {} : { waitMs });

const initiationIn = (orderId: string, answer: Answer): Initiation => {
  if (answer.kind !== 'answer') return { ...answer, kind: 'unknown' };
  const { code, sub_code, out_trade_no, qr_code } = answer.fields;
  if (code === '10000' && out_trade_no === orderId && typeof qr_code === 'string') {
    return { kind: 'accepted', qrCode: qr_code };
  }
  if (code === '10000') return unknown('answer is about another order, or has no code to pay by');
  const failure = failureIn(answer.fields);
  if (failure.kind === 'refused' && code === '40004') return { kind: 'refused', code: String(sub_code) };
  return { ...failure, ...waitOf(answer), kind: 'unknown', isOurFault: failure.kind === 'refused' };
};

/** Makes one call, signed; what comes back is believed or has failed, and never thrown. */
const askerOf = (role: RoleParts) => {
  const { http, clock } = role.ports;
  const { times } = role.config;
  const config = needed(role.config, 'alipay');
  const appKey = privateKeyFrom(config.appPrivateKey);
  const alipayKey = publicKeyFrom(config.alipayPublicKey);

  return async (method: string, content: object, notifyUrl: string): Promise<Answer> => {
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
        timeoutMs: alipayPolicy.timeoutMs,
      });
      const isOurs = (text: string, signature: string): boolean => isSignedBy(text, signature, alipayKey);
      const answer =
        response.status === 200 ? believed(method, await response.text(), isOurs) : noAnswer(`HTTP ${response.status}`);
      return withRetryAfter(answer, response.headers, clock.nowMs(), times.retryAfterMaxMs);
    } catch (error) {
      return noAnswer(errorText(error));
    }
  };
};

/** The client of a role whose `config` must hold alipay. */
export const alipayClient = (role: RoleParts): Alipay => {
  const { config, ports, parts, count, show } = role;
  const guard = parts.resilience.guard(alipayPolicy, config.times, { ...ports, count, show });
  const noteCall = overcallsIn(show, alipayPolicy.dependency);
  const ask = askerOf(role);

  const send = async (method: string, content: { readonly out_trade_no: string }, notifyUrl = ''): Promise<Answer> => {
    const answer = await ask(method, content, notifyUrl);
    noteCall(method, content.out_trade_no, answer.isStrain !== true);
    return answer;
  };

  const counted = (operation: 'precreate' | 'query', outcome: 'ok' | 'refused' | 'unknown'): void =>
    count('topup_dependency_requests_total', { dependency: 'alipay', operation, outcome });

  return {
    precreate: async (orderId, amountMinor, notifyUrl, isRetry) => {
      const content = { out_trade_no: orderId, total_amount: toYuan(amountMinor), subject: 'Wallet top-up' };
      const answer = await guard.call(isRetry, () => send('alipay.trade.precreate', content, notifyUrl));
      const initiation = initiationIn(orderId, answer);
      if (!('turnedAway' in initiation)) counted('precreate', initiation.kind === 'accepted' ? 'ok' : initiation.kind);
      return initiation;
    },
    // The jobs that ask come back less and less often as the order ages, so none of their questions is a retry.
    query: async (orderId) => {
      const answer = await guard.call(false, () => send('alipay.trade.query', { out_trade_no: orderId }));
      const trade = tradeIn(orderId, answer);
      if (!('turnedAway' in trade)) counted('query', trade.kind === 'unknown' ? 'unknown' : 'ok');
      return trade;
    },
  };
};
