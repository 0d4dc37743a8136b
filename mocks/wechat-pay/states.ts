/**
 * Orders of the mock: NOTPAY from prepay until a buyer pays (SUCCESS) or the merchant closes it (CLOSED); REFUND once a
 * refund was accepted, however small, which nothing leaves. Refunds: PROCESSING, then SUCCESS or, where the buyer's
 * account is gone, ABNORMAL. A repeated prepay or refund with the same parameters changes nothing.
 */
import type { Random } from '#harness/seed';
import { beijingDay, beijingTime } from '../beijing-time.ts';
import { lettersFrom, momentNumber } from '../numbers.ts';
import { refundsMax } from './quirks.ts';

/** Where the buyer pays: at a code, in WeChat, in the merchant's app, in a browser of a phone (D 4012525153). */
export type TradeType = 'NATIVE' | 'JSAPI' | 'APP' | 'MWEB';

/** What a merchant asks for; texts that were not given are ''. */
export interface OrderRequest {
  readonly mchid: string;
  readonly tradeType: TradeType;
  readonly outTradeNo: string;
  readonly description: string;
  readonly attach: string;
  readonly notifyUrl: string;
  readonly amountMinor: bigint;
  readonly openid: string;
  /** After it the buyer can pay no longer; the order stays NOTPAY. */
  readonly expiresMs?: number;
}

/** What a merchant wants back; texts that were not given are ''. */
export interface RefundRequest {
  readonly outRefundNo: string;
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly notifyUrl: string;
}

/** One refund; times are milliseconds of the provider's clock. */
export interface Refund extends RefundRequest {
  readonly refundId: string;
  readonly order: Order;
  readonly createdMs: number;
  /** When it is PROCESSING no longer. */
  readonly endsMs: number;
  readonly end: 'SUCCESS' | 'ABNORMAL';
}

/** One order of a merchant. */
export interface Order extends OrderRequest {
  readonly transactionId: string;
  readonly prepayId: string;
  readonly codeUrl: string;
  readonly createdMs: number;
  /** What the buyer really paid; undefined while the order waits. */
  paid?: { readonly amountMinor: bigint; readonly atMs: number };
  isClosed: boolean;
  /** The merchant has no money left to refund this order with. */
  isDrained: boolean;
  /** The buyer's account is gone: refunds end ABNORMAL. */
  isBlocked: boolean;
  readonly refunds: Refund[];
}

/** The vendor's name of the order's state. */
export const stateOf = (order: Order): 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' => {
  if (order.refunds.length > 0) return 'REFUND';
  if (order.paid) return 'SUCCESS';
  return order.isClosed ? 'CLOSED' : 'NOTPAY';
};

/** The vendor's name of the refund's state at `nowMs`. */
export const refundStateOf = (refund: Refund, nowMs: number): 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' =>
  nowMs < refund.endsMs ? 'PROCESSING' : refund.end;

/** The order as it was at `atMs`; undefined before it was made. That it was closed is known at once. */
export const asOf = (order: Order, atMs: number): Order | undefined => {
  if (order.createdMs > atMs) return undefined;
  const { paid, ...rest } = order;
  const isPaid = paid !== undefined && paid.atMs <= atMs;
  return { ...rest, ...(isPaid && { paid }), refunds: order.refunds.filter(({ createdMs }) => createdMs <= atMs) };
};

/** What all refunds of an order take together. */
export const refundedMinor = (order: Order): bigint =>
  order.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

/** Why no order is made. */
export type PrepayRefusal = 'numberUsed' | 'paid' | 'closed';

/** Why nothing is refunded. */
export type RefundRefusal = 'nothingToRefund' | 'refundDiffers' | 'refundTooLarge' | 'tooManyRefunds' | 'noFunds';

/** All orders of both merchants. */
export interface Orders {
  byOutTradeNo(mchid: string, outTradeNo: string): Order | undefined;
  /** Finds paid orders alone: an unpaid one has no such number yet. */
  byTransactionId(mchid: string, transactionId: string): Order | undefined;
  refundBy(mchid: string, outRefundNo: string): Refund | undefined;
  /** Oldest first. */
  all(): readonly Order[];
  prepay(request: OrderRequest, nowMs: number): Order | PrepayRefusal;
  /** A refund that ends `takesMs` later, or the one that was accepted under that number before. */
  refund(order: Order, request: RefundRequest, nowMs: number, takesMs: number): Refund | RefundRefusal;
}

const fingerprint = ({ mchid: _, ...request }: OrderRequest): string =>
  JSON.stringify(request, (_name, value) => (typeof value === 'bigint' ? String(value) : value));

/** A number as the vendor forms it. */
const numberOf = (prefix: string, nowMs: number, sequence: number): string =>
  `${prefix}${beijingDay(nowMs)}${momentNumber(nowMs, sequence)}`;

/** No orders yet; the random stream makes what only has to look like the vendor's. */
export const openOrders = (random: Random): Orders => {
  const orders = new Map<string, { readonly order: Order; readonly fingerprint: string }>();
  const byTransactionId = new Map<string, Order>();
  const refunds = new Map<string, Refund>();

  const open = (request: OrderRequest, nowMs: number): Order => {
    const order: Order = {
      ...request,
      transactionId: numberOf('42000', nowMs, orders.size),
      prepayId: `wx${beijingTime(nowMs).replace(/\D/g, '')}${lettersFrom(random, 20)}`,
      codeUrl: `weixin://wxpay/bizpayurl?pr=${lettersFrom(random, 9)}`,
      createdMs: nowMs,
      isClosed: false,
      isDrained: false,
      isBlocked: false,
      refunds: [],
    };
    orders.set(`${order.mchid} ${order.outTradeNo}`, { order, fingerprint: fingerprint(request) });
    byTransactionId.set(order.transactionId, order);
    return order;
  };

  const refusalOf = (order: Order, { outRefundNo, amountMinor }: RefundRequest): RefundRefusal | undefined => {
    if (order.paid === undefined) return 'nothingToRefund';
    if (refunds.has(`${order.mchid} ${outRefundNo}`)) return 'refundDiffers';
    if (refundedMinor(order) + amountMinor > order.paid.amountMinor) return 'refundTooLarge';
    if (order.refunds.length >= refundsMax) return 'tooManyRefunds';
    return order.isDrained ? 'noFunds' : undefined;
  };

  return {
    byOutTradeNo: (mchid, outTradeNo) => orders.get(`${mchid} ${outTradeNo}`)?.order,
    byTransactionId: (mchid, transactionId) => {
      const order = byTransactionId.get(transactionId);
      return order?.mchid === mchid && order.paid ? order : undefined;
    },
    refundBy: (mchid, outRefundNo) => refunds.get(`${mchid} ${outRefundNo}`),
    all: () => [...byTransactionId.values()],
    prepay: (request, nowMs) => {
      const known = orders.get(`${request.mchid} ${request.outTradeNo}`);
      if (known === undefined) return open(request, nowMs);
      if (known.order.paid) return 'paid';
      if (known.order.isClosed) return 'closed';
      return known.fingerprint === fingerprint(request) ? known.order : 'numberUsed';
    },
    refund: (order, request, nowMs, takesMs) => {
      const known = refunds.get(`${order.mchid} ${request.outRefundNo}`);
      if (known?.order === order && known.amountMinor === request.amountMinor) return known;
      const refused = refusalOf(order, request);
      if (refused !== undefined) return refused;
      const refundId = numberOf('503000', nowMs, refunds.size);
      const end = order.isBlocked ? 'ABNORMAL' : 'SUCCESS';
      const refund = { ...request, refundId, order, createdMs: nowMs, endsMs: nowMs + takesMs, end } as const;
      refunds.set(`${order.mchid} ${request.outRefundNo}`, refund);
      order.refunds.push(refund);
      return refund;
    },
  };
};
