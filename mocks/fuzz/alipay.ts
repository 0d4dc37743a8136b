/** Calls to Alipay's gateway and to OpenAPI v3, signed by alipay-sdk's rules through the SDK itself. */
import { sign as signBytes } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import type { Call, Reply } from '#harness/provider';
import { wholeCode } from '../alipay/contract.ts';
import { alipay } from '../alipay/index.ts';
import { billPath, methods, v3Routes, v3WindowMs } from '../alipay/quirks.ts';
import { isJson } from '../json-body.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { objectIn } from './json-reply.ts';
import { keyOf } from './keys.ts';
import { someDeed, someNumber } from './people.ts';
import { asText, drawFields, drawOr } from './values.ts';

const drawBiz = ({ random }: Draw, method: string): Record<string, unknown> => {
  const trade = { out_trade_no: drawOr(random, [someNumber(random)], 20) };
  switch (method) {
    case methods.precreate:
    case methods.pagePay: {
      const total = drawOr(random, ['1.00', '2.00', '3.00']);
      return drawFields(random, { ...trade, total_amount: total, subject: drawOr(random, ['充值']) });
    }
    case methods.refund: {
      const amount = drawOr(random, ['0.50', '1.00', '9.00', '0.00']);
      const number = drawOr(random, [`R${random.integer(1, 2)}`, undefined]);
      return drawFields(random, { ...trade, refund_amount: amount, out_request_no: number });
    }
    case methods.refundQuery:
      return drawFields(random, { ...trade, out_request_no: `R${random.integer(1, 5)}` });
    case methods.bill: {
      const date = drawOr(random, ['2025-12-30', '2015-12-30', '2025-11', '2026-01-01', '2999-01', 'x']);
      return drawFields(random, { bill_type: drawOr(random, ['trade']), bill_date: date });
    }
    default:
      return drawFields(random, { ...trade, trade_no: drawOr(random, [undefined], 20) });
  }
};

const headers = { host: '127.0.0.1:1' };
const wrongKey = 'wrong';

/** One SDK per identity: making one parses keys. */
const sdks = new Map<string, AlipaySdk>();
const sdkOf = (appId: string, privateKey: string): AlipaySdk => {
  const known = sdks.get(`${appId}${privateKey}`);
  const sdk = known ?? new AlipaySdk({ appId, privateKey, keyType: 'PKCS8' });
  sdks.set(`${appId}${privateKey}`, sdk);
  return sdk;
};

/** The SDK takes no odd nested value, and no name that every object has. */
const flat = (biz: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(biz)
      .filter(([name]) => !(name in {}))
      .map(([name, value]) => [name, typeof value === 'number' ? value : asText(value)]),
  );

const drawAppId = ({ random, identity }: Draw): string =>
  random.integer(1, 40) === 1 ? '2021000000000009' : (identity.appId ?? '');

const gatewayCall = (draw: Draw, method: string): Call => {
  const { random, identity, isRight } = draw;
  const appId = drawAppId(draw);
  const name = random.integer(1, 20) === 1 ? 'alipay.trade.none' : method;
  const text = sdkOf(appId, identity.appPrivateKey ?? '').sdkExecute(name, {
    notifyUrl: 'http://merchant.test/',
    bizContent: flat(drawBiz(draw, method)),
  });
  const query = new URLSearchParams(text);
  if (!isRight) query.set('sign', Buffer.from(wrongKey).toString('base64'));
  const missing = ['method', 'app_id', 'sign_type', 'timestamp', 'version', 'sign'];
  if (random.integer(1, 15) === 1) query.delete(random.pick(missing));
  if (random.integer(1, 60) === 1) query.set('sign_type', 'RSA');
  if (random.integer(1, 60) === 1) query.set('timestamp', 'today');
  return { method: 'POST', path: '/gateway.do', query, rawQuery: query.toString(), headers, body: new Uint8Array() };
};

const v3Call = (draw: Draw, route: string): Call => {
  const { random, identity, nowMs, isRight } = draw;
  const [method = '', path = ''] = route.split(' ');
  const biz = drawBiz(draw, v3Routes[route] ?? '');
  const query = new URLSearchParams(
    method === 'GET' ? Object.entries(biz).map(([name, value]): [string, string] => [name, asText(value)]) : [],
  );
  const body = method === 'GET' ? '' : JSON.stringify(biz);
  const target = query.size === 0 ? path : `${path}?${query}`;
  const sentMs = random.integer(1, 40) === 1 ? nowMs - 2 * v3WindowMs : nowMs;
  const auth = `app_id=${drawAppId(draw)},nonce=n${random.integer(0, 1e9)},timestamp=${sentMs}`;
  const key = keyOf(identity.appPrivateKey ?? '');
  const signed = `${auth}\n${method}\n${target}\n${body}\n${isRight ? '' : 'x'}`;
  const signature = signBytes('sha256', Buffer.from(signed), key).toString('base64');
  const authorization = `ALIPAY-SHA256withRSA ${auth},sign=${signature}`;
  return {
    method,
    path,
    query,
    rawQuery: query.toString(),
    headers: { ...headers, authorization },
    body: Buffer.from(body),
  };
};

/** Where the newest bill is. */
let newestBill = '';

const drawCall = (draw: Draw): Call => {
  const { random } = draw;
  if (random.integer(1, 30) === 1) {
    const query = new URLSearchParams(newestBill);
    return { method: 'GET', path: billPath, query, rawQuery: newestBill, headers, body: new Uint8Array() };
  }
  if (random.unit() < 0.3) return v3Call(draw, random.pick([...Object.keys(v3Routes), 'POST /v3/alipay/trade/none']));
  return gatewayCall(draw, random.pick([...Object.values(methods), methods.precreate, methods.refund, methods.refund]));
};

const contractCode = (shown: string): string => {
  const code = wholeCode(shown);
  if (code === undefined) throw new Error(`a refusal that the contract does not have: ${shown}`);
  return code;
};

const codeOf = (reply: Reply): string => {
  const text = Buffer.from(reply.body).toString();
  if (reply.body.length === 0) return `HTTP ${reply.status}`;
  if (text.startsWith('PK')) return 'ok';
  const refused = /<p id="error">(\S+)/.exec(text)?.[1];
  if (text.startsWith('<!doctype')) return refused === undefined ? 'ok' : contractCode(refused);
  newestBill = /"bill_download_url":"[^"?]*\?([^"]*)"/.exec(text)?.[1] ?? newestBill;
  const fields = objectIn(reply);
  const inner = Object.entries(fields).find(([name]) => name.endsWith('_response'))?.[1];
  if (!isJson(inner)) return reply.status === 200 ? 'ok' : contractCode(String(fields.code));
  if (inner.code === '10000') return 'ok';
  if (typeof inner.sub_code !== 'string') throw new Error(`a refusal without a sub_code: ${text}`);
  return `${inner.code} ${inner.sub_code}`;
};

/** The target; the gateway signs neither the HTTP method nor a window of time, and a bill's address is its own key. */
export const alipayTarget: FuzzTarget = {
  provider: alipay,
  drawSigned: drawCall,
  codeOf,
  begin: () => {
    newestBill = '';
  },
  byHand: someDeed,
  harmless: ['other method', 'old', 'ahead'],
};
