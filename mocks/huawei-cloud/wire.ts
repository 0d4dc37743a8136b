/** Huawei Cloud's bytes: JSON in and out, yuan as JSON numbers in some fields and as text in others. */
import { fromDecimal, toDecimal } from '#harness/money';
import type { Reply } from '#harness/provider';
import { isJson, type Json, textIn } from '../json-body.ts';
import { lengthsMax, pageLimits, type Refusal } from './quirks.ts';
import type { Adjustment } from './states.ts';

/** A JSON reply. */
export const jsonReply = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** Whether what was read is a refusal. */
export const isRefusal = (read: object | string): read is Refusal =>
  typeof read === 'object' && 'status' in read && 'code' in read;

/** A refusal's reply; the gateway's own have a number of the request. */
export const refusalReply = ({ status, code, message }: Refusal, requestId?: string): Reply =>
  jsonReply(status, { error_msg: message, error_code: code, ...(requestId && { request_id: requestId }) });

/** Fen above zero of a decimal with at most two places. */
const amountIn = (decimal: string): bigint | undefined => {
  try {
    const { amountMinor } = fromDecimal(decimal, 'CNY');
    return amountMinor > 0n ? amountMinor : undefined;
  } catch {
    return undefined;
  }
};

/** Whether text can be an account's id. */
export const isAccountId = (text: string): boolean => text !== '' && text.length <= lengthsMax.customerId;

/** What a body asks to move. */
export interface MoveRequest {
  readonly customerId: string;
  readonly amountMinor: bigint;
  readonly indirectPartnerId: string;
  readonly transId?: string;
}

/** A field as text, if it is text or a number; a number is as short as JSON writes it, so 10.00 becomes `10`. */
const scalarIn = (body: Json, name: string): string => {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'number' ? String(value) : textIn(body, name);
};

/** Reads customer and amount; undefined when one of them cannot be used. */
export const readMove = (body: Json): MoveRequest | undefined => {
  const [customerId, amountMinor] = [textIn(body, 'customer_id'), amountIn(scalarIn(body, 'amount'))];
  if (!isAccountId(customerId) || amountMinor === undefined) return undefined;
  return { customerId, amountMinor, indirectPartnerId: textIn(body, 'indirect_partner_id') };
};

/** The same from version 1.0, which wants the amount as text and its unit named. */
export const readOldMove = (body: Json): MoveRequest | undefined => {
  const isUsable = typeof body.amount === 'string' && body.currency === 'CNY' && body.measure_id === 1;
  return isUsable ? readMove(body) : undefined;
};

/** The only kind of balance served (D: the default; the other one is credit). */
export const debit = 'BALANCE_TYPE_DEBIT';

/** A transfer: the amount is text, a trans_id of nothing counts as none. */
export const readTransfer = (body: Json): MoveRequest | undefined => {
  const read = typeof body.amount === 'string' ? readMove(body) : undefined;
  const [transId, balance] = [textIn(body, 'trans_id'), body.balance_type ?? debit];
  if (read === undefined || transId.length > lengthsMax.transId || balance !== debit) return undefined;
  return transId === '' ? read : { ...read, transId };
};

/** The customers whose balances are asked for; undefined when the list cannot be used. */
export const readCustomers = (body: Json): readonly string[] | undefined => {
  const infos = body.customer_infos;
  if (!Array.isArray(infos) || infos.length === 0) return undefined;
  const ids = infos.map((info: unknown) => (isJson(info) ? textIn(info, 'customer_id') : ''));
  return ids.every(isAccountId) ? ids : undefined;
};

/** Yuan as a JSON number, as balances are told. */
export const yuan = (amountMinor: bigint): number => Number(toDecimal({ amountMinor, currency: 'CNY' }));

const moment = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

const momentForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const operationTypes = { adjust: 'SOURCE_OPERATION_BEADJUST', reclaim: 'SOURCE_OPERATION_BERETRIEVE' } as const;

/** Which records are asked for; `offset` counts pages in version 2 and records in version 3. */
export interface RecordsQuery {
  readonly offset: number;
  readonly limit: number;
  readonly indirectPartnerId: string;
  matches(adjustment: Adjustment): boolean;
}

const wholeIn = (query: URLSearchParams, name: string, unasked: number): number => {
  const text = query.get(name) ?? '';
  if (text === '') return unasked;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
};

/** Milliseconds of a moment, `unasked` when there is none, NaN when it has no form. */
const momentIn = (query: URLSearchParams, name: string, unasked: number): number => {
  const text = query.get(name) ?? '';
  if (text === '') return unasked;
  return momentForm.test(text) ? Date.parse(text) : Number.NaN;
};

/** Reads the query of a list; undefined when a parameter cannot be used. */
export const readRecordsQuery = (query: URLSearchParams): RecordsQuery | undefined => {
  const [offset, limit] = [wholeIn(query, 'offset', 0), wholeIn(query, 'limit', pageLimits.unasked)];
  const beginMs = momentIn(query, 'operation_time_begin', Number.NEGATIVE_INFINITY);
  const endMs = momentIn(query, 'operation_time_end', Number.POSITIVE_INFINITY);
  if ([offset, limit, beginMs, endMs].some(Number.isNaN) || limit < 1 || limit > pageLimits.max) return undefined;
  const [customerId, transId, type] = ['customer_id', 'trans_id', 'operation_type'].map(
    (name) => query.get(name) || '',
  );
  return {
    offset,
    limit,
    indirectPartnerId: query.get('indirect_partner_id') ?? '',
    matches: (adjustment) => {
      // The list knows whole seconds.
      const atMs = Math.floor(adjustment.atMs / 1_000) * 1_000;
      const isOfType = type === '' || type === operationTypes[adjustment.type];
      const isNamed = [customerId || adjustment.customerId, transId || adjustment.transId];
      return (
        isOfType &&
        isNamed[0] === adjustment.customerId &&
        isNamed[1] === adjustment.transId &&
        beginMs <= atMs &&
        atMs <= endMs
      );
    },
  };
};

const recordFields = ({ customerId, transId, atMs }: Adjustment) => ({
  customer_id: customerId,
  customer_name: customerId,
  currency: 'CNY',
  apply_scene: '',
  operation_time: moment(atMs),
  measure_id: 1,
  trans_id: transId,
});

/** A record of version 2: the type by number, the amount as a JSON number (S: Go SDK, where it is a float32). */
export const recordV2 = (adjustment: Adjustment): object => ({
  ...recordFields(adjustment),
  operation_type: adjustment.type === 'adjust' ? '0' : '1',
  amount: yuan(adjustment.amountMinor),
});

/** A record of version 3: the type by name, the amount as text (S). */
export const recordV3 = (adjustment: Adjustment): object => ({
  ...recordFields(adjustment),
  operation_type: operationTypes[adjustment.type],
  amount: toDecimal({ amountMinor: adjustment.amountMinor, currency: 'CNY' }),
  memo: '',
});
