/**
 * Trades of the mock: WAIT_BUYER_PAY from precreate until a buyer pays, then TRADE_SUCCESS, which nothing here leaves.
 * Paying a paid trade and a repeated precreate change nothing.
 */
import type { Random } from '#harness/seed';

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
}

/** The vendor's name of the trade's state. */
export const statusOf = (trade: Trade): 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' =>
  trade.paid ? 'TRADE_SUCCESS' : 'WAIT_BUYER_PAY';

/** All trades of one merchant. */
export interface Trades {
  byOutTradeNo(outTradeNo: string): Trade | undefined;
  byTradeNo(tradeNo: string): Trade | undefined;
  /** The stored trade for a repeated number; refuses the same number with another amount, or after payment. */
  precreate(order: TradeOrder, nowMs: number): Trade | 'other-amount' | 'already-paid';
}

const dayOf = (beijing: string): string => beijing.slice(0, 10).replaceAll('-', '');

/** `beijingTime` formats milliseconds as the vendor does; numbers are unique over restarts within eleven days. */
export const openTrades = (random: Random, beijingTime: (atMs: number) => string): Trades => {
  const byOutTradeNo = new Map<string, Trade>();
  const byTradeNo = new Map<string, Trade>();

  const open = (order: TradeOrder, nowMs: number): Trade => {
    const moment = String(Math.trunc(nowMs) % 1_000_000_000).padStart(9, '0');
    const sequence = String(byTradeNo.size % 1_000_000).padStart(6, '0');
    const code = Array.from({ length: 20 }, () => random.integer(0, 35).toString(36)).join('');
    const trade: Trade = {
      ...order,
      tradeNo: `${dayOf(beijingTime(nowMs))}22001${moment}${sequence}`,
      qrCode: `https://qr.alipay.com/bax${code}`,
      createdMs: nowMs,
    };
    byOutTradeNo.set(order.outTradeNo, trade);
    byTradeNo.set(trade.tradeNo, trade);
    return trade;
  };

  return {
    byOutTradeNo: (outTradeNo) => byOutTradeNo.get(outTradeNo),
    byTradeNo: (tradeNo) => byTradeNo.get(tradeNo),
    precreate: (order, nowMs) => {
      const known = byOutTradeNo.get(order.outTradeNo);
      if (known === undefined) return open(order, nowMs);
      if (known.amountMinor !== order.amountMinor) return 'other-amount';
      return known.paid ? 'already-paid' : known;
    },
  };
};
