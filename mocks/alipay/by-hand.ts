/** What people do at Alipay without the API: buyers pay or let the time pass, the merchant's staff refunds. */
import type { Clock } from '#harness/clock';
import { mockErrors } from '#harness/mock-errors';
import type { ByHand } from '#harness/provider';
import type { WebhookSender } from '../webhook-sender.ts';
import { amountMinorRange, outTradeNoForm } from './quirks.ts';
import { refundableMinor, refundedMinor, statusOf, type Trade, type TradeOrder, type Trades } from './states.ts';

/** Whether the gateway takes such an order. */
export const isOrder = ({ outTradeNo, amountMinor, subject }: TradeOrder): boolean =>
  outTradeNoForm.test(outTradeNo) &&
  subject !== '' &&
  amountMinor >= amountMinorRange.min &&
  amountMinor <= amountMinorRange.max;

/** The parts of the open provider that people act on. */
export interface Counter {
  readonly trades: Trades;
  readonly tampers: ByHand['tampers'];
  readonly clock: Clock;
  readonly notices: WebhookSender;
  readonly acknowledged: ByHand['acknowledged'];
  pay(reference: string): void;
  /** Sends the notice about the trade as it is now. */
  tell(trade: Trade): void;
  /** Is told of each trade that did not exist before. */
  isNew(trade: Trade): void;
}

const makeOrder = (
  { trades, clock, isNew }: Counter,
  { reference, amountMinor, webhookUrl }: Parameters<ByHand['order']>[0],
) => {
  const order = { outTradeNo: reference, amountMinor, subject: 'by hand', notifyUrl: webhookUrl, passbackParams: '' };
  if (!isOrder(order)) throw mockErrors.orderRefused('alipay', reference, 'its number or its amount is not allowed');
  const known = trades.byOutTradeNo(reference);
  const trade = trades.precreate(order, clock.nowMs());
  if (typeof trade === 'string') throw mockErrors.orderRefused('alipay', reference, `that number was used (${trade})`);
  if (known === undefined) isNew(trade);
};

/** An unpaid trade is closed; of a paid one all that is left is refunded; both are told to the merchant. */
export const openByHand = (counter: Counter): ByHand => {
  const { trades, clock, notices } = counter;
  const find = (reference: string): Trade => {
    const trade = trades.byOutTradeNo(reference);
    if (trade === undefined) throw mockErrors.unknownReference('alipay', reference);
    return trade;
  };
  const expire = (reference: string): void => {
    const trade = find(reference);
    if (statusOf(trade) !== 'WAIT_BUYER_PAY') throw mockErrors.notInThisState('expire', reference, statusOf(trade));
    trade.closedMs = clock.nowMs();
    counter.tell(trade);
  };
  const refund = (reference: string): void => {
    const trade = find(reference);
    const outRequestNo = `staff_${trade.refunds.length + 1}_${reference}`;
    const wanted = { outRequestNo, amountMinor: refundableMinor(trade), reason: '', atMs: clock.nowMs() };
    const given = trades.refund(trade, wanted);
    const state = trade.isDrained ? 'without funds (drain)' : statusOf(trade);
    if (typeof given === 'string') throw mockErrors.notInThisState('refund', reference, state);
    counter.tell(trade);
  };

  return {
    currency: 'CNY',
    order: (order) => makeOrder(counter, order),
    orders: () =>
      trades.all().map((trade) => ({
        reference: trade.outTradeNo,
        id: trade.tradeNo,
        status: statusOf(trade),
        amountMinor: trade.paid?.amountMinor ?? trade.amountMinor,
        refundedMinor: refundedMinor(trade),
        currency: 'CNY',
      })),
    deeds: {
      pay: counter.pay,
      expire,
      refund,
      drain: (reference) => {
        find(reference).isDrained = true;
      },
    },
    resend: (reference) => {
      if (!notices.resend(find(reference).outTradeNo)) throw mockErrors.nothingToResend('alipay', reference);
    },
    webhooks: { paid: ['pay'], expired: ['expire'], refunded: ['pay', 'refund'] },
    tampers: counter.tampers,
    acknowledged: counter.acknowledged,
  };
};
