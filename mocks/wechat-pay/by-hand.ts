/** What people do at WeChat Pay without the API: buyers pay or leave, the merchant's staff refunds or spends. */
import { mockErrors } from '#harness/mock-errors';
import type { ByHand } from '#harness/provider';
import type { WebhookSender } from '../webhook-sender.ts';
import type { Pen } from './notices.ts';
import { merchant, outTradeNoForm } from './quirks.ts';
import { type Order, type Orders, type Refund, refundedMinor, stateOf } from './states.ts';

/** The parts of the open provider that people act on. */
export interface Counter {
  readonly orders: Orders;
  readonly pen: Pen;
  readonly notices: WebhookSender;
  readonly acknowledged: ByHand['acknowledged'];
  readonly tampers: ByHand['tampers'];
  find(reference: string): Order;
  pay(reference: string): void;
  /** Tells of a refund once it has ended. */
  tell(refund: Refund): void;
  /** Is told of each order that did not exist before. */
  isNew(order: Order): void;
}

const makeOrder = (counter: Counter, { reference, amountMinor, webhookUrl }: Parameters<ByHand['order']>[0]): void => {
  const refused = (problem: string) => mockErrors.orderRefused('wechat-pay', reference, problem);
  if (!outTradeNoForm.test(reference)) throw refused('its number has to be 6 to 32 letters, digits or _-|*');
  if (amountMinor <= 0n) throw refused('there is nothing to pay');
  if (amountMinor > Number.MAX_SAFE_INTEGER) throw refused('its amount does not fit into a number of JSON');
  const { orders, pen } = counter;
  const known = orders.byOutTradeNo(merchant.mchid, reference);
  const texts = { description: 'by hand', attach: '', notifyUrl: webhookUrl, openid: '' };
  const request = { mchid: merchant.mchid, tradeType: 'NATIVE', outTradeNo: reference, amountMinor, ...texts } as const;
  const order = orders.prepay(request, pen.clock.nowMs());
  if (typeof order === 'string') throw refused(`that number was used (${order})`);
  if (known === undefined) counter.isNew(order);
};

/** A refund by the merchant's staff, of all that is left; it ends at once. */
const refundAll = ({ orders, pen, find, tell }: Counter, reference: string): void => {
  const order = find(reference);
  const amountMinor = (order.paid?.amountMinor ?? 0n) - refundedMinor(order);
  const request = {
    outRefundNo: `staff-${order.refunds.length + 1}-${reference}`,
    amountMinor,
    reason: '',
    notifyUrl: '',
  };
  const refund = amountMinor > 0n ? orders.refund(order, request, pen.clock.nowMs(), 0) : 'nothingToRefund';
  if (typeof refund === 'string') {
    const state = order.isDrained ? 'without funds (drain)' : stateOf(order);
    throw mockErrors.notInThisState('refund', reference, state);
  }
  tell(refund);
};

/** `block`: the buyer's account is gone, refunds end ABNORMAL. `drain`: the merchant has nothing to refund from. */
export const openByHand = (counter: Counter): ByHand => ({
  currency: 'CNY',
  order: (order) => makeOrder(counter, order),
  orders: () =>
    counter.orders.all().map((order) => ({
      reference: order.outTradeNo,
      id: order.transactionId,
      status: stateOf(order),
      amountMinor: order.paid?.amountMinor ?? order.amountMinor,
      refundedMinor: refundedMinor(order),
      currency: 'CNY',
    })),
  deeds: {
    pay: counter.pay,
    refund: (reference) => refundAll(counter, reference),
    block: (reference) => {
      counter.find(reference).isBlocked = true;
    },
    drain: (reference) => {
      counter.find(reference).isDrained = true;
    },
  },
  resend: (reference) => {
    if (!counter.notices.resend(counter.find(reference).outTradeNo)) {
      throw mockErrors.nothingToResend('wechat-pay', reference);
    }
  },
  webhooks: { paid: ['pay'], refunded: ['pay', 'refund'], 'refund-abnormal': ['pay', 'block', 'refund'] },
  tampers: counter.tampers,
  acknowledged: counter.acknowledged,
});
