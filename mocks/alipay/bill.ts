/** Bills: a zip of two GBK files of a day or month in Beijing, one line per payment and refund, and a summary. */
import { beijingTime } from '../beijing-time.ts';
import type { BillRange } from '../bill-range.ts';
import { toGbk } from '../gbk.ts';
import { zip } from '../zip.ts';
import { buyer, merchant } from './quirks.ts';
import type { Refund, Trade } from './states.ts';
import { yuan } from './wire.ts';

const header =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,' +
  '商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,' +
  '卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

/** A tab follows what a spreadsheet would take for a number. */
const lineOf = (trade: Trade, kind: string, amount: string, finishedMs: number, requestNo: string): string => {
  const [created, finished] = [beijingTime(trade.createdMs), beijingTime(finishedMs)];
  const subject = trade.subject.replaceAll(/[,\r\n]/g, ' ');
  const numbers = [`${trade.tradeNo}\t`, `${trade.outTradeNo}\t`, `${kind}\t`, subject, created, finished];
  const shop = ['\t', '\t', '\t', '\t', `*客(${buyer.logonId})\t`];
  const money = [amount, amount, '0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00\t', '0.00'];
  return [...numbers, ...shop, ...money, `${requestNo}\t`, '0.00', '0.00', ''].join(',');
};

interface Row {
  readonly atMs: number;
  readonly amountMinor: bigint;
  readonly line: string;
}

const refundRow = (trade: Trade, { atMs, amountMinor, outRequestNo }: Refund): Row => ({
  atMs,
  amountMinor: -amountMinor,
  line: lineOf(trade, '退款', `-${yuan(amountMinor)}`, atMs, outRequestNo),
});

const rowsOf = (trades: readonly Trade[], { fromMs, untilMs }: BillRange): readonly Row[] =>
  trades
    .flatMap((trade): Row[] => {
      if (trade.paid === undefined) return [];
      const { amountMinor, atMs } = trade.paid;
      const line = lineOf(trade, '交易', yuan(amountMinor), atMs, '');
      return [{ atMs, amountMinor, line }, ...trade.refunds.map((refund) => refundRow(trade, refund))];
    })
    .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
    .sort((a, b) => a.atMs - b.atMs);

const chinese = (atMs: number): string =>
  beijingTime(atMs).replace(/^(\d+)-(\d+)-(\d+)/, (_, year, month, day) => `${year}年${month}月${day}日`);

const sumOf = (rows: readonly Row[]): string => {
  const totalMinor = rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return totalMinor < 0n ? `-${yuan(-totalMinor)}` : yuan(totalMinor);
};

/** What stands in both files. */
const framed = (title: string, list: string, lines: readonly string[], after: readonly string[], range: BillRange) =>
  [
    `#支付宝${title}查询`,
    `#账号：[${merchant.sellerId}0156]`,
    `#起始日期：[${chinese(range.fromMs)}]   终止日期：[${chinese(range.untilMs)}]`,
    `#-----------------------------------------${list}----------------------------------------`,
    ...lines,
    `#-----------------------------------------${list}结束------------------------------------`,
    ...after,
    '',
  ].join('\r\n');

/** The zip of a bill; `date` is in its names. `nowMs` is when it was written. */
export const billZip = (trades: readonly Trade[], date: string, range: BillRange, nowMs: number): Uint8Array => {
  const rows = rowsOf(trades, range);
  const [paid, refunded] = [
    rows.filter(({ amountMinor }) => amountMinor > 0n),
    rows.filter((row) => row.amountMinor < 0n),
  ];
  const totals = [
    `#交易合计：${paid.length}笔，商家实收共${sumOf(paid)}元，商家优惠共0.00元`,
    `#退款合计：${refunded.length}笔，商家实收退款共${sumOf(refunded)}元，商家优惠退款共0.00元`,
    `#导出时间：[${chinese(nowMs)}]`,
  ];
  const detail = framed('业务明细', '业务明细列表', [header, ...rows.map(({ line }) => line)], totals, range);
  const titles =
    '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,服务费（元）,实收净额（元）';
  const summed = [sumOf(rows), sumOf(rows), '0.00', sumOf(rows)];
  const total = ['合计\t', '\t', String(paid.length), String(refunded.length), ...summed].join(',');
  const summary = framed('业务汇总', '业务汇总列表', [titles, total], totals.slice(2), range);
  const stem = `${merchant.sellerId}0156_${date.replaceAll('-', '')}`;
  return zip([
    { name: toGbk(`${stem}_业务明细.csv`), content: toGbk(detail) },
    { name: toGbk(`${stem}_业务明细(汇总).csv`), content: toGbk(summary) },
  ]);
};
