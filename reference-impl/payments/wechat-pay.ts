/**
 * Our client of WeChat Pay's APIv3 (Native: the buyer scans a code). Answers to a merchant whom it recognises are
 * signed, refusals too; one that is not signed is nothing that WeChat Pay said.
 */
import { needed } from '../config.ts';
import type { Answered } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { type Fields, fieldsIn, minorIn, objectIn, textIn } from './json-fields.ts';
import { privateKeyFrom, publicKeyFrom } from './keys.ts';
import {
  asUnknown,
  type Initiation,
  noAnswer,
  type PaymentClient,
  type Trade,
  type Unknown,
  unknown,
} from './payment-client.ts';
import { authorizationFor, problemWith } from './wechat-pay-sign.ts';

const policy = policyOf('wechat-pay');

/** `code` is WeChat Pay's own word for why not. */
type Answer = Answered<{ readonly fields: Fields }> | (Unknown & { readonly code?: string });

/** Codes that mean that nobody will ever pay this order (D, as listed on the page of Native's order call). */
const final: ReadonlySet<string> = new Set(['OUT_TRADE_NO_USED', 'ORDER_CLOSED', 'TRADE_ERROR', 'RULE_LIMIT']);
/** Codes that say something about the order, and leave open what. */
const open: ReadonlySet<string> = new Set(['ORDERPAID', 'ORDER_NOT_EXIST', 'ORDERNOTEXIST']);

/** What follows from an answer that is no success: statuses and codes D. */
const failureIn = (status: number, code: string): Answer => {
  const failure = { ...unknown(`HTTP ${status} ${code}`), code };
  if (status === 429 || status >= 500) return { ...failure, isStrain: true };
  return final.has(code) || open.has(code) ? failure : { ...failure, isOurFault: true };
};

const isAbsent = ({ code }: { readonly code?: string }): boolean =>
  code === 'ORDER_NOT_EXIST' || code === 'ORDERNOTEXIST';

const initiationIn = (answer: Answer): Initiation => {
  if (answer.kind !== 'answer') {
    const { code = '' } = answer;
    return final.has(code) ? { kind: 'refused', code } : answer;
  }
  const payBy = textIn(answer.fields, 'code_url');
  return payBy === '' ? unknown('answer has no code to pay by') : { kind: 'accepted', payBy };
};

/** What an order's state means; anything incomplete or about another order is unknown, never a guess. */
const tradeIn = (id: string, merchantId: string, answer: Answer): Trade => {
  if (answer.kind !== 'answer') return isAbsent(answer) ? { kind: 'absent' } : answer;
  const { fields } = answer;
  if (textIn(fields, 'out_trade_no') !== id || textIn(fields, 'mchid') !== merchantId)
    return unknown('answer is about another order');
  const state = textIn(fields, 'trade_state');
  if (['NOTPAY', 'USERPAYING', 'PAYERROR'].includes(state)) return { kind: 'open' };
  if (['CLOSED', 'REVOKED'].includes(state)) return { kind: 'closed' };
  const [tradeNo, amount] = [textIn(fields, 'transaction_id'), objectIn(fields, 'amount')];
  const [amountMinor, currency] = [minorIn(amount, 'total'), textIn(amount, 'currency')];
  if (state !== 'SUCCESS' || amountMinor === undefined || tradeNo === '' || currency === '')
    return unknown(`answer lacks amount or number, or its state is ${state.slice(0, 32)}`);
  return { kind: 'captured', tradeNo, amountMinor, currency };
};

const answerIn = (status: number, text: string, problem: string | undefined): Answer => {
  const fields = fieldsIn(text);
  // Whoever does not recognise us does not sign: the gateway turned us away, or it is not WeChat Pay.
  if (problem !== undefined) return { ...noAnswer(`HTTP ${status}, ${problem}`), isOurFault: status === 401 };
  if (fields === undefined) return noAnswer(`HTTP ${status}, not JSON`);
  return status === 200 ? { kind: 'answer', fields } : failureIn(status, textIn(fields, 'code'));
};

/** Makes one call, signed; what comes back is believed or has failed, and never thrown. */
const askerOf = (role: RoleParts) => {
  const { clock, ids } = role.ports;
  const config = needed(role.config.payments, 'wechat-pay');
  const signer = { ...config, key: privateKeyFrom(config.merchantPrivateKey) };
  const platform = { id: config.publicKeyId, key: publicKeyFrom(config.publicKey) };
  const send = openSender<Answer>(role, policy, {
    read: (status, text, headers) =>
      answerIn(status, text, role.parts.doubt(problemWith(text, headers, clock.nowMs(), platform))),
    lost: noAnswer,
  });
  return (target: string, body = ''): Promise<Answer> => {
    const method = body === '' ? 'GET' : 'POST';
    const moment = { nowMs: clock.nowMs(), nonce: ids.nonce() };
    return send(`${config.url}${target}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: authorizationFor({ method, target, body }, moment, signer),
        'user-agent': 'topup/1.0',
        ...(body !== '' && { 'content-type': 'application/json' }),
      },
      ...(body !== '' && { body }),
    });
  };
};

/** The client of a role that is configured for wechat-pay. The same number and amount is the same order there. */
export const wechatPayClient = (role: RoleParts): PaymentClient => {
  const makeCall = openProviderCalls(role, policy);
  const { appId: appid, merchantId: mchid } = needed(role.config.payments, 'wechat-pay');
  const ask = askerOf(role);
  return {
    initiate: async ({ id, amountMinor, currency }, notify_url, isRetry) => {
      const order = JSON.stringify({ appid, mchid, description: 'Wallet top-up', out_trade_no: id, notify_url });
      // The API has fen as a JSON number: written digit by digit, so that no float comes in between.
      const amount = `{"total":${amountMinor},"currency":"${currency}"}`;
      const body = `${order.slice(0, -1)},"amount":${amount}}`;
      const make = async () => initiationIn(await ask('/v3/pay/transactions/native', body));
      return asUnknown(await makeCall({ operation: 'native', orderId: id, isRetry }, make));
    },
    query: async ({ id }) => {
      const target = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(id)}?mchid=${mchid}`;
      const make = async () => tradeIn(id, mchid, await ask(target));
      return asUnknown(await makeCall({ operation: 'query_order', orderId: id, isRetry: false }, make));
    },
  };
};
