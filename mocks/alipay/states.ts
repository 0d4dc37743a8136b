/**
 * Trades of the mock: WAIT_BUYER_PAY from precreate until a buyer pays (TRADE_SUCCESS) or the time to pay is over
 * (TRADE_CLOSED); refunds of all that was paid lead from TRADE_SUCCESS to TRADE_CLOSED, which nothing leaves. Paying a
 * paid trade, a repeated precreate and a repeated refund change nothing.
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

/** One trade; times are milliseconds of the provider's clock. */
export interface Trade extends TradeOrder {
  readonly tradeNo: string;
  readonly qrCode: string;
  readonly createdMs: number;
  /** What the buyer really paid; undefined while the trade waits. */
  paid?: { readonly amountMinor: bigint; readonly atMs: number };
  /** When it was closed without a payment. */
  closedMs?: number;
  refunds: readonly Refund[];
  /** The merchant has no money left to refund it with. */
  isDrained?: boolean;
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

/** The trade as it was at `atMs`; undefined before it was made. */
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

/** All trades of one merchant. */
export interface Trades {
  byOutTradeNo(outTradeNo: string): Trade | undefined;
  byTradeNo(tradeNo: string): Trade | undefined;
  /** Oldest first. */
  all(): readonly Trade[];
  /** The stored trade for a repeated number; refuses the same number with another amount, after payment, or closed. */
  precreate(order: TradeOrder, nowMs: number): Trade | 'other-amount' | 'already-paid' | 'closed';
  /** Gives back; the same number with the same amount again changes nothing (`isNew` false). */
  refund(trade: Trade, refund: Refund): { readonly trade: Trade; readonly isNew: boolean } | RefundRefusal;
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
      refunds: [],
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
      if (closedAtMs(known) !== undefined) return 'closed';
      return known.paid ? 'already-paid' : known;
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
