/** Every refusal of Alipay, as alipay-sdk shows it: by the gateway and its pages, and by OpenAPI v3. */
import { generateKeyPairSync } from 'node:crypto';
import { AlipayRequestError, AlipaySdk } from 'alipay-sdk';
import { describe, expect, onTestFinished, test } from 'vitest';
import { steppedClock } from '#harness/clock';
import type { ProviderPorts } from '#harness/provider';
import { testPorts } from '../test-ports.ts';
import { type Shown, testRefusals } from '../test-refusals.ts';
import { type Change, openWay, withHeader } from '../test-way.ts';
import { wholeCode } from './contract.ts';
import { alipay } from './index.ts';
import { billPath, methods, v3Routes } from './quirks.ts';

/** What is wrong with a call, or happened before it. */
interface Given {
  readonly biz?: object;
  /** Done by hand to an order T1 over 10.00; without it there is none. */
  readonly deeds?: readonly string[];
  readonly client?: object;
  /** What becomes of the call between SDK and mock. */
  readonly change?: Change;
  readonly ports?: Partial<ProviderPorts>;
  /** Nothing is signed for an app that is unknown; by the gateway the SDK must not be asked to look then. */
  readonly isUnsigned?: boolean;
}

const way = openWay();

const open = async ({ deeds, client, change, ports }: Given) => {
  const provider = alipay.open(testPorts(ports));
  onTestFinished(() => provider.stop());
  const hand = provider.byHand ?? expect.unreachable();
  const url = await way.leadTo(provider, change);
  if (deeds !== undefined) hand.order({ reference: 'T1', amountMinor: 1000n, webhookUrl: '' });
  for (const deed of deeds ?? []) hand.deeds[deed]?.('T1');
  const { appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' } = provider.identity;
  const gateway = `${url}/gateway.do`;
  const own = { appId, privateKey, keyType: 'PKCS8', alipayPublicKey, gateway, endpoint: url } as const;
  return { provider, hand, url, sdk: new AlipaySdk({ ...own, ...client }) };
};

type Opened = Awaited<ReturnType<typeof open>>;

/** A page is what a browser is shown. */
const byPage = async ({ sdk }: Opened, bizContent: object): Promise<string> => {
  const page = await (await fetch(sdk.pageExecute(methods.pagePay, 'GET', { bizContent }))).text();
  return wholeCode(/<p id="error">(\S+) /.exec(page)?.[1] ?? 'no error') ?? 'no refusal';
};

/** The code that is shown of a refused call through one of the doors. */
type Door = (opened: Opened, operation: string, given: Given) => Promise<string>;

const byGateway: Door = async (opened, operation, { biz = {}, isUnsigned = false }) => {
  if (operation === methods.pagePay) return byPage(opened, biz);
  const answer = await opened.sdk.exec(operation, { bizContent: biz }, { validateSign: !isUnsigned });
  return `${answer.code} ${answer.subCode}`;
};

const byV3: Door = async ({ sdk }, operation, { biz = {}, isUnsigned = false }) => {
  const [route = 'POST /v3/alipay/trade/none'] = Object.entries(v3Routes).find(([, one]) => one === operation) ?? [];
  const [method, path = ''] = route.split(' ');
  const asked = method === 'GET' ? sdk.curl('GET', path, { query: { ...biz } }) : sdk.curl('POST', path, { body: biz });
  const error = await asked.catch((thrown: unknown) => thrown);
  if (!(error instanceof AlipayRequestError)) throw error;
  expect(error.responseHttpStatus).toBe(error.code === 'invalid-signature' ? 401 : 400);
  expect('alipay-signature' in (error.responseHttpHeaders ?? {})).toBe(!isUnsigned);
  return wholeCode(String(error.code)) ?? String(error.code);
};

/** A call that is refused, and changes no order. */
const refused =
  (door: Door, operation: string, given: Given = {}) =>
  async (): Promise<Shown> => {
    const opened = await open(given);
    const orders = opened.hand.orders();
    const code = await door(opened, operation, given);
    expect(opened.hand.orders()).toEqual(orders);
    return { code, provider: opened.provider };
  };

const edited = (edit: (query: URLSearchParams) => void): Given => ({
  change: (call) => {
    const query = new URLSearchParams(call.rawQuery);
    edit(query);
    return { ...call, query, rawQuery: query.toString() };
  },
});
const without = (name: string): Given => edited((query) => query.delete(name));
const { privateKey: strangersKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const otherApp = { client: { appId: '2021000000000009' }, isUnsigned: true };
const otherKey = { client: { privateKey: strangersKey.trim() } };

const authorizedBy = (change: (authorization: string) => string): Given => ({
  isUnsigned: true,
  change: (call, provider) => withHeader('authorization', change(call.headers.authorization ?? ''))(call, provider),
});

type Wrong = Readonly<Record<string, Given>>;

/** Callers whom the gateway refuses. */
const gatewayCallers: Wrong = {
  '40001 isv.missing-app-id': { ...without('app_id'), isUnsigned: true },
  '40001 isv.missing-signature': without('sign'),
  '40001 isv.missing-signature-type': without('sign_type'),
  '40001 isv.missing-timestamp': without('timestamp'),
  '40001 isv.missing-version': without('version'),
  '40002 isv.invalid-app-id': otherApp,
  '40002 isv.invalid-signature': otherKey,
  '40002 isv.invalid-signature-type': edited((query) => query.set('sign_type', 'RSA')),
  '40002 isv.invalid-timestamp': edited((query) => query.set('timestamp', 'today')),
};

/** Callers whom v3 refuses, where all of it is in one header. */
const v3Callers: Wrong = {
  '40001 isv.missing-signature': authorizedBy((authorization) => authorization.replace(/,sign=.*/, '')),
  '40001 isv.missing-timestamp': authorizedBy(() => ''),
  '40002 isv.invalid-app-id': otherApp,
  '40002 isv.invalid-signature': otherKey,
  '40002 isv.invalid-timestamp': { ports: { clock: steppedClock(0), wall: steppedClock(0) } },
};

const order = { out_trade_no: 'T1', total_amount: '10.00', subject: '充值' };
const about = { out_trade_no: 'T1' };
const refundOf = (refund_amount: string, out_request_no = 'R1') => ({ ...about, refund_amount, out_request_no });

const orders: Wrong = {
  '40004 ACQ.CONTEXT_INCONSISTENT': { deeds: ['scan'], biz: { ...order, total_amount: '10.01' } },
  '40004 ACQ.INVALID_PARAMETER': { biz: { ...order, total_amount: '0.00' } },
  '40004 ACQ.TRADE_HAS_CLOSE': { deeds: ['scan', 'expire'], biz: order },
  '40004 ACQ.TRADE_HAS_SUCCESS': { deeds: ['pay'], biz: order },
};

/** What each method refuses, whichever way it is asked. */
const business: Readonly<Record<string, Wrong>> = {
  [methods.precreate]: orders,
  [methods.pagePay]: orders,
  [methods.query]: {
    '40004 ACQ.INVALID_PARAMETER': {},
    '40004 ACQ.TRADE_NOT_EXIST': { biz: about },
  },
  [methods.close]: {
    '40004 ACQ.INVALID_PARAMETER': {},
    '40004 ACQ.TRADE_NOT_EXIST': { biz: about },
    '40004 ACQ.TRADE_STATUS_ERROR': { deeds: ['pay'], biz: about },
  },
  [methods.cancel]: {
    '40004 ACQ.INVALID_PARAMETER': {},
    '40004 ACQ.SELLER_BALANCE_NOT_ENOUGH': { deeds: ['pay', 'drain'], biz: about },
    '40004 ACQ.TRADE_NOT_EXIST': { biz: { trade_no: '1' } },
  },
  [methods.refund]: {
    '40004 ACQ.DISCORDANT_REPEAT_REQUEST': { deeds: ['pay', 'refund'], biz: refundOf('1.00', 'staff_1_T1') },
    '40004 ACQ.INVALID_PARAMETER': { biz: { refund_amount: '1.00' } },
    '40004 ACQ.REASON_TRADE_REFUND_FEE_ERR': { deeds: ['pay'], biz: refundOf('0.00') },
    '40004 ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': { deeds: ['pay'], biz: refundOf('10.01') },
    '40004 ACQ.SELLER_BALANCE_NOT_ENOUGH': { deeds: ['pay', 'drain'], biz: refundOf('1.00') },
    '40004 ACQ.TRADE_NOT_EXIST': { biz: refundOf('1.00') },
    '40004 ACQ.TRADE_STATUS_ERROR': { deeds: ['scan'], biz: refundOf('1.00') },
  },
  [methods.refundQuery]: {
    '40004 ACQ.INVALID_PARAMETER': { deeds: ['pay'], biz: about },
    '40004 ACQ.TRADE_NOT_EXIST': { biz: { ...about, out_request_no: 'R1' } },
  },
  [methods.bill]: {
    '40004 isp.bill_not_exist': { biz: { bill_type: 'trade', bill_date: '2015-12-31' } },
    '40004 isv.invalid_arguments': { biz: { bill_type: 'trade', bill_date: '2026-13' } },
  },
};

const through = (door: Door, operation: string, wrong: Wrong) =>
  Object.fromEntries(Object.entries(wrong).map(([code, given]) => [code, refused(door, operation, given)]));

/** An address of a bill is fetched as it is; the SDK shows any status of the gateway but 200 in words. */
const status403 = async (): Promise<Shown> => {
  const { provider, url } = await open({});
  return { code: `HTTP ${(await fetch(`${url}${billPath}?token=none`)).status}`, provider };
};
const elsewhere: Door = async ({ sdk, url }) => {
  sdk.config.gateway = `${url}/other.do`;
  const error: unknown = await sdk.exec(methods.query).catch((thrown: unknown) => thrown);
  return `HTTP ${/status: (\d+)/.exec(String(error))?.[1]}`;
};

const unsigned = (given: Given): Given => ({ ...given, isUnsigned: true });
const nowhere = Object.entries(gatewayCallers).filter(([code]) => code.startsWith('40001'));

testRefusals('alipay', {
  ...Object.fromEntries(
    Object.values(methods).map((method) => [
      method,
      through(byGateway, method, { ...gatewayCallers, ...business[method] }),
    ]),
  ),
  [`GET ${billPath}`]: { 'HTTP 403': status403 },
  unknown: {
    ...through(byGateway, 'alipay.trade.none', {
      ...Object.fromEntries(nowhere.map(([code, given]) => [code, unsigned(given)])),
      '40001 isv.missing-method': unsigned(without('method')),
      '40002 isv.invalid-method': unsigned({}),
    }),
    // The gateway looks for the method first, v3 for the caller.
    '40002 isv.invalid-app-id': refused(byV3, 'unknown', otherApp),
    '40002 isv.invalid-signature': refused(byV3, 'unknown', otherKey),
    '40002 isv.invalid-timestamp': refused(byV3, 'unknown', v3Callers['40002 isv.invalid-timestamp']),
    'HTTP 404': refused(elsewhere, 'unknown'),
  },
});

describe.each(Object.values(v3Routes))('%s by OpenAPI v3', (method) => {
  test.each(Object.entries({ ...v3Callers, ...business[method] }))('%s', async (code, given) => {
    const shown = await refused(byV3, method, given)();
    expect(shown.code).toBe(code);
    expect(shown.provider.records().calls.at(-1)?.operation).toBe(method);
  });
});
