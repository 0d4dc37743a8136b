/** WeChat Pay's APIv3 for direct merchants: signed JSON both ways, whole fen, sealed notices. It has no sandbox. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { mockErrors } from '#harness/mock-errors';
import {
  type ByHand,
  type CapturedPayment,
  defineProvider,
  type OpenProvider,
  type ProviderPorts,
  type Reply,
} from '#harness/provider';
import { lettersFrom } from '../numbers.ts';
import { openProvider } from '../open-provider.ts';
import { openWebhookSender, type WebhookSender } from '../webhook-sender.ts';
import { openBills } from './bill.ts';
import { openByHand } from './by-hand.ts';
import { certificateOf } from './certificate.ts';
import { falsehoods } from './falsehoods.ts';
import { strangersTo, tampersWith } from './forge.ts';
import { type Pen, paidNotice, refundNotice } from './notices.ts';
import { acknowledgements, answerWithinMs, merchant, operations, retryAfterS } from './quirks.ts';
import { openRoutes } from './routes.ts';
import { loadKeys, platformSerialFor, signedHeaders } from './sign.ts';
import { spoilsWith } from './spoils.ts';
import { type Order, openOrders, type Refund, stateOf } from './states.ts';

const acknowledged: ByHand['acknowledged'] = ({ status }) => acknowledgements.includes(status);

/** Signs what is answered to a merchant who was recognised, empty bodies and refusals included. */
const signedReply = (reply: Reply, mchid: string, { wall, random, keys }: Pen): Reply => {
  const nonce = lettersFrom(random, 32);
  const body = Buffer.from(reply.body).toString();
  const signed = signedHeaders(body, {
    nowMs: wall.nowMs(),
    nonce,
    serial: platformSerialFor(mchid),
    key: keys.platform,
  });
  return { ...reply, headers: { ...reply.headers, 'Request-ID': lettersFrom(random, 32).toUpperCase(), ...signed } };
};

/** Orders that buyers can pay, and what has become of them. */
const openTill = (ports: ProviderPorts, pen: Pen, notices: WebhookSender) => {
  const { clock, wall, site } = ports;
  const orders = openOrders(pen.random);
  const payments: CapturedPayment[] = [];
  const strangers = strangersTo(site, pen, notices);
  const seek = (reference: string): Order | undefined =>
    orders.byOutTradeNo(merchant.mchid, reference) ?? orders.byOutTradeNo(merchant.certificateMchid, reference);
  const find = (reference: string): Order => {
    const order = seek(reference);
    if (order === undefined) throw mockErrors.unknownReference('wechat-pay', reference);
    return order;
  };
  const isPayable = (order: Order | undefined): boolean =>
    order !== undefined &&
    stateOf(order) === 'NOTPAY' &&
    clock.nowMs() <= (order.expiresMs ?? Number.POSITIVE_INFINITY);

  const pay = (reference: string): void => {
    const order = find(reference);
    if (order.paid) return;
    const state = order.isClosed ? 'CLOSED' : 'past time_expire';
    if (!isPayable(order)) throw mockErrors.notInThisState('pay', reference, state);
    const captured = { reference, amountMinor: order.amountMinor, currency: 'CNY' };
    const amountMinor = site.onCapture(captured);
    order.paid = { amountMinor, atMs: clock.nowMs() };
    const payment = { ...captured, id: order.transactionId, provider: 'wechat-pay', amountMinor };
    payments.push({ ...payment, atMs: wall.nowMs() });
    strangers.paid(order);
    if (order.notifyUrl !== '') notices.send(paidNotice(order, pen));
  };
  const tell = (refund: Refund): void => {
    const notice = refundNotice(refund, pen);
    if (notice.url !== '') notices.send(notice, refund.endsMs - clock.nowMs());
  };
  const canPay = (reference: string) => isPayable(seek(reference));
  return { orders, payments, find, pay, canPay, tell, isNew: strangers.ordered };
};

const pemOf = (key: KeyObject): string =>
  key.export(key.type === 'private' ? { type: 'pkcs8', format: 'pem' } : { type: 'spki', format: 'pem' }).toString();

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall } = ports;
  const pen: Pen = { clock, wall, random: ports.random.fork('wechat-pay'), keys: loadKeys(ports.keysDir) };
  const tampers = tampersWith(pen);
  const policy = { retryAfterS, answerWithinMs, acknowledged, tampers, falsehoods: Object.keys(falsehoods) };
  const notices = openWebhookSender('wechat-pay', ports, policy);
  const till = openTill(ports, pen, notices);
  const bills = openBills(till.orders.all, { clock, random: ports.random.fork('wechat-pay bills') });
  const certificate = certificateOf(pen.keys.platform, merchant.platformSerial);
  const sign = (reply: Reply, mchid: string): Reply => signedReply(reply, mchid, pen);
  return openProvider({
    provider: wechatPay,
    ports,
    identity: {
      ...merchant,
      merchantPrivateKey: pemOf(pen.keys.merchant),
      platformPublicKey: pemOf(createPublicKey(pen.keys.platform)),
      platformCertificate: certificate,
    },
    route: openRoutes({ ...till, pen, certificate, sign, bills }),
    payments: till.payments,
    webhooks: notices,
    pay: till.pay,
    canPay: till.canPay,
    byHand: openByHand({ ...till, pen, notices, acknowledged, tampers }),
    spoils: spoilsWith(pen, sign, till.orders),
    queries: [operations.byTransactionId, operations.byOutTradeNo, operations.refundQuery],
  });
};

/** Orders of all four kinds, queries, closing, refunds, certificates; for one merchant of each way to verify. */
export const wechatPay = defineProvider({
  id: 'wechat-pay',
  serves: 'payment',
  docs: 'https://pay.weixin.qq.com/doc/v3/merchant/4012791874',
  operations: Object.values(operations),
  steps: [
    { step: 'ask for payment', operation: operations.native, currencies: ['CNY'] },
    { step: 'look at payment', operation: operations.byOutTradeNo },
  ],
  open,
});
