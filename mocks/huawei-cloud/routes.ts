/** The routes of the BSS API: who asks, what for, and what is answered. */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import { namelessIntent } from '../granting.ts';
import { type Json, readJsonObject, textIn } from '../json-body.ts';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { openRateLimit } from '../rate-limit.ts';
import { openRouteTable } from '../route-table.ts';
import {
  callsPerSecondMax,
  gatewayRefusals,
  oddAccounts,
  oldRefusals,
  operations,
  partner,
  type Refusal,
  refusals,
  transferTakesMs,
} from './quirks.ts';
import { openAuthenticator } from './sign.ts';
import type { Adjustment, Floats, Payer } from './states.ts';
import {
  debit,
  isAccountId,
  isRefusal,
  jsonReply,
  type MoveRequest,
  type RecordsQuery,
  readCustomers,
  readMove,
  readOldMove,
  readRecordsQuery,
  readTransfer,
  recordV2,
  recordV3,
  refusalReply,
  yuan,
} from './wire.ts';

/** The parts of the open provider that the API acts on. */
export interface Desk {
  readonly floats: Floats;
  readonly clock: Clock;
  readonly wall: Clock;
  makeRequestId(): string;
  /** Is told of all that moved. */
  moved(adjustment: Adjustment): void;
}

/** What a handler is asked; a query knows what was so by `untilMs`. */
interface Asked {
  readonly body: Json;
  readonly query: URLSearchParams;
  readonly untilMs: number;
  /** As `Route.run`. */
  readonly unseenCount: number;
}

type Handler = (asked: Asked) => Reply | Refusal;

/** Whose money an `indirect_partner_id` names. */
const payerOf = (indirectPartnerId: string): Payer | undefined => {
  if (indirectPartnerId === '') return 'partner';
  return indirectPartnerId === partner.indirectPartnerId ? 'reseller' : undefined;
};

const refuseCustomer = (customerId: string): Refusal | undefined => {
  if (customerId === oddAccounts.brokenCustomerId) return refusals.broken;
  if (customerId === oddAccounts.foreignCustomerId) return refusals.notOurs;
  return customerId === oddAccounts.advisedCustomerId ? refusals.noRight : undefined;
};

/** Enterprises know no partners: what is none of their members has another code with each operation. */
const refuseMember = (customerId: string, foreign: Refusal): Refusal | undefined => {
  if (customerId === oddAccounts.brokenCustomerId) return refusals.broken;
  return customerId === oddAccounts.foreignCustomerId ? foreign : undefined;
};

const move = ({ floats, clock, moved }: Desk, read: MoveRequest, type: Adjustment['type']): Adjustment | Refusal => {
  const payer = payerOf(read.indirectPartnerId);
  if (payer === undefined) return refusals.reseller;
  const refused = refuseCustomer(read.customerId);
  if (refused !== undefined) return refused;
  const { customerId, amountMinor } = read;
  const adjustment = floats.move({ payer, customerId, type, amountMinor, atMs: clock.nowMs() });
  if (adjustment === 'noFunds') return refusals.noFunds;
  moved(adjustment);
  return adjustment;
};

const adjust =
  (desk: Desk, type: Adjustment['type']): Handler =>
  ({ body }) => {
    const read = readMove(body);
    if (read === undefined) return refusals.parameter;
    const result = move(desk, read, type);
    if (isRefusal(result)) return result;
    return jsonReply(200, type === 'adjust' ? { transfer_id: result.transId } : { trans_id: result.transId });
  };

/** What version 1.0 calls a refusal of today's; it answers most of them with HTTP 200. */
const oldNames = new Map<Refusal, Refusal>([
  [refusals.noFunds, oldRefusals.noFunds],
  [refusals.notOurs, oldRefusals.notOurs],
  [refusals.noRight, oldRefusals.advised],
]);

const oldAdjust =
  (desk: Desk): Handler =>
  ({ body }) => {
    const read = readOldMove(body);
    if (read === undefined) return refusals.parameter;
    const result = move(desk, { ...read, indirectPartnerId: '' }, 'adjust');
    if (isRefusal(result)) return oldNames.get(result) ?? result;
    return jsonReply(200, { error_code: 'CBC.0000', error_msg: 'success', trans_id: result.transId });
  };

const transfer =
  ({ floats, clock, moved }: Desk): Handler =>
  ({ body }) => {
    const read = readTransfer(body);
    if (read === undefined) return refusals.parameter;
    const refused = refuseMember(read.customerId, refusals.notMember);
    if (refused !== undefined) return refused;
    const { customerId, amountMinor, transId } = read;
    const request = { customerId, amountMinor, atMs: clock.nowMs(), ...(transId !== undefined && { transId }) };
    const result = floats.transfer(request, transferTakesMs);
    if (typeof result === 'string') return refusals[result];
    moved(result);
    return jsonReply(200, {});
  };

/** Version 2 counts pages, and answers a page past the end with the first one (D). */
const pageByNumber = (all: readonly Adjustment[], { offset, limit }: RecordsQuery): readonly Adjustment[] => {
  const begin = offset * limit < all.length ? offset * limit : 0;
  return all.slice(begin, begin + limit);
};

/** Version 3 counts records, and ends (D). */
const pageByRecord = (all: readonly Adjustment[], { offset, limit }: RecordsQuery): readonly Adjustment[] =>
  all.slice(offset, offset + limit);

const records =
  ({ floats }: Desk, page: typeof pageByNumber, fields: (adjustment: Adjustment) => object): Handler =>
  ({ query, untilMs, unseenCount }) => {
    const read = readRecordsQuery(query);
    if (read === undefined) return refusals.parameter;
    const payer = payerOf(read.indirectPartnerId);
    if (payer === undefined) return refusals.reseller;
    const known = floats.adjustments(payer).filter((one) => one.atMs <= untilMs && read.matches(one));
    const all = known.slice(unseenCount);
    return jsonReply(200, { total_count: all.length, records: page(all, read).map(fields) });
  };

/** What left a float after `untilMs`, for one customer or for all. */
const laterMinor = (floats: Floats, payer: Payer, untilMs: number, customerId?: string): bigint =>
  floats
    .adjustments(payer)
    .filter((one) => one.atMs > untilMs && (customerId ?? one.customerId) === one.customerId)
    .reduce((sum, { type, amountMinor }) => sum + (type === 'adjust' ? amountMinor : -amountMinor), 0n);

const partnerBalances =
  ({ floats }: Desk): Handler =>
  ({ query, untilMs }) => {
    const payer = payerOf(query.get('indirect_partner_id') ?? '');
    if (payer === undefined) return refusals.reseller;
    const own = { account_id: `${payer}-account`, account_type: 1, currency: 'CNY', measure_id: 1 };
    return jsonReply(200, {
      account_balances: [
        {
          ...own,
          amount: yuan(floats.floatMinor(payer) + laterMinor(floats, payer, untilMs)),
          designated_amount: 0,
        },
      ],
    });
  };

const customerBalances =
  ({ floats }: Desk): Handler =>
  ({ body, untilMs }) => {
    const customers = readCustomers(body);
    const payer = payerOf(textIn(body, 'indirect_partner_id'));
    if (customers === undefined) return refusals.parameter;
    if (payer === undefined) return refusals.reseller;
    const known = customers.filter((customerId) => refuseCustomer(customerId) === undefined);
    return jsonReply(200, {
      customer_balances: known.map((customerId) => ({
        customer_id: customerId,
        debt_amount: 0,
        amount: yuan(floats.heldMinor(payer, customerId) - laterMinor(floats, payer, untilMs, customerId)),
        currency: 'CNY',
        measure_id: 1,
      })),
    });
  };

const transferable =
  ({ floats }: Desk): Handler =>
  ({ query, untilMs }) => {
    if (query.get('balance_type') !== debit) return refusals.parameter;
    const available = yuan(floats.floatMinor('enterprise') + laterMinor(floats, 'enterprise', untilMs));
    return jsonReply(200, {
      total_count: 1,
      amount_infos: [{ avail_transfer_amount: available, measure_id: 1, currency: 'CNY' }],
    });
  };

/** What may be taken back from a member: what it has of the enterprise's money (D: api-oce ep_00019). */
const retrievable =
  ({ floats }: Desk): Handler =>
  ({ query, untilMs }) => {
    const customerId = query.get('sub_customer_id') ?? '';
    if (!isAccountId(customerId) || query.get('balance_type') !== debit) return refusals.parameter;
    const refused = refuseMember(customerId, refusals.noAccount);
    if (refused !== undefined) return refused;
    const heldMinor =
      floats.heldMinor('enterprise', customerId) - laterMinor(floats, 'enterprise', untilMs, customerId);
    const info = { avail_retrieve_amount: yuan(heldMinor), measure_id: 1, currency: 'CNY' };
    return jsonReply(200, { total_count: 1, amount_infos: [info] });
  };

/** The caller's own number of a transfer; elsewhere account and amount are all there is. */
const referenceOf = (operation: string, body: Json): string => {
  const read = operation === operations.transfer ? readTransfer(body) : readMove(body);
  if (read === undefined) return '';
  return read.transId ?? namelessIntent(read.customerId, { amountMinor: read.amountMinor, currency: 'CNY' });
};

/** The routes. Nothing is read or counted before the signature has been verified. */
export const openRoutes = (desk: Desk): ((call: Call) => Route) => {
  const handlers: Readonly<Record<string, Handler>> = {
    [operations.adjust]: adjust(desk, 'adjust'),
    [operations.reclaim]: adjust(desk, 'reclaim'),
    [operations.records]: records(desk, pageByNumber, recordV2),
    [operations.recordsV3]: records(desk, pageByRecord, recordV3),
    [operations.partnerBalances]: partnerBalances(desk),
    [operations.customerBalances]: customerBalances(desk),
    [operations.transfer]: transfer(desk),
    [operations.transferable]: transferable(desk),
    [operations.retrievable]: retrievable(desk),
    [operations.oldAdjust]: oldAdjust(desk),
  };
  const find = openRouteTable(handlers);
  const authenticate = openAuthenticator([desk.clock, desk.wall]);
  const letThrough = openRateLimit(desk.clock, callsPerSecondMax);

  return (call) => {
    const found = find(call.method, call.path);
    if (found === undefined || found === 'other-method') {
      const run = () => refusalReply(gatewayRefusals.noRoute, desk.makeRequestId());
      return { operation: 'unknown', reference: '', run };
    }
    const { operation, handler } = found;
    const body = readJsonObject(call.body) ?? {};
    const authenticated = once(() => authenticate(call));
    const run = (lagMs: number, unseenCount: number): Reply => {
      const requestId = desk.makeRequestId();
      const caller = authenticated();
      if (isRefusal(caller)) return refusalReply(caller, requestId);
      if (!letThrough(operation)) return refusalReply(gatewayRefusals.tooOften, requestId);
      if (caller === 'denied') return refusalReply(refusals.denied);
      const result = handler({ body, query: call.query, untilMs: desk.clock.nowMs() - lagMs, unseenCount });
      return isRefusal(result) ? refusalReply(result) : result;
    };
    const isAuthentic = (): boolean => !isRefusal(authenticated());
    return { operation, reference: referenceOf(operation, body), isAuthentic, run };
  };
};
