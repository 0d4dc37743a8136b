/** Alipay, as its open platform describes it: RSA2 signatures, yuan as decimal strings, form-encoded notices. */
import { errors } from '#harness/errors';
import {
  type Call,
  type CapturedPayment,
  defineProvider,
  type OpenProvider,
  type ProviderPorts,
} from '#harness/provider';
import { openProvider, type Route } from '../open-provider.ts';
import { openWebhookSender } from '../webhook-sender.ts';
import { openStrangers } from './forge.ts';
import {
  acknowledgement,
  amountMinorRange,
  merchant,
  methods,
  outTradeNoForm,
  type Refusal,
  refusals,
  requiredParameters,
  retryAfterS,
} from './quirks.ts';
import { type Keys, loadKeys, textToSign, verifyText } from './sign.ts';
import { openTrades, type Trade, type TradeOrder, type Trades } from './states.ts';
import {
  beijingTime,
  errorReply,
  isTimestamp,
  noticeId,
  paidNotice,
  readBizContent,
  readParameters,
  readYuan,
  signedReply,
  tradeFields,
} from './wire.ts';

type Fields = ReadonlyMap<string, string>;

/** A handler reads biz_content and the public parameters; it answers the fields beside code and msg, or refuses. */
type Handler = (biz: Fields, parameters: Fields, nowMs: number) => { readonly fields: object } | Refusal;

const isRefusal = (result: ReturnType<Handler>): result is Refusal => 'sub_code' in result;

const readOrder = (biz: Fields, parameters: Fields): TradeOrder | undefined => {
  const outTradeNo = biz.get('out_trade_no') ?? '';
  const subject = biz.get('subject') ?? '';
  const amountMinor = readYuan(biz.get('total_amount') ?? '');
  if (!outTradeNoForm.test(outTradeNo) || subject === '' || amountMinor === undefined) return undefined;
  if (amountMinor < amountMinorRange.min || amountMinor > amountMinorRange.max) return undefined;
  const notifyUrl = parameters.get('notify_url') ?? '';
  return { outTradeNo, amountMinor, subject, notifyUrl, passbackParams: biz.get('passback_params') ?? '' };
};

const precreate =
  (trades: Trades, onNew: (trade: Trade) => void): Handler =>
  (biz, parameters, nowMs) => {
    const order = readOrder(biz, parameters);
    if (order === undefined) return refusals.parameter;
    const isNew = trades.byOutTradeNo(order.outTradeNo) === undefined;
    const trade = trades.precreate(order, nowMs);
    if (trade === 'other-amount') return refusals.otherAmount;
    if (trade === 'already-paid') return refusals.alreadyPaid;
    if (isNew) onNew(trade);
    return { fields: { out_trade_no: trade.outTradeNo, qr_code: trade.qrCode } };
  };

const findTrade = (trades: Trades, biz: Fields) =>
  trades.byTradeNo(biz.get('trade_no') ?? '') ?? trades.byOutTradeNo(biz.get('out_trade_no') ?? '');

const query =
  (trades: Trades): Handler =>
  (biz) => {
    if (!biz.has('out_trade_no') && !biz.has('trade_no')) return refusals.parameter;
    const trade = findTrade(trades, biz);
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
    const run = () => {
      if (call.path !== '/gateway.do') return { status: 404, headers: {}, body: new Uint8Array() };
      const missing = requiredParameters.find(([name]) => !parameters.get(name))?.[1];
      const handler = handlers.get(method);
      if (handler === undefined) return errorReply(missing ?? refusals.method);
      if (missing) return signedReply(method, missing, keys.gateway);
      if (parameters.get('app_id') !== merchant.appId) return errorReply(refusals.appId);
      const result = refuse(parameters, keys) ?? handler(biz, parameters, ports.clock.nowMs());
      const inner = isRefusal(result) ? result : { code: '10000', msg: 'Success', ...result.fields };
      return signedReply(method, inner, keys.gateway);
    };
    return { operation: method, reference, run };
  };
};

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall, site } = ports;
  const keys = loadKeys(ports.keysDir);
  const trades = openTrades(ports.random.fork('alipay'), beijingTime);
  const payments: CapturedPayment[] = [];
  const acknowledged = (answer: { status: number; body: string }) =>
    answer.status === 200 && answer.body === acknowledgement;
  const notices = openWebhookSender('alipay', ports, { retryAfterS, acknowledged });
  const strangers = openStrangers(ports, keys, notices);

  const pay = (reference: string): void => {
    const trade = trades.byOutTradeNo(reference);
    if (trade === undefined) throw errors.unknownReference('alipay', reference);
    if (trade.paid) return;
    const currency = 'CNY';
    const amountMinor = site.onCapture({ reference, amountMinor: trade.amountMinor, currency });
    trade.paid = { amountMinor, atMs: clock.nowMs() };
    payments.push({ id: trade.tradeNo, provider: 'alipay', reference, amountMinor, currency, atMs: wall.nowMs() });
    strangers.paid(trade);
    if (trade.notifyUrl === '') return;
    const encode = () => paidNotice(trade, clock.nowMs(), keys.gateway);
    notices.send({ url: trade.notifyUrl, reference, eventId: noticeId(trade), encode });
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
      return trade !== undefined && trade.paid === undefined;
    },
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
