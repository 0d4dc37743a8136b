/** Closing, cancelling, refunds, pages and bills, by both doors of the vendor and judged by its SDK. */
import { inflateRawSync } from 'node:zlib';
import { AlipayRequestError, AlipaySdk } from 'alipay-sdk';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type SteppedClock, steppedClock, systemClock } from '#harness/clock';
import { noFaults, type OpenProvider, type OutgoingWebhook } from '#harness/provider';
import { openBehaviours } from '../behaviours/site.ts';
import { openSocketDoor } from '../doors/socket.ts';
import { recordingDelivery, step, testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';

let provider: OpenProvider;
let sdk: AlipaySdk;
let clock: SteppedClock;
let sent: OutgoingWebhook[];
let url: string;
const behaviours = openBehaviours(noFaults);

beforeEach(async () => {
  clock = steppedClock(systemClock.nowMs());
  const recording = recordingDelivery({ status: 200, body: 'success' });
  sent = recording.sent;
  behaviours.clear();
  provider = alipay.open(testPorts({ clock, site: behaviours.site, deliver: recording.deliver }));
  const door = await openSocketDoor(provider);
  url = door.url;
  onTestFinished(async () => {
    provider.stop();
    await door.close();
  });
  const { appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' } = provider.identity;
  const gateway = `${url}/gateway.do`;
  sdk = new AlipaySdk({ appId, privateKey, keyType: 'PKCS8', alipayPublicKey, gateway, endpoint: url });
});

type Answer = Readonly<Record<string, unknown>>;

/** By the gateway, whose answers the SDK turns to camel case. */
const gateway = async (method: string, bizContent: object): Promise<Answer> => ({
  ...(await sdk.exec(`alipay.${method}`, { notifyUrl: 'http://merchant.test/', bizContent }, { validateSign: true })),
});

/** By v3, whose errors the SDK throws. */
const v3 = async (method: string, biz: object): Promise<Answer> => {
  const body = { notify_url: 'http://merchant.test/', ...biz };
  try {
    const { data } = await sdk.curl<Answer>('POST', `/v3/alipay/${method.replaceAll('.', '/')}`, { body });
    return data;
  } catch (error) {
    if (!(error instanceof AlipayRequestError)) throw error;
    return { code: error.code, status: error.responseHttpStatus };
  }
};

const order = { out_trade_no: 'T1', total_amount: '10.00', subject: '充值, 100%' };
const about = { out_trade_no: 'T1' };
const make = () => gateway('trade.precreate', order);
const scan = (number = 'T1') => provider.byHand?.deeds.scan?.(number);
const pay = () => provider.pay?.('T1');
const told = () => sent.map(({ body }) => Object.fromEntries(new URLSearchParams(Buffer.from(body).toString())));
const status = () => provider.byHand?.orders()[0]?.status;

describe('before a buyer has scanned the code', () => {
  const byNumber = ['trade.query', 'trade.close', 'trade.refund', 'trade.fastpay.refund.query'];

  test.each(byNumber)('%s knows no trade', async (method) => {
    await make();
    expect(await gateway(method, about)).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
    expect(await v3(method, about)).toEqual({ code: 'ACQ.TRADE_NOT_EXIST', status: 400 });
    expect(provider.byHand?.orders()).toMatchObject([
      { status: 'TRADE_NOT_EXIST', id: expect.stringMatching(/^https:/) },
    ]);
  });

  test('cancelling does nothing, as of a number that nobody knows: the code can still be paid', async () => {
    await make();
    const nothing = await gateway('trade.cancel', about);
    expect([nothing.code, nothing.action, nothing.tradeNo]).toEqual(['10000', undefined, undefined]);
    pay();
    expect(status()).toBe('TRADE_SUCCESS');
  });

  test('its number may be asked for again with another amount, and the newest code counts', async () => {
    const { qrCode } = await make();
    expect((await make()).qrCode).toBe(qrCode);
    const other = await gateway('trade.precreate', { ...order, total_amount: '11.00' });
    expect(other).toMatchObject({ code: '10000', qrCode: expect.not.stringMatching(String(qrCode)) });
    pay();
    expect(provider.records().payments).toMatchObject([{ reference: 'T1', amountMinor: 1100n }]);
    expect(provider.byHand?.orders().length).toBe(1);
  });

  test.each([
    ['another subject', { ...order, subject: 'credit' }, {}],
    ['something else to be told with the notice', { ...order, passback_params: 'x' }, {}],
    ['another address for notices', order, { notifyUrl: 'http://other.test/notify' }],
  ])('an order with %s has a code of its own', async (_what, bizContent, parameters) => {
    const { qrCode } = await make();
    const other = await sdk.exec('alipay.trade.precreate', {
      notifyUrl: 'http://merchant.test/',
      ...parameters,
      bizContent,
    });
    expect(other).toMatchObject({ code: '10000', qrCode: expect.not.stringMatching(String(qrCode)) });
    expect(provider.byHand?.orders()).toMatchObject([{ id: other.qrCode }]);
  });

  test('it expires without a word; another one under its number can be paid', async () => {
    const { qrCode } = await make();
    provider.byHand?.deeds.expire?.('T1');
    await step(clock, 0);
    expect(told()).toEqual([]);
    const tooLate = expect.objectContaining({ code: 'not-in-this-state' });
    for (const deed of ['scan', 'pay', 'expire', 'refund'])
      expect(() => provider.byHand?.deeds[deed]?.('T1')).toThrow(tooLate);
    expect(await gateway('trade.query', about)).toMatchObject({ subCode: 'ACQ.TRADE_NOT_EXIST' });
    expect((await make()).qrCode).not.toBe(qrCode);
    pay();
    expect(status()).toBe('TRADE_SUCCESS');
  });

  test('the trade begins with the scan, waits, and keeps its amount', async () => {
    await make();
    clock.advance(60_000);
    const scannedMs = clock.nowMs();
    scan();
    scan();
    const waits = await gateway('trade.query', about);
    expect(waits).toMatchObject({ tradeStatus: 'WAIT_BUYER_PAY', tradeNo: provider.byHand?.orders()[0]?.id });
    const other = await gateway('trade.precreate', { ...order, total_amount: '11.00' });
    expect(other).toMatchObject({ subCode: 'ACQ.CONTEXT_INCONSISTENT' });
    clock.advance(60_000);
    pay();
    await step(clock, 0);
    const began = `${new Date(scannedMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')}`;
    expect(told()).toMatchObject([{ gmt_create: began, trade_status: 'TRADE_SUCCESS' }]);
    expect(() => scan()).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
  });
});

describe('closing and cancelling', () => {
  test('an unpaid trade is closed, told, and paid no more', async () => {
    await make();
    scan();
    expect(await gateway('trade.close', about)).toMatchObject({ code: '10000', outTradeNo: 'T1' });
    expect(await gateway('trade.close', about)).toMatchObject({ subCode: 'ACQ.TRADE_STATUS_ERROR' });
    await step(clock, 0);
    expect(told()).toMatchObject([{ trade_status: 'TRADE_CLOSED', gmt_close: expect.any(String) }]);
    expect(pay).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
    expect(await make()).toMatchObject({ subCode: 'ACQ.TRADE_HAS_CLOSE' });
  });

  test('a paid trade cannot be closed, and cancelling gives everything back', async () => {
    await make();
    pay();
    expect(await gateway('trade.close', about)).toMatchObject({ subCode: 'ACQ.TRADE_STATUS_ERROR' });
    expect(await gateway('trade.cancel', about)).toMatchObject({ code: '10000', action: 'refund', retryFlag: 'N' });
    expect(provider.byHand?.orders()).toMatchObject([{ status: 'TRADE_CLOSED', refundedMinor: 1000n }]);
    expect(await gateway('trade.cancel', about)).toMatchObject({ code: '10000', action: 'close' });
    expect(provider.byHand?.orders()).toMatchObject([{ refundedMinor: 1000n }]);
  });

  test('cancelling an unpaid trade closes it', async () => {
    await make();
    scan();
    expect(await v3('trade.cancel', about)).toMatchObject({ action: 'close' });
    expect(status()).toBe('TRADE_CLOSED');
  });

  test('cancelling what there is not is no failure by our number, and one by the number of Alipay', async () => {
    const nothing = await gateway('trade.cancel', about);
    expect(nothing).toMatchObject({ code: '10000', outTradeNo: 'T1', retryFlag: 'N' });
    expect([nothing.action, nothing.tradeNo]).toEqual([undefined, undefined]);
    expect(await gateway('trade.cancel', { trade_no: '1' })).toMatchObject({ subCode: 'ACQ.TRADE_NOT_EXIST' });
    expect(await gateway('trade.cancel', {})).toMatchObject({ subCode: 'ACQ.INVALID_PARAMETER' });
    expect(await make()).toMatchObject({ code: '10000' });
  });
});

describe('refunds', () => {
  const refund = (amount: string, number?: string) =>
    gateway('trade.refund', { ...about, refund_amount: amount, ...(number && { out_request_no: number }) });
  const find = (number: string) => gateway('trade.fastpay.refund.query', { ...about, out_request_no: number });

  beforeEach(async () => {
    await make();
    pay();
    await step(clock, 0);
  });

  test('in parts: once per number, the fee is the running total, the last one closes', async () => {
    expect(await refund('4.00', 'R1')).toMatchObject({ fundChange: 'Y', refundFee: '4.00', sendBackFee: '4.00' });
    expect(await refund('4.00', 'R1')).toMatchObject({ fundChange: 'N', refundFee: '4.00', sendBackFee: '0.00' });
    expect(status()).toBe('TRADE_SUCCESS');
    expect(await refund('6.00', 'R2')).toMatchObject({ fundChange: 'Y', refundFee: '10.00' });
    expect(status()).toBe('TRADE_CLOSED');
    await step(clock, 0);
    expect(told().slice(1)).toMatchObject([
      { trade_status: 'TRADE_SUCCESS', refund_fee: '4.00', out_biz_no: 'R1' },
      { trade_status: 'TRADE_CLOSED', refund_fee: '10.00', out_biz_no: 'R2', gmt_close: expect.any(String) },
    ]);
    expect(new Set(told().map(({ notify_id }) => notify_id)).size).toBe(3);
    for (const notice of told()) expect(sdk.checkNotifySignV2(notice)).toBe(true);
  });

  test.each([
    ['more than is left', '6.01', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'],
    ['a tenth of a fen', '1.001', 'ACQ.REASON_TRADE_REFUND_FEE_ERR'],
  ])('%s is refused', async (_when, amount, subCode) => {
    await refund('4.00', 'R1');
    expect(await refund(amount, 'R2')).toMatchObject({ code: '40004', subCode });
    expect(provider.byHand?.orders()).toMatchObject([{ refundedMinor: 400n }]);
  });

  test('are found by number; one that never was is answered 10000 too, without a status', async () => {
    await refund('4.00', 'R1');
    const found = { refundStatus: 'REFUND_SUCCESS', refundAmount: '4.00', totalAmount: '10.00' };
    expect(await find('R1')).toMatchObject({ code: '10000', ...found });
    const never = await find('R9');
    expect(never).toMatchObject({ code: '10000', outTradeNo: 'T1' });
    expect(never).not.toHaveProperty('refundStatus');
  });

  test('a refund query can lag behind its refund', async () => {
    await refund('4.00', 'R1');
    clock.advance(1_000);
    const operation = 'alipay.trade.fastpay.refund.query';
    behaviours.add({ does: 'stale', lagMs: 2_000, operation }, provider.failings);
    expect(await find('R1')).not.toHaveProperty('refundStatus');
    expect(await find('R1')).toHaveProperty('refundStatus');
  });
});

describe('OpenAPI v3', () => {
  test('does the same to the same trades', async () => {
    expect(await v3('trade.precreate', order)).toMatchObject({ out_trade_no: 'T1', qr_code: expect.any(String) });
    expect(await make()).toMatchObject({ code: '10000' });
    pay();
    expect(await v3('trade.query', about)).toMatchObject({ trade_status: 'TRADE_SUCCESS', total_amount: '10.00' });
    const refund = { ...about, refund_amount: '10.00', out_request_no: 'R1' };
    expect(await v3('trade.refund', refund)).toMatchObject({ fund_change: 'Y' });
    expect(await v3('trade.close', about)).toEqual({ code: 'ACQ.TRADE_STATUS_ERROR', status: 400 });
    await step(clock, 0);
    expect(told().length).toBe(2);
    expect(provider.records().calls.map(({ operation, reference }) => [operation, reference])).toEqual([
      ['alipay.trade.precreate', 'T1'],
      ['alipay.trade.precreate', 'T1'],
      ['alipay.trade.query', 'T1'],
      ['alipay.trade.refund', 'T1'],
      ['alipay.trade.close', 'T1'],
    ]);
  });

  test.each([
    ['wrongly-signed', 'response-signature-verify-error'],
    ['tampered', 'response-signature-verify-error'],
    ['throttled', 'app-call-limited'],
    ['unavailable', 'unknow-error'],
  ] as const)('%s is %s to the SDK', async (does, code) => {
    behaviours.add({ does }, provider.failings);
    expect(await v3('trade.precreate', order)).toMatchObject({ code });
  });
});

test('an answer of v3 without a signature is a TypeError in alipay-sdk, not one of its own errors', async () => {
  behaviours.add({ does: 'unsigned' }, provider.failings);
  await expect(v3('trade.precreate', order)).rejects.toThrow('The "signature" argument must be of type string');
});

describe('page.pay', () => {
  const open = async (total_amount: string) => {
    const bizContent = { ...order, total_amount, product_code: 'FAST_INSTANT_TRADE_PAY' };
    const given = { notifyUrl: 'http://merchant.test/', returnUrl: 'http://merchant.test/back?a=1', bizContent };
    const page = await fetch(sdk.pageExecute('alipay.trade.page.pay', 'GET', given));
    return page.text();
  };
  const linkIn = (page: string) => /id="return" href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';

  test('shows what is to be paid, before there is a trade, and the signed way back, which proves nothing', async () => {
    const page = await open('10.00');
    expect(page).toContain('<p id="amount">10.00</p>');
    expect(status()).toBe('TRADE_NOT_EXIST');
    const back = new URL(linkIn(page));
    expect(back.origin).toBe('http://merchant.test');
    const fields = Object.fromEntries(back.searchParams);
    expect(fields).toMatchObject({ a: '1', out_trade_no: 'T1', total_amount: '10.00' });
    const { a: _ours, ...signed } = fields;
    expect(sdk.checkNotifySignV2(signed)).toBe(true);
    pay();
    await step(clock, 0);
    expect(told()).toMatchObject([{ trade_status: 'TRADE_SUCCESS', trade_no: fields.trade_no }]);
  });

  test('is the same trade for the same number, and once it has begun, an error for another amount', async () => {
    await open('10.00');
    await open('10.00');
    scan();
    expect(provider.byHand?.orders().length).toBe(1);
    expect(await open('11.00')).toContain('ACQ.CONTEXT_INCONSISTENT');
  });
});

describe('bills', () => {
  /** The files of an archive, read by its central directory. */
  const unzip = (bytes: Buffer): ReadonlyMap<string, string> => {
    const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
    const files = new Map<string, string>();
    let at = bytes.readUInt32LE(end + 16);
    for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
      const [packed, length, offset] = [
        bytes.readUInt32LE(at + 20),
        bytes.readUInt16LE(at + 28),
        bytes.readUInt32LE(at + 42),
      ];
      const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
      const gbk = new TextDecoder('gbk', { fatal: true });
      const text = gbk.decode(inflateRawSync(bytes.subarray(start, start + packed)));
      files.set(gbk.decode(bytes.subarray(at + 46, at + 46 + length)), text);
      at += 46 + length;
    }
    return files;
  };
  const dayMs = 86_400_000;
  const dayOf = (atMs: number) => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10);

  const ask = (bill_date: string, bill_type = 'trade') =>
    gateway('data.dataservice.bill.downloadurl.query', { bill_type, bill_date });

  test('of a day: payments and refunds of that day in Beijing, in GBK, with tabs, between lines of #', async () => {
    await make();
    pay();
    const day = dayOf(clock.nowMs());
    await gateway('trade.refund', { ...about, refund_amount: '4.00', out_request_no: 'R1' });
    await gateway('trade.precreate', { ...order, out_trade_no: 'T2' });
    expect(await ask(day)).toMatchObject({ code: '40004', subCode: 'isv.invalid_arguments' });
    clock.advance(Date.parse(`${day}T00:00:00+08:00`) + dayMs - clock.nowMs());
    expect(await ask(day)).toMatchObject({ code: '40004', subCode: 'isp.bill_not_exist' });
    clock.advance(2 * dayMs);
    provider.pay?.('T2');
    const { billDownloadUrl } = await ask(day);
    const response = await fetch(String(billDownloadUrl));
    const files = unzip(Buffer.from(await response.arrayBuffer()));
    const stem = `20880000000000010156_${day.replaceAll('-', '')}`;
    expect([...files.keys()]).toEqual([`${stem}_业务明细.csv`, `${stem}_业务明细(汇总).csv`]);
    const lines = [...files.values()][0]?.split('\r\n') ?? [];
    expect(lines.slice(0, 2)).toEqual(['#支付宝业务明细查询', '#账号：[20880000000000010156]']);
    const rows = lines.filter((line) => /^\d/.test(line)).map((line) => line.split(','));
    expect(rows.map((row) => row.length)).toEqual([25, 25]);
    expect(lines[4]?.split(',').length).toBe(25);
    expect(rows[0]?.slice(1, 4)).toEqual(['T1\t', '交易\t', '充值  100%']);
    expect(rows.map((row) => [row[2], row[11], row[12], row[21]])).toEqual([
      ['交易\t', '10.00', '10.00', '\t'],
      ['退款\t', '-4.00', '-4.00', 'R1\t'],
    ]);
    expect(lines).toContain('#交易合计：1笔，商家实收共10.00元，商家优惠共0.00元');
    expect(lines).toContain('#退款合计：1笔，商家实收退款共-4.00元，商家优惠退款共0.00元');
  });

  test('of a month, by v3 too; an address lives for half a minute', async () => {
    await make();
    pay();
    const month = dayOf(clock.nowMs()).slice(0, 7);
    clock.advance(40 * dayMs);
    const path = '/v3/alipay/data/dataservice/bill/downloadurl/query';
    const query = { bill_type: 'signcustomer', bill_date: month };
    const { data } = await sdk.curl<{ bill_download_url: string }>('GET', path, { query });
    clock.advance(30_000);
    expect((await fetch(data.bill_download_url)).status).toBe(200);
    clock.advance(1);
    expect((await fetch(data.bill_download_url)).status).toBe(403);
    expect((await fetch(`${url}/downloadBillFile.resource?token=none`)).status).toBe(403);
  });

  test.each([
    ['2026-13', 'trade'],
    ['2026-02-30', 'trade'],
    ['yesterday', 'trade'],
    ['2026-01-01', 'everything'],
  ])('%s of %s is no bill', async (date, type) => {
    expect(await ask(date, type)).toMatchObject({ code: '40004', subCode: 'isv.invalid_arguments' });
  });

  test('there is none of a day before 2016', async () => {
    expect(await ask('2015-12-31')).toMatchObject({ subCode: 'isp.bill_not_exist' });
    expect(await ask('2016-01-01')).toMatchObject({ code: '10000' });
  });
});
