/** Bills of a day: CSV with a BOM and a backtick before each cell, yuan where the API has fen, a summary at the end. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Clock } from '#harness/clock';
import { toDecimal } from '#harness/money';
import type { Random } from '#harness/seed';
import { beijingTime } from '../beijing-time.ts';
import { type BillRange, isReady, readBillDate } from '../bill-range.ts';
import { lettersFrom } from '../numbers.ts';
import { billReadyAfterMs, billUrlLivesMs, buyer, merchant, type Refusal, refusals } from './quirks.ts';
import { type Order, type Refund, refundStateOf } from './states.ts';

const yuan = (amountMinor: bigint): string => toDecimal({ amountMinor, currency: 'CNY' });

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amountMinor) => sum + amountMinor, 0n);

/** Cells by the name of their column; what is missing is empty. */
type Row = Readonly<Record<string, string>>;

const orderColumns =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额';
const refundColumns = '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态';
const goodsColumns = '商品名称,商户数据包,手续费,费率,订单金额';

/** The columns of each kind of trade bill; that of refunds has two times more. */
const tradeColumns = {
  ALL: `${orderColumns},${refundColumns},${goodsColumns},申请退款金额,费率备注`,
  SUCCESS: `${orderColumns},${goodsColumns},费率备注`,
  REFUND: `${orderColumns},退款申请时间,退款成功时间,${refundColumns},${goodsColumns},申请退款金额,费率备注`,
} as const;

const tradeSummary = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const fundColumns =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const fundSummary = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';

/** Commas and line ends in texts would be new cells and rows. */
const lineOf = (cells: readonly string[]): string =>
  cells.map((cell) => `\`${cell.replaceAll(/[,\r\n]/g, ' ')}`).join(',');

const fileOf = (columns: string, rows: readonly Row[], caption: string, summary: readonly string[]): string => {
  const lines = rows.map((row) => lineOf(columns.split(',').map((name) => row[name] ?? '')));
  return `\uFEFF${[columns, ...lines, caption, lineOf(summary), ''].join('\r\n')}`;
};

const commonOf = (order: Order): Row => ({
  公众账号ID: merchant.appid,
  商户号: order.mchid,
  特约商户号: '0',
  微信订单号: order.transactionId,
  商户订单号: order.outTradeNo,
  用户标识: order.openid || buyer.openid,
  交易类型: order.tradeType,
  付款银行: 'OTHERS',
  货币种类: 'CNY',
  代金券金额: '0.00',
  充值券退款金额: '0.00',
  商品名称: order.description,
  商户数据包: order.attach,
  手续费: '0.00000',
  费率: '0.00%',
});

const paidRow = (order: Order, { amountMinor, atMs }: NonNullable<Order['paid']>): Row => ({
  ...commonOf(order),
  交易时间: beijingTime(atMs),
  交易状态: 'SUCCESS',
  应结订单金额: yuan(amountMinor),
  微信退款单号: '0',
  商户退款单号: '0',
  退款金额: '0.00',
  订单金额: yuan(amountMinor),
  申请退款金额: '0.00',
});

/** The states of refunds have other names in bills. */
const billStates = { SUCCESS: 'SUCCESS', PROCESSING: 'PROCESSING', ABNORMAL: 'CHANGE' } as const;

/** A refund as it stood at the end of the day on which it was asked for; no later bill corrects it. */
const refundRow = (refund: Refund, untilMs: number): Row => {
  const state = refundStateOf(refund, untilMs);
  return {
    ...commonOf(refund.order),
    交易时间: beijingTime(refund.createdMs),
    交易状态: 'REFUND',
    应结订单金额: '0.00',
    退款申请时间: beijingTime(refund.createdMs),
    退款成功时间: state === 'SUCCESS' ? beijingTime(refund.endsMs) : '',
    微信退款单号: refund.refundId,
    商户退款单号: refund.outRefundNo,
    退款金额: yuan(refund.amountMinor),
    退款类型: 'ORIGINAL',
    退款状态: billStates[state],
    订单金额: '0.00',
    申请退款金额: yuan(refund.amountMinor),
  };
};

type Timed<Kind> = { readonly atMs: number; readonly amountMinor: bigint } & Kind;

const within = <Kind>(all: readonly Timed<Kind>[], { fromMs, untilMs }: BillRange): readonly Timed<Kind>[] =>
  all.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).sort((a, b) => a.atMs - b.atMs);

const tradeBill = (orders: readonly Order[], range: BillRange, kind: keyof typeof tradeColumns): string => {
  const payments = orders.flatMap((order) => {
    const { paid } = order;
    return paid ? [{ ...paid, isRefund: false, row: paidRow(order, paid) }] : [];
  });
  const refunds = orders.flatMap((order) =>
    order.refunds.map((refund) => ({
      atMs: refund.createdMs,
      amountMinor: refund.amountMinor,
      isRefund: true,
      row: refundRow(refund, range.untilMs),
    })),
  );
  const wanted = within([...(kind === 'REFUND' ? [] : payments), ...(kind === 'SUCCESS' ? [] : refunds)], range);
  const total = (isRefund: boolean) =>
    yuan(sumOf(wanted.filter((one) => one.isRefund === isRefund).map(({ amountMinor }) => amountMinor)));
  const [paid, refunded] = [total(false), total(true)];
  const summary = [String(wanted.length), paid, refunded, '0.00', '0.00000', paid, refunded];
  return fileOf(
    tradeColumns[kind],
    wanted.map(({ row }) => row),
    tradeSummary,
    summary,
  );
};

const fundFlowBill = (orders: readonly Order[], range: BillRange): string => {
  const incomes = orders.flatMap((order) => (order.paid ? [{ ...order.paid, order, refund: undefined }] : []));
  const refunds = orders.flatMap(({ refunds: all }) => all.filter(({ end }) => end === 'SUCCESS'));
  const spent = refunds.map((refund) => ({ ...refund, atMs: refund.endsMs, refund }));
  const moves = within<{ order: Order; refund: Refund | undefined }>([...incomes, ...spent], range);
  let balanceMinor = 0n;
  const rows = moves.map(({ atMs, amountMinor, order, refund }, index): Row => {
    balanceMinor += refund ? -amountMinor : amountMinor;
    const name = refund ? '退款' : '交易';
    const balance = balanceMinor < 0n ? `-${yuan(-balanceMinor)}` : yuan(balanceMinor);
    return {
      记账时间: beijingTime(atMs),
      微信支付业务单号: refund?.refundId ?? order.transactionId,
      资金流水单号: `${order.mchid}${beijingTime(atMs).replaceAll(/\D/g, '')}${String(index).padStart(4, '0')}`,
      业务名称: name,
      业务类型: name,
      收支类型: refund ? '支出' : '收入',
      '收支金额(元)': yuan(amountMinor),
      '账户结余(元)': balance,
      资金变更提交申请人: 'system',
      备注: refund?.reason ?? '',
      业务凭证号: refund?.outRefundNo ?? order.outTradeNo,
    };
  });
  const [ins, outs] = [moves.filter(({ refund }) => !refund), moves.filter(({ refund }) => refund)];
  const sums = [ins, outs].flatMap((all) => [String(all.length), yuan(sumOf(all.map((one) => one.amountMinor)))]);
  return fileOf(fundColumns, rows, fundSummary, [String(moves.length), ...sums]);
};

/** The bills of the merchants, and the files that were asked for. */
export interface Bills {
  /** The answer to a request for a bill: its hash, and where its file is, below `origin`. */
  ask(kind: 'trade' | 'fund flow', query: URLSearchParams, mchid: string, origin: string): object | Refusal;
  /** The file with this token, as long as its address is valid and for the same merchant. */
  file(token: string, mchid: string): Uint8Array | Refusal;
}

const oneOf = <Name extends string>(given: string, names: readonly Name[]): Name | undefined =>
  names.find((name) => name === given);

/** The bills of what `orders` tells. A bill is written when it is asked for; its hash is that of the plain file. */
export const openBills = (
  orders: () => readonly Order[],
  { clock, random }: { clock: Clock; random: Random },
): Bills => {
  const files = new Map<string, { readonly mchid: string; readonly untilMs: number; readonly content: Uint8Array }>();
  return {
    ask: (kind, query, mchid, origin) => {
      const range = readBillDate(query.get('bill_date') ?? '');
      const isDay = range !== undefined && range.untilMs - range.fromMs === 86_400_000;
      const type = oneOf(query.get('bill_type') ?? 'ALL', ['ALL', 'SUCCESS', 'REFUND']);
      const account = oneOf(query.get('account_type') ?? 'BASIC', ['BASIC', 'OPERATION', 'FEES']);
      const packing = oneOf(query.get('tar_type') ?? '', ['', 'GZIP']);
      if (!isDay) return refusals.parameter('bill_date', 'query');
      if (type === undefined) return refusals.parameter('bill_type', 'query');
      if (account === undefined) return refusals.parameter('account_type', 'query');
      if (packing === undefined) return refusals.parameter('tar_type', 'query');
      if (range.fromMs > clock.nowMs()) return refusals.noBill;
      if (!isReady(range, billReadyAfterMs, clock.nowMs())) return refusals.billNotReady;
      const own = account === 'BASIC' ? orders().filter((order) => order.mchid === mchid) : [];
      const plain = Buffer.from(kind === 'trade' ? tradeBill(own, range, type) : fundFlowBill(own, range));
      const token = lettersFrom(random, 48);
      const content = packing === '' ? plain : gzipSync(plain);
      files.set(token, { mchid, untilMs: clock.nowMs() + billUrlLivesMs, content });
      const hash = createHash('sha1').update(plain).digest('hex');
      const url = `${origin}/v3/billdownload/file?token=${token}`;
      return { hash_type: 'SHA1', hash_value: hash, download_url: url };
    },
    file: (token, mchid) => {
      const file = files.get(token);
      return file !== undefined && file.mchid === mchid && clock.nowMs() <= file.untilMs
        ? file.content
        : refusals.noBill;
    },
  };
};
