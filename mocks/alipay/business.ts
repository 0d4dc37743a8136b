/** What the methods do, whichever way they are asked for: by the gateway or by OpenAPI v3. */
import type { Clock } from '#harness/clock';
import { beijingTime } from '../beijing-time.ts';
import { isReady, readBillDate } from '../bill-range.ts';
import { isOrder } from './by-hand.ts';
import { billReadyAfterMs, billsFromMs, buyer, methods, type Refusal, refusals } from './quirks.ts';
import {
  asOf,
  type Code,
  refundableMinor,
  refundedMinor,
  statusOf,
  type Trade,
  type TradeOrder,
  type Trades,
} from './states.ts';
import { readYuan, tradeFields, yuan } from './wire.ts';

/** The fields of biz_content, or of a v3 body, as text. */
export type Fields = ReadonlyMap<string, string>;

/** What a method is asked: about which fields, where notices go, and as `Route.run`. */
export interface Question {
  readonly biz: Fields;
  readonly notifyUrl: string;
  readonly lagMs: number;
  /** Where this mock is reached, without a path: the address of a bill begins with it. */
  readonly origin: string;
}

/** Answers the fields beside code and msg, or refuses. */
export type Handler = (asked: Question) => { readonly fields: object } | Refusal;

/** What the methods act on. */
export interface Desk {
  readonly trades: Trades;
  readonly clock: Clock;
  /** Sends the notice about the trade as it is now. */
  tell(trade: Trade): void;
  /** Is told of each code that did not exist before. */
  isNew(code: Code): void;
  /** The address of a bill, valid for half a minute. */
  billUrl(origin: string, billType: string, billDate: string): string;
}

const readOrder = ({ biz, notifyUrl }: Question): TradeOrder | undefined => {
  const amountMinor = readYuan(biz.get('total_amount') ?? '');
  if (amountMinor === undefined) return undefined;
  const order = {
    outTradeNo: biz.get('out_trade_no') ?? '',
    amountMinor,
    subject: biz.get('subject') ?? '',
    notifyUrl,
    passbackParams: biz.get('passback_params') ?? '',
  };
  return isOrder(order) ? order : undefined;
};

const precreateRefusals = {
  'other-amount': refusals.otherAmount,
  'already-paid': refusals.alreadyPaid,
  closed: refusals.closed,
} as const;

/** Makes the code that is asked for, or finds the one that was made before. */
export const orderCode = ({ trades, clock, isNew }: Desk, asked: Question): Code | Refusal => {
  const order = readOrder(asked);
  if (order === undefined) return refusals.parameter;
  const known = trades.codeOf(order.outTradeNo);
  const code = trades.precreate(order, clock.nowMs());
  if (typeof code === 'string') return precreateRefusals[code];
  if (code !== known) isNew(code);
  return code;
};

/** Whether something is a refusal. */
export const isRefusal = (result: object): result is Refusal => 'sub_code' in result;

/** The trade that is meant by trade_no, else by out_trade_no. */
export const findTrade = (trades: Trades, biz: Fields): Trade | undefined =>
  trades.byTradeNo(biz.get('trade_no') ?? '') ?? trades.byOutTradeNo(biz.get('out_trade_no') ?? '');

const namesTrade = (biz: Fields): boolean => biz.has('out_trade_no') || biz.has('trade_no');

const numbers = (trade: Trade) => ({ out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo });

/** A handler about a trade that there is. */
const onTrade =
  ({ trades }: Desk, act: (trade: Trade, asked: Question) => ReturnType<Handler>): Handler =>
  (asked) => {
    if (!namesTrade(asked.biz)) return refusals.parameter;
    const trade = findTrade(trades, asked.biz);
    return trade === undefined ? refusals.unknownTrade : act(trade, asked);
  };

const close = (desk: Desk, trade: Trade): void => {
  trade.closedMs = desk.clock.nowMs();
  desk.tell(trade);
};

const refundFields = (trade: Trade, isNew: boolean): object => ({
  buyer_logon_id: buyer.logonId,
  buyer_user_id: buyer.id,
  fund_change: isNew ? 'Y' : 'N',
  gmt_refund_pay: beijingTime(trade.refunds.at(-1)?.atMs ?? trade.createdMs),
  ...numbers(trade),
  refund_fee: yuan(refundedMinor(trade)),
  send_back_fee: yuan(isNew ? (trade.refunds.at(-1)?.amountMinor ?? 0n) : 0n),
});

const refund = (desk: Desk, trade: Trade, { biz }: Question): ReturnType<Handler> => {
  const amountMinor = readYuan(biz.get('refund_amount') ?? '');
  if (amountMinor === undefined || amountMinor <= 0n) return refusals.refundFee;
  const outRequestNo = biz.get('out_request_no') ?? trade.outTradeNo;
  const reason = biz.get('refund_reason') ?? '';
  const given = desk.trades.refund(trade, { outRequestNo, amountMinor, reason, atMs: desk.clock.nowMs() });
  if (typeof given === 'string') return refusals[given];
  if (given.isNew) desk.tell(trade);
  return { fields: refundFields(trade, given.isNew) };
};

/** Of a merchant's number that has no trade nothing is done, and no action told; of the vendor's it is refused (D). */
const cancelBy =
  (desk: Desk): Handler =>
  (asked) => {
    const { biz } = asked;
    if (!namesTrade(biz)) return refusals.parameter;
    const trade = findTrade(desk.trades, biz);
    if (trade !== undefined) return cancel(desk, trade);
    if (biz.has('trade_no')) return refusals.unknownTrade;
    return { fields: { out_trade_no: biz.get('out_trade_no') ?? '', retry_flag: 'N' } };
  };

const cancel = (desk: Desk, trade: Trade): ReturnType<Handler> => {
  const status = statusOf(trade);
  const answer = (action: string) => ({ fields: { ...numbers(trade), retry_flag: 'N', action } });
  if (status === 'WAIT_BUYER_PAY') close(desk, trade);
  if (status !== 'TRADE_SUCCESS') return answer('close');
  const outRequestNo = `cancel_${trade.outTradeNo}`;
  const all = { outRequestNo, amountMinor: refundableMinor(trade), reason: '', atMs: desk.clock.nowMs() };
  const given = desk.trades.refund(trade, all);
  if (typeof given === 'string') return refusals[given];
  desk.tell(trade);
  return answer('refund');
};

/** Of a refund that never was, only the numbers of the trade are answered, under 10000 (D). */
const refundQuery = (trade: Trade, { biz, lagMs }: Question, nowMs: number): ReturnType<Handler> => {
  const number = biz.get('out_request_no');
  if (number === undefined) return refusals.parameter;
  const found = asOf(trade, nowMs - lagMs)?.refunds.find(({ outRequestNo }) => outRequestNo === number);
  if (found === undefined) return { fields: numbers(trade) };
  const fields = {
    ...numbers(trade),
    out_request_no: number,
    refund_reason: found.reason,
    total_amount: yuan(trade.paid?.amountMinor ?? 0n),
    refund_amount: yuan(found.amountMinor),
    refund_status: 'REFUND_SUCCESS',
    gmt_refund_pay: beijingTime(found.atMs),
  };
  return { fields };
};

const bill =
  ({ clock, billUrl }: Desk): Handler =>
  ({ biz, origin }) => {
    const [type = '', date = ''] = [biz.get('bill_type'), biz.get('bill_date')];
    const range = readBillDate(date);
    const isOver = range !== undefined && range.untilMs <= clock.nowMs();
    if (!['trade', 'signcustomer'].includes(type) || !isOver) return refusals.billArguments;
    if (range.fromMs < billsFromMs || !isReady(range, billReadyAfterMs, clock.nowMs())) return refusals.noBill;
    return { fields: { bill_download_url: billUrl(origin, type, date) } };
  };

/** The handlers, by method; page.pay answers a page and is not among them. */
export const handlersOf = (desk: Desk): Readonly<Record<string, Handler>> => ({
  [methods.precreate]: (asked) => {
    const code = orderCode(desk, asked);
    return isRefusal(code) ? code : { fields: { out_trade_no: code.outTradeNo, qr_code: code.qrCode } };
  },
  [methods.query]: (asked) => {
    const { biz, lagMs } = asked;
    if (!namesTrade(biz)) return refusals.parameter;
    const found = findTrade(desk.trades, biz);
    const trade = found && asOf(found, desk.clock.nowMs() - lagMs);
    return trade === undefined ? refusals.queriedTrade(biz.get('out_trade_no')) : { fields: tradeFields(trade) };
  },
  [methods.close]: onTrade(desk, (trade) => {
    if (statusOf(trade) !== 'WAIT_BUYER_PAY') return refusals.tradeStatus;
    close(desk, trade);
    return { fields: numbers(trade) };
  }),
  [methods.cancel]: cancelBy(desk),
  [methods.refund]: onTrade(desk, (trade, asked) => refund(desk, trade, asked)),
  [methods.refundQuery]: onTrade(desk, (trade, asked) => refundQuery(trade, asked, desk.clock.nowMs())),
  [methods.bill]: bill(desk),
});
