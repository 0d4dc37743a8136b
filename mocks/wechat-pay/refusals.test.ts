/** Every refusal of WeChat Pay, as wechatpay-axios-plugin shows it. */
import { expect, onTestFinished } from 'vitest';
import { steppedClock } from '#harness/clock';
import { type Shown, testRefusals } from '../test-refusals.ts';
import { operations, refusedRefundsMax } from './quirks.ts';
import { axiosClient, type Ended, type Opened, openMock, orderOf, otherKey, type Setup } from './test-sdk.ts';

type Client = ReturnType<typeof axiosClient>;

/** What is said beside the operation: a number in the path, and what the SDK is given. */
interface Asked {
  readonly number?: string;
  readonly data?: object;
  readonly params?: object;
  readonly headers?: object;
}

const refundOf = (refund: number, total = 8888) => ({ amount: { refund, total, currency: 'CNY' } });
const order = (client: Client): Asked => {
  const scene_info = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } };
  return { data: orderOf(client, { payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' }, scene_info }) };
};
const merchantOf = ({ mchid }: Client): Asked => ({ params: { mchid } });
const day = (): Asked => ({ params: { bill_date: '2025-12-31' } });

/** How each operation is asked for what it does. */
const valid: Readonly<Record<string, (client: Client) => Asked>> = {
  [operations.native]: order,
  [operations.jsapi]: order,
  [operations.app]: order,
  [operations.h5]: order,
  [operations.byTransactionId]: merchantOf,
  [operations.byOutTradeNo]: merchantOf,
  [operations.close]: ({ mchid }) => ({ data: { mchid } }),
  [operations.refund]: () => ({ data: { out_trade_no: 'T00001', out_refund_no: 'R1', ...refundOf(100) } }),
  [operations.refundQuery]: () => ({ number: 'R1' }),
  [operations.certificates]: () => ({}),
  [operations.tradeBill]: day,
  [operations.fundFlowBill]: day,
  [operations.billFile]: () => ({ params: { token: 'none' } }),
};

const ask = (client: Client, operation: string, change: Asked = {}): Promise<Ended> => {
  const [method, template = ''] = operation.split(' ');
  const { number, ...asked } = { number: 'T00001', ...valid[operation]?.(client), ...change };
  const data = { ...valid[operation]?.(client).data, ...change.data };
  const path = template.slice(1).replace(/\{\w+\}/, number);
  return client.call(method === 'GET' ? 'get' : 'post', path, { ...asked, ...(method === 'POST' && { data }) });
};

/** Under which status each code comes. */
const statuses: Readonly<Record<string, string>> = {
  APPID_MCHID_NOT_MATCH: 'HTTP 400',
  FREQUENCY_LIMITED: 'HTTP 429',
  INVALID_REQUEST: 'HTTP 400',
  MCH_NOT_EXISTS: 'HTTP 400',
  NOT_ENOUGH: 'HTTP 403',
  NO_STATEMENT_EXIST: 'HTTP 400',
  ORDERPAID: 'HTTP 400',
  ORDER_CLOSED: 'HTTP 400',
  ORDER_NOT_EXIST: 'HTTP 404',
  OUT_TRADE_NO_USED: 'HTTP 403',
  PARAM_ERROR: 'HTTP 400',
  RESOURCE_NOT_EXISTS: 'HTTP 404',
  SIGN_ERROR: 'HTTP 401',
  STATEMENT_CREATING: 'HTTP 400',
};

/** Who calls, what was done before, and when it is, in milliseconds. */
interface Given {
  readonly setup?: Setup;
  readonly before?: (mock: Opened, client: Client) => unknown;
  readonly nowMs?: number;
}

/** A call of the SDK that ends in its error, and what that says. */
const refused =
  (operation: string, change: Asked = {}, { setup, before, nowMs = Date.UTC(2026, 0, 2) }: Given = {}) =>
  async (): Promise<Shown> => {
    const mock = await openMock({ clock: steppedClock(nowMs) });
    onTestFinished(mock.close);
    const client = axiosClient(mock, setup);
    await before?.(mock, client);
    const { status, data, code } = await ask(client, operation, change);
    expect(code).toBe('ERR_BAD_REQUEST');
    const shown = String(data) === '' ? `HTTP ${status}` : String(data.code);
    expect(`HTTP ${status}`).toBe(statuses[shown] ?? shown);
    return { code: shown, provider: mock.provider };
  };

const ordered = ({ provider }: Opened) =>
  provider.byHand?.order({ reference: 'T00001', amountMinor: 8888n, webhookUrl: '' });
const paid = (mock: Opened) => {
  ordered(mock);
  mock.provider.byHand?.deeds.pay?.('T00001');
};
const drained = (mock: Opened) => {
  paid(mock);
  mock.provider.byHand?.deeds.drain?.('T00001');
};
const closed = (mock: Opened, client: Client) => {
  ordered(mock);
  return ask(client, operations.close);
};
const refusedOften = async (_mock: Opened, client: Client) => {
  for (let nth = 0; nth < refusedRefundsMax; nth += 1) {
    expect((await ask(client, operations.refund)).data.code).toBe('RESOURCE_NOT_EXISTS');
  }
};

const strangersKey = otherKey('pkcs8');

type Cells = Readonly<Record<string, () => Promise<Shown>>>;

/** The caller is looked at first. */
const cells = (operation: string, own: Cells): Cells => ({
  SIGN_ERROR: refused(operation, {}, { setup: { privateKey: strangersKey } }),
  ...own,
});

const orderCells = (operation: string): Cells =>
  cells(operation, {
    APPID_MCHID_NOT_MATCH: refused(operation, { data: { appid: 'wx1' } }),
    INVALID_REQUEST: refused(operation, { data: { mchid: '1900000002' } }),
    MCH_NOT_EXISTS: refused(operation, { data: { mchid: '1' } }),
    ORDERPAID: refused(operation, {}, { before: paid }),
    ORDER_CLOSED: refused(operation, {}, { before: closed }),
    OUT_TRADE_NO_USED: refused(operation, {}, { before: ordered }),
    PARAM_ERROR: refused(operation, { data: { amount: { total: 0 } } }),
  });

const queryCells = (operation: string): Cells =>
  cells(operation, {
    INVALID_REQUEST: refused(operation, { params: { mchid: '1900000002' } }),
    MCH_NOT_EXISTS: refused(operation, { params: { mchid: '1' } }),
    ORDER_NOT_EXIST: refused(operation),
  });

const billCells = (operation: string): Cells =>
  cells(operation, {
    NO_STATEMENT_EXIST: refused(operation, { params: { bill_date: '2999-01-01' } }),
    PARAM_ERROR: refused(operation, { params: { bill_date: '2026-01' } }),
    STATEMENT_CREATING: refused(operation, {}, { nowMs: Date.UTC(2026, 0, 1) }),
  });

const withoutUserAgent = { headers: { 'User-Agent': false } };
const { native, jsapi, app, h5, byTransactionId, byOutTradeNo, close, refund } = operations;
const { refundQuery, certificates, tradeBill, fundFlowBill, billFile } = operations;

testRefusals('wechat-pay', {
  [native]: orderCells(native),
  [jsapi]: orderCells(jsapi),
  [app]: orderCells(app),
  [h5]: orderCells(h5),
  [byTransactionId]: queryCells(byTransactionId),
  [byOutTradeNo]: queryCells(byOutTradeNo),
  [close]: cells(close, {
    INVALID_REQUEST: refused(close, { data: { mchid: '1900000002' } }),
    MCH_NOT_EXISTS: refused(close, { data: { mchid: '1' } }),
    ORDERPAID: refused(close, {}, { before: paid }),
    ORDER_NOT_EXIST: refused(close),
  }),
  [refund]: cells(refund, {
    FREQUENCY_LIMITED: refused(refund, {}, { before: refusedOften }),
    INVALID_REQUEST: refused(refund, { data: refundOf(100, 8887) }, { before: paid }),
    NOT_ENOUGH: refused(refund, {}, { before: drained }),
    PARAM_ERROR: refused(refund, { data: refundOf(0) }, { before: paid }),
    RESOURCE_NOT_EXISTS: refused(refund),
  }),
  [refundQuery]: cells(refundQuery, {
    INVALID_REQUEST: refused(refundQuery, withoutUserAgent),
    RESOURCE_NOT_EXISTS: refused(refundQuery),
  }),
  // A merchant who verifies by public key has no certificates.
  [certificates]: cells(certificates, {
    INVALID_REQUEST: refused(certificates, withoutUserAgent, { setup: { mode: 'certificate' } }),
    RESOURCE_NOT_EXISTS: refused(certificates),
  }),
  [tradeBill]: billCells(tradeBill),
  [fundFlowBill]: billCells(fundFlowBill),
  [billFile]: cells(billFile, { NO_STATEMENT_EXIST: refused(billFile) }),
  unknown: {
    'HTTP 404': refused('GET /v3/none'),
    'HTTP 405': refused('POST /v3/certificates'),
  },
});
