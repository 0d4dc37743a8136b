/** What people do at Alipay without the API: buyers scan, pay or let the time pass, the merchant's staff refunds. */
import type { Clock } from '#harness/clock';
import { mockErrors } from '#harness/mock-errors';
import type { ByHand, ProviderOrder } from '#harness/provider';
import type { WebhookSender } from '../webhook-sender.ts';
import { amountMinorRange, outTradeNoForm } from './quirks.ts';
import {
  type Code,
  refundableMinor,
  refundedMinor,
  statusOf,
  type Trade,
  type TradeOrder,
  type Trades,
} from './states.ts';

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
  /** Is told of each code that did not exist before. */
  isNew(code: Code): void;
}

const makeOrder = (
  { trades, clock, isNew }: Counter,
  { reference, amountMinor, webhookUrl }: Parameters<ByHand['order']>[0],
) => {
  const order = { outTradeNo: reference, amountMinor, subject: 'by hand', notifyUrl: webhookUrl, passbackParams: '' };
  if (!isOrder(order)) throw mockErrors.orderRefused('alipay', reference, 'its number or its amount is not allowed');
  const known = trades.codeOf(reference);
  const code = trades.precreate(order, clock.nowMs());
  if (typeof code === 'string') throw mockErrors.orderRefused('alipay', reference, `that number was used (${code})`);
  if (code !== known) isNew(code);
};

const codeNamed = (trades: Trades, reference: string): Code => {
  const code = trades.codeOf(reference);
  if (code === undefined) throw mockErrors.unknownReference('alipay', reference);
  return code;
};

/** The trade to which `deed` is done; where there is none yet, the buyer scans the code first. Throws as deeds do. */
export const scanned = (
  { trades, clock }: Pick<Counter, 'trades' | 'clock'>,
  deed: string,
  reference: string,
): Trade => {
  const code = codeNamed(trades, reference);
  const isTooLate = code.isExpired && trades.byOutTradeNo(reference) === undefined;
  if (isTooLate) throw mockErrors.notInThisState(deed, reference, 'a code that has expired');
  return trades.scan(code, clock.nowMs());
};

/** What there is no trade of has the status that a query is answered with. */
const asOrder = (code: Code, trade: Trade | undefined): ProviderOrder => ({
  reference: code.outTradeNo,
  id: trade?.tradeNo ?? code.qrCode,
  status: trade === undefined ? 'TRADE_NOT_EXIST' : statusOf(trade),
  amountMinor: trade?.paid?.amountMinor ?? code.amountMinor,
  refundedMinor: trade === undefined ? 0n : refundedMinor(trade),
  currency: 'CNY',
});

const deedsOf = (counter: Counter): ByHand['deeds'] => {
  const { trades, clock } = counter;
  const scan = (reference: string): void => {
    const status = statusOf(scanned(counter, 'scan', reference));
    if (status !== 'WAIT_BUYER_PAY') throw mockErrors.notInThisState('scan', reference, status);
  };
  const expire = (reference: string): void => {
    const code = codeNamed(trades, reference);
    const trade = trades.byOutTradeNo(reference);
    const status = trade === undefined ? code.isExpired && 'a code that has expired' : statusOf(trade);
    if (status && status !== 'WAIT_BUYER_PAY') throw mockErrors.notInThisState('expire', reference, status);
    if (trade === undefined) {
      code.isExpired = true;
      return;
    }
    trade.closedMs = clock.nowMs();
    counter.tell(trade);
  };
  const refund = (reference: string): void => {
    const { outTradeNo } = codeNamed(trades, reference);
    const trade = trades.byOutTradeNo(outTradeNo);
    if (trade === undefined) throw mockErrors.notInThisState('refund', reference, 'a code that nobody has scanned');
    const outRequestNo = `staff_${trade.refunds.length + 1}_${reference}`;
    const wanted = { outRequestNo, amountMinor: refundableMinor(trade), reason: '', atMs: clock.nowMs() };
    const given = trades.refund(trade, wanted);
    const state = trade.isDrained ? 'without funds (drain)' : statusOf(trade);
    if (typeof given === 'string') throw mockErrors.notInThisState('refund', reference, state);
    counter.tell(trade);
  };
  const drain = (reference: string): void => {
    const code = codeNamed(trades, reference);
    (trades.byOutTradeNo(reference) ?? code).isDrained = true;
  };
  return { scan, pay: counter.pay, expire, refund, drain };
};

/**
 * A code that nobody has scanned expires without a word. An unpaid trade is closed; of a paid one all that is left is
 * refunded; both are told to the merchant.
 */
export const openByHand = (counter: Counter): ByHand => {
  const { trades, notices } = counter;
  return {
    currency: 'CNY',
    order: (order) => makeOrder(counter, order),
    orders: () => trades.codes().map((code) => asOrder(code, trades.byOutTradeNo(code.outTradeNo))),
    deeds: deedsOf(counter),
    resend: (reference) => {
      const { outTradeNo } = codeNamed(trades, reference);
      if (!notices.resend(outTradeNo)) throw mockErrors.nothingToResend('alipay', reference);
    },
    webhooks: { paid: ['pay'], expired: ['scan', 'expire'], refunded: ['pay', 'refund'] },
    tampers: counter.tampers,
    acknowledged: counter.acknowledged,
  };
};
