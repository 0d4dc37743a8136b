/** Bills, fetched and parsed by wechatpay-axios-plugin's own tools. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Formatter } from 'wechatpay-axios-plugin';
import { type SteppedClock, steppedClock, systemClock } from '#harness/clock';
import { refundTakesMs } from './quirks.ts';
import { axiosClient, type Opened, openMock } from './test-sdk.ts';

const dayMs = 86_400_000;
const dayOf = (atMs: number) => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10);

let mock: Opened;
let clock: SteppedClock;
let day: string;
const hand = () => mock.provider.byHand ?? expect.unreachable();

beforeEach(async () => {
  clock = steppedClock(Math.trunc(systemClock.nowMs() / dayMs) * dayMs + 2 * 3_600_000); // ten in Beijing
  mock = await openMock({ clock });
  day = dayOf(clock.nowMs());
  onTestFinished(mock.close);
  for (const reference of ['T00001', 'T00002']) hand().order({ reference, amountMinor: 8888n, webhookUrl: '' });
  hand().deeds.pay?.('T00001');
});

const ask = (kind: 'tradebill' | 'fundflowbill', params: object = {}) =>
  axiosClient(mock).call('get', `v3/bill/${kind}`, { params: { bill_date: day, ...params } });

/** The file of a bill, whose answer is not signed: the SDK knows its path. */
const download = (url: unknown) => {
  const { pathname, searchParams } = new URL(String(url));
  const params = Object.fromEntries(searchParams);
  return axiosClient(mock).call('get', pathname.slice(1), { params, responseType: 'arraybuffer' });
};

const fetched = async (kind: 'tradebill' | 'fundflowbill', params: object = {}) => {
  const { status, data } = await ask(kind, params);
  expect(status).toBe(200);
  const file = await download(data.download_url);
  expect(file.status).toBe(200);
  const bytes = file.data as unknown as Buffer;
  const plain = 'tar_type' in params ? gunzipSync(bytes) : bytes;
  expect(createHash('sha1').update(plain).digest('hex')).toBe(data.hash_value);
  return { text: plain.toString(), ...Formatter.castCsvBill(plain) } as {
    text: string;
    rows: Readonly<Record<string, string>>[];
    summary: Readonly<Record<string, string>>;
  };
};

/** One refund that has ended on its day, one that was under way at its end, and the next day's morning. */
const refundTwice = (): void => {
  hand().deeds.refund?.('T00001');
  clock.advance(13 * 3_600_000); // 23:00
  hand().deeds.pay?.('T00002');
  clock.advance(3_600_000 - refundTakesMs / 2);
};

describe('the trade bill', () => {
  test('has payments and refunds of its day, yuan and backticks, and adds up', async () => {
    refundTwice();
    clock.advance(12 * 3_600_000);
    const { text, rows, summary } = await fetched('tradebill', { tar_type: 'GZIP' });
    expect(text.startsWith('\uFEFF交易时间,')).toBe(true);
    expect(
      text
        .split('\r\n')[1]
        ?.split(',')
        .every((cell) => cell.startsWith('`')),
    ).toBe(true);
    expect(rows.map((row) => [row.商户订单号, row.交易状态, row.订单金额, row.退款金额, row.退款状态])).toEqual([
      ['T00001', 'SUCCESS', '88.88', '0.00', ''],
      ['T00001', 'REFUND', '0.00', '88.88', 'SUCCESS'],
      ['T00002', 'SUCCESS', '88.88', '0.00', ''],
    ]);
    expect(summary).toMatchObject({ 总交易单数: '3', 订单总金额: '177.76', 退款总金额: '88.88' });
  });

  test('a refund that was under way at midnight stays PROCESSING in its bill, and is in no later one', async () => {
    const { mchid, call } = axiosClient(mock);
    clock.advance(14 * 3_600_000 - refundTakesMs / 2);
    const amount = { refund: 100, total: 8888, currency: 'CNY' };
    const data = { out_trade_no: 'T00001', out_refund_no: 'R1', amount };
    expect((await call('post', 'v3/refund/domestic/refunds', { data })).status).toBe(200);
    expect(mchid).toBe(mock.provider.identity.mchid);
    clock.advance(3 * dayMs);
    const { rows } = await fetched('tradebill', { bill_type: 'REFUND' });
    expect(rows).toMatchObject([{ 商户退款单号: 'R1', 退款状态: 'PROCESSING', 退款成功时间: '' }]);
    day = dayOf(clock.nowMs() - 2 * dayMs);
    expect((await fetched('tradebill')).rows).toEqual([]);
  });

  test('of successes alone has no columns of refunds', async () => {
    refundTwice();
    clock.advance(12 * 3_600_000);
    const { rows } = await fetched('tradebill', { bill_type: 'SUCCESS' });
    expect(rows.length).toBe(2);
    expect(rows[0]).not.toHaveProperty('退款金额');
  });
});

test('the fund-flow bill follows the money, with a running balance', async () => {
  refundTwice();
  clock.advance(12 * 3_600_000);
  const { rows, summary } = await fetched('fundflowbill');
  expect(rows.map((row) => [row.收支类型, row['收支金额(元)'], row['账户结余(元)'], row.业务凭证号])).toEqual([
    ['收入', '88.88', '88.88', 'T00001'],
    ['支出', '88.88', '0.00', 'staff-1-T00001'],
    ['收入', '88.88', '88.88', 'T00002'],
  ]);
  expect(summary).toEqual({ 资金流水总笔数: '3', 收入笔数: '2', 收入金额: '177.76', 支出笔数: '1', 支出金额: '88.88' });
});

describe('no bill', () => {
  test.each([
    ['of another kind', 'tradebill', { bill_type: 'SOME' }],
    ['packed otherwise', 'tradebill', { tar_type: 'ZIP' }],
    ['of another account', 'fundflowbill', { account_type: 'MINE' }],
  ] as const)('%s', async (_what, kind, params) => {
    expect(await ask(kind, params)).toMatchObject({ status: 400, data: { code: 'PARAM_ERROR' } });
  });

  test('before ten on the next day', async () => {
    clock.advance(24 * 3_600_000 - 1);
    expect(await ask('tradebill')).toMatchObject({ data: { code: 'STATEMENT_CREATING' } });
    clock.advance(1);
    expect(await ask('tradebill')).toMatchObject({ status: 200 });
  });

  test('once its address is too old, or for somebody else', async () => {
    clock.advance(dayMs);
    const { data } = await ask('tradebill');
    clock.advance(300_001);
    expect(await download(data.download_url)).toMatchObject({ status: 400 });
    expect((await fetch(String(data.download_url))).status).toBe(401);
  });
});
