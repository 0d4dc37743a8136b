/**
 * Trades of the mock: WAIT_BUYER_PAY from precreate until a buyer pays (TRADE_SUCCESS) or the time to pay is over
 * (TRADE_CLOSED); a full refund leads from TRADE_SUCCESS to TRADE_CLOSED, which nothing leaves. Paying a paid trade and
 * a repeated precreate change nothing.
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

/** One trade; times are milliseconds of the provider's clock. */
export interface Trade extends TradeOrder {
  readonly tradeNo: string;
  readonly qrCode: string;
  readonly createdMs: number;
  /** What the buyer really paid; undefined while the trade waits. */
  paid?: { readonly amountMinor: bigint; readonly atMs: number };
  /** When it was closed: unpaid, or, where `paid` is set, by giving back all that was paid. */
  closedMs?: number;
}

/** The vendor's name of the trade's state. */
export const statusOf = (trade: Trade): 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED' => {
  if (trade.closedMs !== undefined) return 'TRADE_CLOSED';
  return trade.paid ? 'TRADE_SUCCESS' : 'WAIT_BUYER_PAY';
};

/** The trade as it was at `atMs`; undefined before it was made. */
export const asOf = (trade: Trade, atMs: number): Trade | undefined => {
  if (trade.createdMs > atMs) return undefined;
  const { paid, closedMs, ...order } = trade;
  const isPaid = paid !== undefined && paid.atMs <= atMs;
  const isClosed = closedMs !== undefined && closedMs <= atMs;
  return { ...order, ...(isPaid && { paid }), ...(isClosed && { closedMs }) };
};

/** All trades of one merchant. */
export interface Trades {
  byOutTradeNo(outTradeNo: string): Trade | undefined;
  byTradeNo(tradeNo: string): Trade | undefined;
  /** Oldest first. */
  all(): readonly Trade[];
  /** The stored trade for a repeated number; refuses the same number with another amount, after payment, or closed. */
  precreate(order: TradeOrder, nowMs: number): Trade | 'other-amount' | 'already-paid' | 'closed';
}

/** No trades yet; the random stream makes what only has to look like the vendor's. */
export const openTrades = (random: Random): Trades => {
  const byOutTradeNo = new Map<string, Trade>();
  const byTradeNo = new Map<string, Trade>();

  const open = (order: TradeOrder, nowMs: number): Trade => {
    const trade: Trade = {
      ...order,
      tradeNo: `${beijingDay(nowMs)}22001${momentNumber(nowMs, byTradeNo.size)}`,
      qrCode: `https://qr.alipay.com/bax${lettersFrom(random, 20)}`,
      createdMs: nowMs,
    };
    byOutTradeNo.set(order.outTradeNo, trade);
    byTradeNo.set(trade.tradeNo, trade);
    return trade;
  };

  return {
    byOutTradeNo: (outTradeNo) => byOutTradeNo.get(outTradeNo),
    byTradeNo: (tradeNo) => byTradeNo.get(tradeNo),
    all: () => [...byTradeNo.values()],
    precreate: (order, nowMs) => {
      const known = byOutTradeNo.get(order.outTradeNo);
      if (known === undefined) return open(order, nowMs);
      if (known.amountMinor !== order.amountMinor) return 'other-amount';
      if (known.closedMs !== undefined) return 'closed';
      return known.paid ? 'already-paid' : known;
    },
  };
};
