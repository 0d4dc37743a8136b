/** The gateway of OpenAPI 2.0: one path, signed parameters, signed JSON; and the page on which a buyer pays. */
import type { Call, ProviderPorts, Reply } from '#harness/provider';
import { lettersFrom } from '../numbers.ts';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { verifyText } from '../rsa.ts';
import { type Desk, findTrade, type Handler, isRefusal, orderCode, type Question } from './business.ts';
import { merchant, methods, type Refusal, refusals, requiredParameters } from './quirks.ts';
import { type Keys, textToSign } from './sign.ts';
import {
  errorReply,
  isTimestamp,
  payPage,
  readBizContent,
  readParameters,
  signedReply,
  unsignedReply,
} from './wire.ts';

type Parameters = ReadonlyMap<string, string>;

const missingIn = (parameters: Parameters): Refusal | undefined =>
  requiredParameters.find(([name]) => !parameters.get(name))?.[1];

const isOurApp = (parameters: Parameters): boolean => parameters.get('app_id') === merchant.appId;

/** The app is looked for before anything else of the caller (D: probed). */
const refuseCaller = (parameters: Parameters, keys: Keys): Refusal | undefined => {
  if (parameters.get('app_id') && !isOurApp(parameters)) return refusals.appId;
  const missing = missingIn(parameters);
  if (missing !== undefined) return missing;
  if (parameters.get('sign_type') !== 'RSA2') return refusals.signType;
  if (!isTimestamp(parameters.get('timestamp') ?? '')) return refusals.timestamp;
  const text = textToSign(parameters, ['sign']);
  return verifyText(text, parameters.get('sign') ?? '', keys.app) ? undefined : refusals.signature(text);
};

/** Where a caller reached us: what an address of ours has to begin with. */
export const originOf = ({ headers }: Pick<Call, 'headers'>): string => `http://${headers.host ?? '127.0.0.1'}`;

/** The route of a call to `/gateway.do`. */
export const openGateway = (
  desk: Desk,
  handlers: Readonly<Record<string, Handler>>,
  keys: Keys,
  { clock, random }: Pick<ProviderPorts, 'clock' | 'random'>,
): ((call: Call) => Route) => {
  const page = (asked: Question, returnUrl: string): Reply => {
    const code = orderCode(desk, asked);
    return payPage(isRefusal(code) ? code : { code, returnUrl, nowMs: clock.nowMs(), key: keys.gateway });
  };
  const traced = (reply: Reply): Reply => ({
    ...reply,
    headers: { ...reply.headers, trace_id: lettersFrom(random, 32) },
  });
  return (call) => {
    const parameters = readParameters(call);
    const method = parameters.get('method') ?? '';
    const biz = readBizContent(parameters.get('biz_content') ?? '');
    const reference = biz.get('out_trade_no') ?? findTrade(desk.trades, biz)?.outTradeNo ?? '';
    const refuse = once(() => refuseCaller(parameters, keys));
    const answer = (lagMs: number): Reply => {
      const asked = { biz, notifyUrl: parameters.get('notify_url') ?? '', lagMs, origin: originOf(call) };
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
      const isPage = method === methods.pagePay;
      if (handler === undefined && !isPage) return errorReply(missingIn(parameters) ?? refusals.method);
      const refused = refuse();
      if (handler === undefined) return refused ? payPage(refused) : page(asked, parameters.get('return_url') ?? '');
      if (refused && !isOurApp(parameters)) return unsignedReply(method, refused);
      const result = refused ?? handler(asked);
      const inner = isRefusal(result) ? result : { code: '10000', msg: 'Success', ...result.fields };
      return signedReply(method, inner, keys.gateway);
    };
    return {
      operation: method,
      reference,
      isAuthentic: () => refuse() === undefined,
      run: (lagMs) => traced(answer(lagMs)),
    };
  };
};
