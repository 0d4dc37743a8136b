/**
 * Codes and trades of the mock. A code (or page) is what precreate makes; until a buyer scans it, and its trade begins,
 * one under the same number takes its place. A trade is WAIT_BUYER_PAY until its buyer pays (TRADE_SUCCESS) or the time
 * to pay is over (TRADE_CLOSED); refunds of all that was paid lead from TRADE_SUCCESS to TRADE_CLOSED, which nothing
 * leaves. Scanning again, paying a paid trade, a repeated precreate and a repeated refund change nothing.
 */
import type { Random } from '#harness/seed';
import { beijingDay } from '../beijing-time.ts';
import { lettersFrom, momentNumber } from '../numbers.ts';

/** What a merchant asks for; `notifyUrl` and `passbackParams` are '' when not given. */
export interface TradeOrder {
  readonly outTradeNo: string;
  readonly amountMinor: bigint;
  readonly subject: string;
  readonly notifyUrl: string;
  readonly passbackParams: string;
}

/** Money given back; `outRequestNo` is the merchant's number, that of the trade where none was given. */
export interface Refund {
  readonly outRequestNo: string;
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly atMs: number;
}

/** What a buyer may scan. */
export interface Code extends TradeOrder {
  readonly qrCode: string;
  /** The number that its trade has, once there is one. */
  readonly tradeNo: string;
  /** Nobody can scan it any more. */
  isExpired?: boolean;
  /** The merchant has no money left to refund it with. */
  isDrained?: boolean;
}

/** One trade; times are milliseconds of the provider's clock. */
export interface Trade extends Code {
  /** When its code was scanned. */
  readonly createdMs: number;
  /** What the buyer really paid; undefined while the trade waits. */
  paid?: { readonly amountMinor: bigint; readonly atMs: number };
  /** When it was closed without a payment. */
  closedMs?: number;
  refunds: readonly Refund[];
}

/** What all refunds of a trade take together. */
export const refundedMinor = ({ refunds }: Trade): bigint =>
  refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

/** What may still be given back. */
export const refundableMinor = (trade: Trade): bigint => (trade.paid?.amountMinor ?? 0n) - refundedMinor(trade);

/** When the trade was closed: unpaid, or by giving back all that was paid; undefined while it is open. */
export const closedAtMs = (trade: Trade): number | undefined =>
  trade.paid !== undefined && refundableMinor(trade) === 0n ? trade.refunds.at(-1)?.atMs : trade.closedMs;

/** The vendor's name of the trade's state. */
export const statusOf = (trade: Trade): 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED' => {
  if (closedAtMs(trade) !== undefined) return 'TRADE_CLOSED';
  return trade.paid ? 'TRADE_SUCCESS' : 'WAIT_BUYER_PAY';
};

/** The trade as it was at `atMs`; undefined before it began. */
export const asOf = (trade: Trade, atMs: number): Trade | undefined => {
  if (trade.createdMs > atMs) return undefined;
  const { paid, closedMs, ...order } = trade;
  const isPaid = paid !== undefined && paid.atMs <= atMs;
  const isClosed = closedMs !== undefined && closedMs <= atMs;
  const refunds = trade.refunds.filter((refund) => refund.atMs <= atMs);
  return { ...order, refunds, ...(isPaid && { paid }), ...(isClosed && { closedMs }) };
};

/** Why nothing is given back. */
export type RefundRefusal = 'tradeStatus' | 'otherRefund' | 'refundTooLarge' | 'noFunds';

/** All codes and trades of one merchant. */
export interface Trades {
  byOutTradeNo(outTradeNo: string): Trade | undefined;
  byTradeNo(tradeNo: string): Trade | undefined;
  /** Oldest first. */
  all(): readonly Trade[];
  /** The newest of this number, scanned or not. */
  codeOf(outTradeNo: string): Code | undefined;
  /** The newest of each number; the number that was used first comes first. */
  codes(): readonly Code[];
  /**
   * The same code for the same order; a new one where it differs or the code has expired. Where the trade has begun,
   * its code, or a refusal: of another amount, after payment, or closed.
   */
  precreate(order: TradeOrder, nowMs: number): Code | 'other-amount' | 'already-paid' | 'closed';
  /** The trade of this code, which begins now if it has not begun. */
  scan(code: Code, nowMs: number): Trade;
  /** Gives back; the same number with the same amount again changes nothing (`isNew` false). */
  refund(trade: Trade, refund: Refund): { readonly trade: Trade; readonly isNew: boolean } | RefundRefusal;
}

const isSame = (code: Code, order: TradeOrder): boolean =>
  code.amountMinor === order.amountMinor &&
  code.subject === order.subject &&
  code.notifyUrl === order.notifyUrl &&
  code.passbackParams === order.passbackParams;

/** No trades yet; the random stream makes what only has to look like the vendor's. */
export const openTrades = (random: Random): Trades => {
  const codes = new Map<string, Code>();
  const byOutTradeNo = new Map<string, Trade>();
  const byTradeNo = new Map<string, Trade>();
  let codeCount = 0;

  const issue = (order: TradeOrder, nowMs: number): Code => {
    const code: Code = {
      ...order,
      tradeNo: `${beijingDay(nowMs)}22001${momentNumber(nowMs, codeCount)}`,
      qrCode: `https://qr.alipay.com/bax${lettersFrom(random, 20)}`,
    };
    codeCount += 1;
    codes.set(order.outTradeNo, code);
    return code;
  };

  return {
    byOutTradeNo: (outTradeNo) => byOutTradeNo.get(outTradeNo),
    byTradeNo: (tradeNo) => byTradeNo.get(tradeNo),
    all: () => [...byTradeNo.values()],
    codeOf: (outTradeNo) => codes.get(outTradeNo),
    codes: () => [...codes.values()],
    precreate: (order, nowMs) => {
      const [code, trade] = [codes.get(order.outTradeNo), byOutTradeNo.get(order.outTradeNo)];
      if (code === undefined) return issue(order, nowMs);
      if (trade === undefined) return isSame(code, order) && !code.isExpired ? code : issue(order, nowMs);
      if (trade.amountMinor !== order.amountMinor) return 'other-amount';
      if (closedAtMs(trade) !== undefined) return 'closed';
      return trade.paid ? 'already-paid' : code;
    },
    scan: (code, nowMs) => {
      const known = byOutTradeNo.get(code.outTradeNo);
      if (known !== undefined) return known;
      const trade: Trade = { ...code, createdMs: nowMs, refunds: [] };
      byOutTradeNo.set(trade.outTradeNo, trade);
      byTradeNo.set(trade.tradeNo, trade);
      return trade;
    },
    refund: (trade, refund) => {
      const known = trade.refunds.find(({ outRequestNo }) => outRequestNo === refund.outRequestNo);
      if (known !== undefined)
        return known.amountMinor === refund.amountMinor ? { trade, isNew: false } : 'otherRefund';
      if (trade.paid === undefined || closedAtMs(trade) !== undefined) return 'tradeStatus';
      if (refund.amountMinor > refundableMinor(trade)) return 'refundTooLarge';
      if (trade.isDrained) return 'noFunds';
      trade.refunds = [...trade.refunds, refund];
      return { trade, isNew: true };
    },
  };
};
