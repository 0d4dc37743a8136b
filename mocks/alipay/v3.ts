/** OpenAPI v3: one path per method, a signature in the headers both ways, errors as HTTP statuses. */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import type { Random } from '#harness/seed';
import { lettersFrom } from '../numbers.ts';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { signText, verifyText } from '../rsa.ts';
import { type Desk, findTrade, type Handler, isRefusal } from './business.ts';
import { originOf } from './gateway.ts';
import { merchant, type Refusal, refusals, requiredParameters, v3Routes, v3WindowMs } from './quirks.ts';
import type { Keys } from './sign.ts';
import { readBizContent } from './wire.ts';

/** What signing needs beside the keys; `wall` dates answers, since SDKs compare with their own clock. */
export interface V3Pen {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly wall: Clock;
  readonly random: Random;
}

const unsigned = (status: number, body: object, { random }: V3Pen): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8', 'alipay-trace-id': lettersFrom(random, 32) },
  body: Buffer.from(JSON.stringify(body)),
});

const signed = (status: number, body: object, pen: V3Pen): Reply => {
  const { keys, wall, random } = pen;
  const [timestamp, nonce] = [String(Math.trunc(wall.nowMs())), lettersFrom(random, 32)];
  const signature = signText(`${timestamp}\n${nonce}\n${JSON.stringify(body)}\n`, keys.gateway);
  const reply = unsigned(status, body, pen);
  const headers = { 'alipay-timestamp': timestamp, 'alipay-nonce': nonce, 'alipay-signature': signature };
  return { ...reply, headers: { ...reply.headers, ...headers } };
};

/** Common codes lose `isv.` or `isp.` on their way into v3, business codes stay (D: the enumerations of its SDKs). */
const v3Code = ({ sub_code }: Refusal): string => sub_code.replace(/^is[vp]\./, '');

/** A refusal as v3 writes it; statuses other than 400 are M. */
export const v3Refusal = (refusal: Refusal, pen: V3Pen, write = signed): Reply => {
  const status = refusal.code === '20000' ? 500 : refusal === refusals.tooOften ? 429 : 400;
  const body = { code: v3Code(refusal), message: refusal.sub_msg, links: [] };
  return write(refusal.sub_code === 'isv.invalid-signature' ? 401 : status, body, pen);
};

const missing = new Map(requiredParameters);

/** Refusals of calls that come from no app known; nothing is signed for them (D: probed without Authorization too). */
const ofNobody: readonly (Refusal | undefined)[] = [missing.get('timestamp'), missing.get('sign'), refusals.appId];

const refuse = (call: Call, { keys, clock, wall }: V3Pen): Refusal | undefined => {
  const { authorization = '' } = call.headers;
  if (authorization === '') return missing.get('timestamp');
  const [, auth = '', sign = ''] = /^ALIPAY-SHA256withRSA (.*),sign=([^,]+)$/.exec(authorization) ?? [];
  const given = new Map(auth.split(',').map((part) => part.split(/=(.*)/s, 2) as [string, string]));
  if (sign === '') return missing.get('sign');
  if (given.get('app_id') !== merchant.appId) return refusals.appId;
  const sentMs = Number(given.get('timestamp'));
  if (![clock, wall].some((one) => Math.abs(one.nowMs() - sentMs) <= v3WindowMs)) return refusals.timestamp;
  const target = call.rawQuery === '' ? call.path : `${call.path}?${call.rawQuery}`;
  const token = call.headers['alipay-app-auth-token'];
  const text = `${auth}\n${call.method}\n${target}\n${Buffer.from(call.body).toString()}\n${token ? `${token}\n` : ''}`;
  return verifyText(text, sign, keys.app) ? undefined : refusals.signature(text);
};

/** The route of a call below `/v3/`. */
export const openV3 = (
  desk: Desk,
  handlers: Readonly<Record<string, Handler>>,
  pen: V3Pen,
): ((call: Call) => Route) => {
  return (call) => {
    const operation = v3Routes[`${call.method} ${call.path}`] ?? 'unknown';
    const biz = new Map([...call.query, ...readBizContent(Buffer.from(call.body).toString())]);
    const reference = biz.get('out_trade_no') ?? findTrade(desk.trades, biz)?.outTradeNo ?? '';
    const refuseCaller = once(() => refuse(call, pen));
    const run = (lagMs: number): Reply => {
      const refused = refuseCaller();
      if (refused !== undefined) return v3Refusal(refused, pen, ofNobody.includes(refused) ? unsigned : signed);
      const handler = handlers[operation];
      if (handler === undefined) return v3Refusal(refusals.method, pen);
      const asked = { biz, notifyUrl: biz.get('notify_url') ?? '', lagMs, origin: originOf(call) };
      const result = handler(asked);
      return isRefusal(result) ? v3Refusal(result, pen) : signed(200, result.fields, pen);
    };
    return { operation, reference, isAuthentic: () => refuseCaller() === undefined, run };
  };
};
