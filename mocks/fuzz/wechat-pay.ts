/** Calls to WeChat Pay, signed by wechatpay-axios-plugin's own tools. */
import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import type { Call, Reply } from '#harness/provider';
import type { Random } from '#harness/seed';
import { wechatPay } from '../wechat-pay/index.ts';
import { operations } from '../wechat-pay/quirks.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { objectIn } from './json-reply.ts';
import { keyOf } from './keys.ts';
import { someDeed, someNumber } from './people.ts';
import { drawFields, drawOr } from './values.ts';

/** Every third time one of four, to which much happens. */
const busyNumber = (random: Random): string =>
  random.integer(1, 3) === 1 ? `T00000${random.integer(1, 4)}` : someNumber(random);

interface Asked {
  readonly operation: string;
  readonly number?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

const sign = ({ random, identity, nowMs, isRight }: Draw, { operation, number = '', query, body }: Asked): Call => {
  const [method = '', template = ''] = operation.split(' ');
  const path = template.replace(/\{\w+\}/, number);
  const rawQuery = new URLSearchParams(query).toString();
  const text = body === undefined ? '' : JSON.stringify(body);
  const [timestamp, nonce] = [String(Math.trunc(nowMs / 1_000)), String(random.integer(0, 1e9))];
  const target = rawQuery === '' ? path : `${path}?${rawQuery}`;
  const signed = Formatter.request(method, target, timestamp, isRight ? nonce : `${nonce}0`, text);
  const signature = Rsa.sign(signed, keyOf(identity.merchantPrivateKey ?? ''));
  const { mchid: ownMchid, certificateMchid } = identity;
  const own = operation === operations.certificates ? random.pick([certificateMchid, ownMchid]) : ownMchid;
  const mchid = random.integer(1, 40) === 1 ? '1999999999' : (own ?? '');
  const serial = random.integer(1, 40) === 1 ? 'ABCDEF' : (identity.merchantSerial ?? '');
  const agent = random.integer(1, 30) === 1 ? '' : 'fuzz';
  const headers = { host: '127.0.0.1:1', 'user-agent': agent, accept: 'application/json' };
  const authorization = Formatter.authorization(mchid, nonce, signature, timestamp, serial);
  const given = { ...headers, authorization };
  return { method, path, query: new URLSearchParams(query), rawQuery, headers: given, body: Buffer.from(text) };
};

const drawOrder = ({ random, identity }: Draw): object => ({
  ...drawFields(random, {
    appid: drawOr(random, [identity.appid, identity.appid, identity.appid, 'wx9']),
    mchid: drawOr(random, [identity.mchid, identity.mchid, identity.mchid, identity.certificateMchid, '1'], 30),
    out_trade_no: drawOr(random, [busyNumber(random)]),
    description: drawOr(random, ['top-up']),
    notify_url: drawOr(random, ['http://merchant.test/']),
    amount: drawOr(random, [{ total: random.integer(1, 2) * 100, currency: 'CNY' }]),
    payer: { openid: 'o1' },
    scene_info: drawOr(random, [{ payer_client_ip: '203.0.113.1', h5_info: { type: 'Wap' } }]),
  }),
});

const drawRefund = ({ random }: Draw): object =>
  drawFields(random, {
    out_trade_no: drawOr(random, [busyNumber(random)]),
    out_refund_no: drawOr(random, [`R${random.integer(1, 30)}`]),
    amount: drawOr(random, [
      { refund: random.pick([1, 1, 2, 100, 150]), total: random.integer(1, 2) * 100, currency: 'CNY' },
      { refund: 1, total: 0, currency: 'USD' },
    ]),
  });

const drawBill = ({ random }: Draw): Readonly<Record<string, string>> => ({
  bill_date: random.pick(['2025-12-30', '2025-12-30', '2026-01-01', '2999-01-01', '2026-13-01']),
  ...(random.unit() < 0.3 && { bill_type: random.pick(['ALL', 'SUCCESS', 'REFUND', 'X']) }),
  ...(random.unit() < 0.3 && { tar_type: random.pick(['GZIP', 'ZIP']) }),
});

const drawAsked = (draw: Draw): Asked => {
  const { random, identity } = draw;
  const { native, jsapi, app, h5, refund, tradeBill, fundFlowBill } = operations;
  const operation = random.pick([
    ...Object.values(operations),
    native,
    native,
    native,
    refund,
    refund,
    refund,
    operations.close,
    'GET /v3/none',
  ]);
  if ([native, jsapi, app, h5].some((one) => one === operation)) return { operation, body: drawOrder(draw) };
  if (operation === refund) return { operation, body: drawRefund(draw) };
  if (operation === tradeBill || operation === fundFlowBill) return { operation, query: drawBill(draw) };
  if (operation === operations.certificates) return { operation };
  if (operation === operations.billFile) return { operation, query: { token: newestToken } };
  const own = identity.mchid ?? '';
  const mchid = random.pick([own, own, own, own, identity.certificateMchid ?? '', '1']);
  if (operation === operations.close) return { operation, number: busyNumber(random), body: { mchid } };
  if (operation === operations.refundQuery) return { operation, number: random.pick([newestRefund, 'R0']) };
  const number = operation === operations.byTransactionId ? newestTransaction : busyNumber(random);
  return { operation, number, query: { mchid } };
};

/** What later calls need of earlier answers. */
let [newestToken, newestTransaction, newestRefund] = ['', 'none', 'none'];

const codeOf = (reply: Reply): string => {
  if (reply.status === 204) return 'ok';
  if (reply.body.length === 0) return `HTTP ${reply.status}`;
  if (reply.headers['Content-Type'] === 'application/octet-stream') return 'ok';
  const { code, message, download_url: url, transaction_id: id, out_refund_no: refund } = objectIn(reply);
  if (typeof url === 'string') newestToken = new URL(url).searchParams.get('token') ?? '';
  if (typeof id === 'string') newestTransaction = id;
  if (typeof refund === 'string') newestRefund = refund;
  if (reply.status === 200) return 'ok';
  if (typeof code !== 'string' || typeof message !== 'string') throw new Error(`HTTP ${reply.status} without a code`);
  return code;
};

/** Everything is signed but the file of a bill. */
export const wechatPayTarget: FuzzTarget = {
  provider: wechatPay,
  drawSigned: (draw) => sign(draw, drawAsked(draw)),
  codeOf,
  begin: () => {
    [newestToken, newestTransaction, newestRefund] = ['', 'none', 'none'];
  },
  byHand: someDeed,
};
