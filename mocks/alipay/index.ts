/** Alipay, as its open platform describes it: RSA2 signatures, yuan as decimal strings, form-encoded notices. */
import type { Clock } from '#harness/clock';
import { mockErrors } from '#harness/mock-errors';
import {
  type Call,
  type CapturedPayment,
  defineProvider,
  type OpenProvider,
  type ProviderPorts,
  type Reply,
} from '#harness/provider';
import { readBillDate } from '../bill-range.ts';
import { lettersFrom } from '../numbers.ts';
import { openProvider, type Route } from '../open-provider.ts';
import { openWebhookSender, type Webhook, type WebhookSender } from '../webhook-sender.ts';
import { billZip } from './bill.ts';
import { type Desk, handlersOf } from './business.ts';
import { openByHand, scanned } from './by-hand.ts';
import { falsehoods } from './falsehoods.ts';
import { strangersTo, tampersWith } from './forge.ts';
import { openGateway } from './gateway.ts';
import { acknowledgement, billPath, billUrlLivesMs, merchant, methods, retryAfterS } from './quirks.ts';
import { type Keys, loadKeys } from './sign.ts';
import { spoilsWith } from './spoils.ts';
import { closedAtMs, openTrades, statusOf, type Trade, type Trades } from './states.ts';
import { openV3, type V3Pen } from './v3.ts';
import { noticeId, noticeOf, otherNoticeId } from './wire.ts';

/** Bills that were asked for, by the token in their addresses. */
const openBills = ({ clock, random }: ProviderPorts, trades: Trades) => {
  const tokens = random.fork('alipay bills');
  const asked = new Map<string, { readonly date: string; readonly untilMs: number }>();
  return {
    urlOf: (origin: string, type: string, date: string): string => {
      const token = lettersFrom(tokens, 32);
      asked.set(token, { date, untilMs: clock.nowMs() + billUrlLivesMs });
      const query = new URLSearchParams({
        bizType: type,
        bizDates: date.replaceAll('-', ''),
        fileType: 'csv.zip',
        token,
      });
      return `${origin}${billPath}?${query}`;
    },
    route: (call: Call): Route => {
      const bill = asked.get(call.query.get('token') ?? '');
      const isAuthentic = (): boolean => bill !== undefined && clock.nowMs() <= bill.untilMs;
      const run = (): Reply => {
        const range = readBillDate(bill?.date ?? '');
        if (bill === undefined || range === undefined || !isAuthentic()) return { ...empty, status: 403 };
        const headers = { 'content-type': 'application/octet-stream' };
        return { status: 200, headers, body: billZip(trades.all(), bill.date, range, clock.nowMs()) };
      };
      return { operation: `${call.method} ${billPath}`, reference: '', isAuthentic, run };
    },
  };
};

const empty: Reply = { status: 404, headers: {}, body: new Uint8Array() };

/** Which of the doors of the vendor a call comes through. */
const openRoutes = (desk: Desk, pen: V3Pen, bill: (call: Call) => Route): ((call: Call) => Route) => {
  const handlers = handlersOf(desk);
  const gateway = openGateway(desk, handlers, pen.keys, pen);
  const v3 = openV3(desk, handlers, pen);
  return (call) => {
    if (call.path === '/gateway.do') return gateway(call);
    if (call.path.startsWith('/v3/')) return v3(call);
    if (call.path === billPath && call.method === 'GET') return bill(call);
    return { operation: 'unknown', reference: '', run: () => empty };
  };
};

/** Sends the notice about a trade as it is now: a retry says what the first attempt said. */
const tellerOf =
  (notices: WebhookSender, { gateway }: Keys, clock: Clock) =>
  (told: Trade): void => {
    const trade = { ...told };
    if (trade.notifyUrl === '') return;
    const numbered = (id: string): Webhook => ({
      url: trade.notifyUrl,
      reference: trade.outTradeNo,
      eventId: id,
      encode: (falsehood) => noticeOf(trade, clock.nowMs(), gateway, { id, falsehood }),
      renumbered: (nth) => numbered(otherNoticeId(id, nth)),
    });
    notices.send(numbered(noticeId(trade)));
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

  const tell = tellerOf(notices, keys, clock);

  const pay = (reference: string): void => {
    const trade = scanned({ trades, clock }, 'pay', reference);
    if (closedAtMs(trade) !== undefined) throw mockErrors.notInThisState('pay', reference, statusOf(trade));
    if (trade.paid) return;
    const currency = 'CNY';
    const amountMinor = site.onCapture({ reference, amountMinor: trade.amountMinor, currency });
    trade.paid = { amountMinor, atMs: clock.nowMs() };
    payments.push({ id: trade.tradeNo, provider: 'alipay', reference, amountMinor, currency, atMs: wall.nowMs() });
    strangers.paid(trades.codeOf(reference) ?? trade);
    tell(trade);
  };

  const bills = openBills(ports, trades);
  const desk: Desk = { trades, clock, tell, isNew: strangers.ordered, billUrl: bills.urlOf };
  const pen: V3Pen = { keys, clock, wall, random: ports.random.fork('alipay v3') };
  return openProvider({
    provider: alipay,
    ports,
    identity: { ...merchant, appPrivateKey: keys.appPrivatePem, alipayPublicKey: keys.gatewayPublicPem },
    route: openRoutes(desk, pen, bills.route),
    payments,
    webhooks: notices,
    pay,
    canPay: (reference) => {
      const [code, trade] = [trades.codeOf(reference), trades.byOutTradeNo(reference)];
      if (trade !== undefined) return statusOf(trade) === 'WAIT_BUYER_PAY';
      return code !== undefined && !code.isExpired;
    },
    byHand: openByHand({ trades, clock, notices, acknowledged, pay, tell, isNew: strangers.ordered, tampers }),
    spoils: spoilsWith(pen, trades),
    queries: [methods.query, methods.refundQuery],
  });
};

/** Gateway and OpenAPI v3 for one merchant; who gives no notify_url gets no notice. */
export const alipay = defineProvider({
  id: 'alipay',
  serves: 'payment',
  docs: 'https://opendocs.alipay.com/open/270/105902',
  operations: [...Object.values(methods), `GET ${billPath}`],
  steps: [
    { step: 'ask for payment', operation: methods.precreate, currencies: ['CNY'] },
    { step: 'look at payment', operation: methods.query },
  ],
  open,
});
