/**
 * Our client of Alipay's gateway (OpenAPI 2.0). Three kinds of answers: what Alipay provably said, what it provably
 * refused, and `unknown`, which is neither success nor failure and must be asked again with the same out_trade_no.
 */
import { needed } from '../config.ts';
import type { Failure } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { classOf } from './alipay-codes.ts';
import { isSignedBy, signedText, signRequest } from './alipay-sign.ts';
import { privateKeyFrom, publicKeyFrom } from './keys.ts';
import { asUnknown, type Initiation, noAnswer, type PaymentClient, type Trade, unknown } from './payment-client.ts';
import { fromYuan, toYuan } from './yuan.ts';

const policy = policyOf('alipay');

type Fields = Readonly<Record<string, unknown>>;

/** What a guard looks at is beside what Alipay said. */
type Answer = ({ readonly kind: 'answer'; readonly fields: Fields } & Pick<Failure, 'isStrain' | 'waitMs'>) | Failure;

const failureIn = ({ code, sub_code }: Fields): Failure => classOf(String(code), String(sub_code ?? ''));

/** Alipay's clock shows Beijing time, which has no daylight saving. */
const beijingTime = (nowMs: number): string =>
  new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

const believed = (
  method: string,
  answer: string,
  against: (text: string, sign: unknown) => string | undefined,
): Answer => {
  const text = signedText(answer, `${method.replaceAll('.', '_')}_response`);
  if (text === undefined) return noAnswer('not an answer to this call');
  try {
    const { sign } = JSON.parse(answer) as { sign?: unknown };
    const doubt = against(text, sign);
    if (doubt !== undefined) return noAnswer(doubt);
    const fields = JSON.parse(text) as Fields;
    return { kind: 'answer', fields, isStrain: fields.code !== '10000' && failureIn(fields).isStrain === true };
  } catch {
    return noAnswer('answer is not JSON');
  }
};

/** A code is good for two hours, and there is no trade before it is scanned; the rest is for late answers. */
const mayBeginWithinMs = (2 * 60 + 10) * 60_000;

/** What `alipay.trade.query` means; anything incomplete or about another order is unknown, never a guess. */
const tradeIn = (orderId: string, answer: Answer): Trade => {
  if (answer.kind !== 'answer') return { ...answer, kind: 'unknown' };
  const { code, sub_code, out_trade_no, trade_no, trade_status, total_amount } = answer.fields;
  if (code === '40004' && sub_code === 'ACQ.TRADE_NOT_EXIST') return { kind: 'absent', mayBeginWithinMs };
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
    return { kind: 'accepted', payBy: qr_code };
  }
  if (code === '10000') return unknown('answer is about another order, or has no code to pay by');
  const failure = failureIn(answer.fields);
  if (failure.kind === 'refused' && code === '40004') return { kind: 'refused', code: String(sub_code) };
  return { ...failure, ...waitOf(answer), kind: 'unknown', isOurFault: failure.kind === 'refused' };
};

/** Makes one call, signed; what comes back is believed or has failed, and never thrown. */
const askerOf = (role: RoleParts) => {
  const { clock } = role.ports;
  const config = needed(role.config.payments, 'alipay');
  const appKey = privateKeyFrom(config.appPrivateKey);
  const alipayKey = publicKeyFrom(config.alipayPublicKey);
  const against = (text: string, sign: unknown): string | undefined => {
    const isSigned = typeof sign === 'string' && isSignedBy(text, sign, alipayKey);
    return role.parts.doubt(isSigned ? undefined : 'answer is not signed by Alipay');
  };

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
    const send = openSender<Answer>(role, policy, {
      read: (status, text) => (status === 200 ? believed(method, text, against) : noAnswer(`HTTP ${status}`)),
      lost: noAnswer,
    });
    return send(`${config.gatewayUrl}?${new URLSearchParams({ ...parameters, sign })}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', accept: 'application/json' },
      body: new URLSearchParams({ biz_content }).toString(),
    });
  };
};

/** The client of a role that is configured for alipay. The same number and amount is the same trade. */
export const alipayClient = (role: RoleParts): PaymentClient => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role);
  return {
    initiate: async ({ id, amountMinor }, notifyUrl, isRetry) => {
      const content = { out_trade_no: id, total_amount: toYuan(amountMinor), subject: 'Wallet top-up' };
      const make = async () => initiationIn(id, await ask('alipay.trade.precreate', content, notifyUrl));
      return asUnknown(await makeCall({ operation: 'precreate', orderId: id, isRetry }, make));
    },
    // The jobs that ask come back less and less often as the order ages, so none of their questions is a retry.
    query: async ({ id }) => {
      const make = async () => tradeIn(id, await ask('alipay.trade.query', { out_trade_no: id }, ''));
      return asUnknown(await makeCall({ operation: 'query', orderId: id, isRetry: false }, make));
    },
  };
};
