/** The routes of the API: who asks, what for, and what is answered. */
import type { Call, Reply } from '#harness/provider';
import { lettersFrom } from '../numbers.ts';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { openRouteTable } from '../route-table.ts';
import type { Bills } from './bill.ts';
import { validity } from './certificate.ts';
import type { Pen } from './notices.ts';
import { merchant, operations, type Refusal, refundTakesMs, refusals, refusedRefundsMax } from './quirks.ts';
import { openAuthenticator, seal } from './sign.ts';
import { asOf, type Order, type Orders, type Refund, type TradeType } from './states.ts';
import {
  isRefusal,
  type Json,
  jsonReply,
  orderFields,
  prepayFields,
  readJson,
  readOrder,
  readRefund,
  refundFields,
  refusalReply,
  refuseMerchant,
} from './wire.ts';

/** The parts of the open provider that the API acts on. */
export interface Desk {
  readonly orders: Orders;
  readonly pen: Pen;
  /** PEM of the platform's certificate. */
  readonly certificate: string;
  readonly bills: Bills;
  sign(reply: Reply, mchid: string): Reply;
  /** Tells of a refund once it has ended. */
  tell(refund: Refund): void;
  /** Is told of each order that did not exist before. */
  isNew(order: Order): void;
}

/** What a handler is asked: by whom, about which number in the path, with which body and query. */
interface Question {
  readonly mchid: string;
  readonly number: string;
  readonly body: Json;
  readonly query: URLSearchParams;
  /** As `Route.run`. */
  readonly lagMs: number;
  /** Where this mock is reached, without a path. */
  readonly origin: string;
}

type Handler = (asked: Question) => Reply | Refusal;

const answer = (result: Reply | Refusal): Reply => ('code' in result ? refusalReply(result) : result);

const prepay =
  ({ orders, pen, isNew }: Desk, tradeType: TradeType): Handler =>
  ({ body, mchid }) => {
    const request = readOrder(body, mchid, tradeType);
    if (isRefusal(request)) return request;
    const known = orders.byOutTradeNo(mchid, request.outTradeNo);
    const order = orders.prepay(request, pen.clock.nowMs());
    if (typeof order === 'string') return refusals[order];
    if (known === undefined) isNew(order);
    return jsonReply(200, prepayFields(order));
  };

const queryBy =
  ({ pen: { clock } }: Desk, find: (mchid: string, number: string) => Order | undefined): Handler =>
  ({ mchid, number, query, lagMs }) => {
    const refused = refuseMerchant(query.get('mchid'), mchid);
    if (refused !== undefined) return refused;
    const found = find(mchid, number);
    const order = found && asOf(found, clock.nowMs() - lagMs);
    return order === undefined ? refusals.unknownOrder : jsonReply(200, orderFields(order));
  };

const close =
  ({ orders }: Desk): Handler =>
  ({ mchid, number, body }) => {
    const refused = refuseMerchant(body.mchid, mchid);
    if (refused !== undefined) return refused;
    const order = orders.byOutTradeNo(mchid, number);
    if (order === undefined) return refusals.unknownOrder;
    if (order.paid) return refusals.paid;
    order.isClosed = true;
    return jsonReply(204);
  };

const orderToRefund = ({ orders }: Desk, { mchid, body }: Question): Order | undefined => {
  const { transaction_id: id, out_trade_no: outTradeNo } = body;
  if (typeof id === 'string') return orders.byTransactionId(mchid, id);
  return typeof outTradeNo === 'string' ? orders.byOutTradeNo(mchid, outTradeNo) : undefined;
};

const acceptRefund =
  (desk: Desk): Handler =>
  (asked) => {
    const read = readRefund(asked.body);
    if (isRefusal(read)) return read;
    const order = orderToRefund(desk, asked);
    if (order?.paid === undefined) return refusals.nothingToRefund;
    if (order.paid.amountMinor !== read.totalMinor) return refusals.refundDiffers;
    const { pen, orders, tell } = desk;
    const known = orders.refundBy(asked.mchid, read.request.outRefundNo);
    const refund = orders.refund(order, read.request, pen.clock.nowMs(), refundTakesMs);
    if (typeof refund === 'string') return refusals[refund];
    if (known === undefined) tell(refund);
    return jsonReply(200, refundFields(refund, pen.clock.nowMs()));
  };

/** Refuses with 429 whoever was refused too often within the last second. */
const limited = ({ pen: { clock } }: Desk, handler: Handler): Handler => {
  let refusedMs: number[] = [];
  return (asked) => {
    refusedMs = refusedMs.filter((atMs) => clock.nowMs() - atMs < 1_000);
    if (refusedMs.length >= refusedRefundsMax) return refusals.tooOften;
    const result = handler(asked);
    if ('code' in result) refusedMs.push(clock.nowMs());
    return result;
  };
};

const refundQuery =
  ({ orders, pen }: Desk): Handler =>
  ({ mchid, number, lagMs }) => {
    const found = orders.refundBy(mchid, number);
    const nowMs = pen.clock.nowMs() - lagMs;
    const refund = found !== undefined && found.createdMs <= nowMs ? found : undefined;
    return refund ? jsonReply(200, refundFields(refund, nowMs)) : refusals.unknownRefund;
  };

const certificates =
  ({ pen, certificate }: Desk): Handler =>
  ({ mchid }) => {
    if (mchid !== merchant.certificateMchid) return refusals.noCertificates;
    const nonce = lettersFrom(pen.random, 12);
    const ciphertext = seal(certificate, merchant.apiV3Key, nonce, 'certificate');
    const sealed = { algorithm: 'AEAD_AES_256_GCM', associated_data: 'certificate', ciphertext, nonce };
    const times = { effective_time: validity.from, expire_time: validity.until };
    return jsonReply(200, { data: [{ ...times, encrypt_certificate: sealed, serial_no: merchant.platformSerial }] });
  };

const bill =
  ({ bills }: Desk, kind: 'trade' | 'fund flow'): Handler =>
  ({ query, mchid, origin }) => {
    const asked = bills.ask(kind, query, mchid, origin);
    return isRefusal(asked) ? asked : jsonReply(200, asked);
  };

const billFile =
  ({ bills }: Desk): Handler =>
  ({ query, mchid }) => {
    const file = bills.file(query.get('token') ?? '', mchid);
    if (isRefusal(file)) return file;
    return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: file };
  };

/** Looked for before the signature. */
const withUserAgent: readonly string[] = [operations.refund, operations.refundQuery, operations.certificates];

const referenceOf = (number: string, body: Json): string => {
  const named = [body.out_refund_no, body.out_trade_no].find((value) => typeof value === 'string');
  return number || (typeof named === 'string' ? named : '');
};

/** The routes; an unknown path or method is answered with an empty body (D: probed). */
export const openRoutes = (desk: Desk): ((call: Call) => Route) => {
  const { orders, pen } = desk;
  const handlers: Readonly<Record<string, Handler>> = {
    [operations.native]: prepay(desk, 'NATIVE'),
    [operations.jsapi]: prepay(desk, 'JSAPI'),
    [operations.app]: prepay(desk, 'APP'),
    [operations.h5]: prepay(desk, 'MWEB'),
    [operations.byTransactionId]: queryBy(desk, orders.byTransactionId),
    [operations.byOutTradeNo]: queryBy(desk, orders.byOutTradeNo),
    [operations.close]: close(desk),
    [operations.refund]: limited(desk, acceptRefund(desk)),
    [operations.refundQuery]: refundQuery(desk),
    [operations.certificates]: certificates(desk),
    [operations.tradeBill]: bill(desk, 'trade'),
    [operations.fundFlowBill]: bill(desk, 'fund flow'),
    [operations.billFile]: billFile(desk),
  };
  const find = openRouteTable(handlers);
  const authenticate = openAuthenticator(pen.keys, [pen.clock, pen.wall]);

  return (call) => {
    const found = find(call.method, call.path);
    if (found === undefined || found === 'other-method') {
      return { operation: 'unknown', reference: '', run: () => jsonReply(found === undefined ? 404 : 405) };
    }
    const number = found.part;
    const body = readJson(call.body);
    const origin = `http://${call.headers.host ?? '127.0.0.1'}`;
    const authenticated = once(() => authenticate(call));
    const run = (lagMs: number): Reply => {
      const isNameless = (call.headers['user-agent'] ?? '') === '';
      if (isNameless && withUserAgent.includes(found.operation)) return refusalReply(refusals.userAgent);
      const caller = authenticated();
      if (isRefusal(caller)) return refusalReply(caller);
      const asked = { mchid: caller.mchid, number, body, query: call.query, lagMs, origin };
      const reply = answer(found.handler(asked));
      const isUnsigned = found.operation === operations.billFile && reply.status === 200;
      return isUnsigned ? reply : desk.sign(reply, caller.mchid);
    };
    const isAuthentic = (): boolean => !isRefusal(authenticated());
    return { operation: found.operation, reference: referenceOf(number, body), isAuthentic, run };
  };
};
