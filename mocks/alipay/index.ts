/** Alipay, as its open platform describes it: RSA2 signatures, yuan as decimal strings, form-encoded notices. */
import { mockErrors } from '#harness/mock-errors';
import {
  type Call,
  type CapturedPayment,
  defineProvider,
  type OpenProvider,
  type ProviderPorts,
} from '#harness/provider';
import { openProvider, type Route } from '../open-provider.ts';
import { verifyText } from '../rsa.ts';
import { openWebhookSender, type Webhook } from '../webhook-sender.ts';
import { isOrder, openByHand } from './by-hand.ts';
import { falsehoods } from './falsehoods.ts';
import { strangersTo, tampersWith } from './forge.ts';
import {
  acknowledgement,
  merchant,
  methods,
  type Refusal,
  refusals,
  requiredParameters,
  retryAfterS,
} from './quirks.ts';
import { type Keys, loadKeys, textToSign } from './sign.ts';
import { spoilsWith } from './spoils.ts';
import { asOf, openTrades, statusOf, type Trade, type TradeOrder, type Trades } from './states.ts';
import {
  errorReply,
  isTimestamp,
  noticeId,
  noticeOf,
  otherNoticeId,
  readBizContent,
  readParameters,
  readYuan,
  signedReply,
  tradeFields,
} from './wire.ts';

type Fields = ReadonlyMap<string, string>;

/** A handler reads biz_content and the public parameters; it answers the fields beside code and msg, or refuses. */
type Handler = (biz: Fields, parameters: Fields, nowMs: number, lagMs: number) => { readonly fields: object } | Refusal;

const isRefusal = (result: ReturnType<Handler>): result is Refusal => 'sub_code' in result;

const readOrder = (biz: Fields, parameters: Fields): TradeOrder | undefined => {
  const amountMinor = readYuan(biz.get('total_amount') ?? '');
  if (amountMinor === undefined) return undefined;
  const order = {
    outTradeNo: biz.get('out_trade_no') ?? '',
    amountMinor,
    subject: biz.get('subject') ?? '',
    notifyUrl: parameters.get('notify_url') ?? '',
    passbackParams: biz.get('passback_params') ?? '',
  };
  return isOrder(order) ? order : undefined;
};

const precreate =
  (trades: Trades, onNew: (trade: Trade) => void): Handler =>
  (biz, parameters, nowMs) => {
    const order = readOrder(biz, parameters);
    if (order === undefined) return refusals.parameter;
    const isNew = trades.byOutTradeNo(order.outTradeNo) === undefined;
    const trade = trades.precreate(order, nowMs);
    if (typeof trade === 'string') return precreateRefusals[trade];
    if (isNew) onNew(trade);
    return { fields: { out_trade_no: trade.outTradeNo, qr_code: trade.qrCode } };
  };

const precreateRefusals = {
  'other-amount': refusals.otherAmount,
  'already-paid': refusals.alreadyPaid,
  closed: refusals.closed,
} as const;

const findTrade = (trades: Trades, biz: Fields) =>
  trades.byTradeNo(biz.get('trade_no') ?? '') ?? trades.byOutTradeNo(biz.get('out_trade_no') ?? '');

const query =
  (trades: Trades): Handler =>
  (biz, _parameters, nowMs, lagMs) => {
    if (!biz.has('out_trade_no') && !biz.has('trade_no')) return refusals.parameter;
    const found = findTrade(trades, biz);
    const trade = found && asOf(found, nowMs - lagMs);
    return trade ? { fields: tradeFields(trade) } : refusals.unknownTrade;
  };

const refuse = (parameters: Fields, keys: Keys): Refusal | undefined => {
  if (parameters.get('sign_type') !== 'RSA2') return refusals.signType;
  if (!isTimestamp(parameters.get('timestamp') ?? '')) return refusals.timestamp;
  const text = textToSign(parameters, ['sign']);
  return verifyText(text, parameters.get('sign') ?? '', keys.app) ? undefined : refusals.signature(text);
};

const openRoutes = (
  trades: Trades,
  keys: Keys,
  ports: ProviderPorts,
  onNew: (trade: Trade) => void,
): ((call: Call) => Route) => {
  const handlers = new Map<string, Handler>([
    [methods.precreate, precreate(trades, onNew)],
    [methods.query, query(trades)],
  ]);

  return (call) => {
    const parameters = readParameters(call);
    const method = parameters.get('method') ?? '';
    const biz = readBizContent(parameters.get('biz_content') ?? '');
    const reference = biz.get('out_trade_no') ?? findTrade(trades, biz)?.outTradeNo ?? '';
    const run = (lagMs: number) => {
      if (call.path !== '/gateway.do') return { status: 404, headers: {}, body: new Uint8Array() };
      const missing = requiredParameters.find(([name]) => !parameters.get(name))?.[1];
      const handler = handlers.get(method);
      if (handler === undefined) return errorReply(missing ?? refusals.method);
      if (missing) return signedReply(method, missing, keys.gateway);
      if (parameters.get('app_id') !== merchant.appId) return errorReply(refusals.appId);
      const result = refuse(parameters, keys) ?? handler(biz, parameters, ports.clock.nowMs(), lagMs);
      const inner = isRefusal(result) ? result : { code: '10000', msg: 'Success', ...result.fields };
      return signedReply(method, inner, keys.gateway);
    };
    return { operation: method, reference, run };
  };
};

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall, site } = ports;
  const keys = loadKeys(ports.keysDir);
  const trades = openTrades(ports.random.fork('alipay'));
  const payments: CapturedPayment[] = [];
  const acknowledged = (answer: { status: number; body: string }) =>
    answer.status === 200 && answer.body === acknowledgement;
  const tampers = tampersWith(keys);
  const notices = openWebhookSender('alipay', ports, {
    retryAfterS,
    acknowledged,
    tampers,
    falsehoods: Object.keys(falsehoods),
  });
  const strangers = strangersTo(ports, keys, notices);

  const tell = (told: Trade): void => {
    const trade = { ...told }; // as it is now: a retry says what the first attempt said
    if (trade.notifyUrl === '') return;
    const numbered = (id: string): Webhook => ({
      url: trade.notifyUrl,
      reference: trade.outTradeNo,
      eventId: id,
      encode: (falsehood) => noticeOf(trade, clock.nowMs(), keys.gateway, { id, falsehood }),
      renumbered: (nth) => numbered(otherNoticeId(id, nth)),
    });
    notices.send(numbered(noticeId(trade)));
  };

  const pay = (reference: string): void => {
    const trade = trades.byOutTradeNo(reference);
    if (trade === undefined) throw mockErrors.unknownReference('alipay', reference);
    if (trade.closedMs !== undefined) throw mockErrors.notInThisState('pay', reference, statusOf(trade));
    if (trade.paid) return;
    const currency = 'CNY';
    const amountMinor = site.onCapture({ reference, amountMinor: trade.amountMinor, currency });
    trade.paid = { amountMinor, atMs: clock.nowMs() };
    payments.push({ id: trade.tradeNo, provider: 'alipay', reference, amountMinor, currency, atMs: wall.nowMs() });
    strangers.paid(trade);
    tell(trade);
  };

  return openProvider({
    provider: alipay,
    ports,
    identity: { ...merchant, appPrivateKey: keys.appPrivatePem, alipayPublicKey: keys.gatewayPublicPem },
    route: openRoutes(trades, keys, ports, strangers.ordered),
    payments,
    webhooks: notices,
    pay,
    canPay: (reference) => {
      const trade = trades.byOutTradeNo(reference);
      return trade !== undefined && statusOf(trade) === 'WAIT_BUYER_PAY';
    },
    byHand: openByHand({ trades, clock, notices, acknowledged, pay, tell, isNew: strangers.ordered, tampers }),
    spoils: spoilsWith(keys),
    queries: [methods.query],
  });
};

/** The gateway's precreate, query and paid notice; a merchant who gives no notify_url gets no notice. */
export const alipay = defineProvider({
  id: 'alipay',
  serves: 'payment',
  docs: 'https://opendocs.alipay.com/open/270/105902',
  operations: Object.values(methods),
  open,
});
