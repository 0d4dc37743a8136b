/** Alibaba Cloud's bytes: parameters by name, JSON envelopes out, yuan as decimal strings. */
import { fromDecimal, toDecimal } from '#harness/money';
import type { Reply } from '#harness/provider';
import { hostId, pageLimits, type Refusal, refusals } from './quirks.ts';
import type { Movement, QuotaChange, QuotaSetting } from './states.ts';

const reply = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** Yuan as text. */
export const yuan = (amountMinor: bigint): string => toDecimal({ amountMinor, currency: 'CNY' });

/** Yuan as the balance of an account is told, with a comma after each thousand: `1,828.72` (D). */
export const yuanWithCommas = (amountMinor: bigint): string => yuan(amountMinor).replace(/\B(?=(\d{3})+\.)/g, ',');

/** HTTP 200 with data. Most fields are text: the vendor's SDK throws on another JSON type than it expects. */
export const successReply = (requestId: string, data: string | boolean | object): Reply =>
  reply(200, { Code: '200', Message: 'successful', Data: data, RequestId: requestId, Success: true });

/** HTTP 200 that is not a success: only `Success` and `Code` say so. */
export const businessRefusalReply = (requestId: string, refusal: { code: string; message: string }): Reply =>
  reply(200, { Code: refusal.code, Message: refusal.message, RequestId: requestId, Success: false });

/** HTTP 4xx or 5xx of the gateway. */
export const refusalReply = (requestId: string, { status, code, message }: Refusal): Reply =>
  reply(status, { Code: code, Message: message, RequestId: requestId, HostId: hostId });

/** Account numbers are read as text: as JavaScript numbers they break above 2^53. */
export const readOwnerId = (given: URLSearchParams): string | Refusal => {
  const ownerId = given.get('OwnerId') ?? '';
  return /^\d{1,19}$/.test(ownerId) ? ownerId : refusals.parameter('OwnerId');
};

const readAmount = (decimal: string, leastMinor: bigint): bigint | undefined => {
  try {
    const { amountMinor } = fromDecimal(decimal, 'CNY');
    return amountMinor >= leastMinor ? amountMinor : undefined;
  } catch {
    return undefined;
  }
};

/** The change that a call asks for, or the refusal of the first parameter that cannot be used. */
export const readChange = (given: URLSearchParams): QuotaChange | Refusal => {
  const text = (name: string) => given.get(name) ?? '';
  const ownerId = readOwnerId(given);
  if (typeof ownerId !== 'string') return ownerId;
  const adjustType = text('AdjustType');
  if (adjustType !== 'increase' && adjustType !== 'decrease') return refusals.parameter('AdjustType');
  const amountMinor = readAmount(text('Amount'), 1n);
  if (amountMinor === undefined) return refusals.parameter('Amount');
  if (text('Currency') !== 'CNY') return refusals.parameter('Currency');
  const [businessType, source, outBizId] = [text('BusinessType'), text('Source'), text('OutBizId')];
  return { outBizId, ownerId, adjustType, amountMinor, businessType, source };
};

/** The quota that a call sets, which may be none at all. */
export const readSetting = (given: URLSearchParams): QuotaSetting | Refusal => {
  const ownerId = readOwnerId(given);
  if (typeof ownerId !== 'string') return ownerId;
  const quotaMinor = readAmount(given.get('Amount') ?? '', 0n);
  if (quotaMinor === undefined) return refusals.parameter('Amount');
  if ((given.get('Currency') || 'CNY') !== 'CNY') return refusals.parameter('Currency');
  return { outBizId: given.get('OutBizId') ?? '', ownerId, quotaMinor };
};

/** Which transactions are asked for. */
export interface TransactionsQuery {
  readonly pageNum: number;
  readonly pageSize: number;
  matches(movement: Movement): boolean;
}

const wholeIn = (given: URLSearchParams, name: string, unasked: number): number => {
  const text = given.get(name) || String(unasked);
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
};

const momentIn = (given: URLSearchParams, name: string, unaskedMs: number): number => {
  const text = given.get(name) ?? '';
  if (text === '') return unaskedMs;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
};

const flowOf = ({ amountMinor }: Movement): string => (amountMinor > 0n ? 'Expense' : 'Income');

/** Reads the query of the transactions; without times, those of the month before `nowMs`. */
export const readTransactionsQuery = (given: URLSearchParams, nowMs: number): TransactionsQuery | Refusal => {
  const [pageNum, pageSize] = [wholeIn(given, 'PageNum', 1), wholeIn(given, 'PageSize', pageLimits.unasked)];
  if (!(pageNum >= 1)) return refusals.parameter('PageNum');
  if (!(pageSize >= 1 && pageSize <= pageLimits.max)) return refusals.parameter('PageSize');
  const endMs = momentIn(given, 'CreateTimeEnd', nowMs);
  if (Number.isNaN(endMs)) return refusals.parameter('CreateTimeEnd');
  const startMs = momentIn(given, 'CreateTimeStart', endMs - pageLimits.unaskedMs);
  if (Number.isNaN(startMs)) return refusals.parameter('CreateTimeStart');
  const isAsked = (name: string, value: string): boolean => (given.get(name) || value) === value;
  return {
    pageNum,
    pageSize,
    matches: (movement) => {
      const atMs = Math.floor(movement.atMs / 1_000) * 1_000;
      return (
        startMs <= atMs &&
        atMs <= endMs &&
        isAsked('RecordID', movement.outBizId) &&
        isAsked('TransactionNumber', movement.number) &&
        isAsked('TransactionFlow', flowOf(movement)) &&
        isAsked('TransactionType', 'Transfer') &&
        isAsked('TransactionChannel', 'AccountBalance')
      );
    },
  };
};

/** A page of transactions, the list in a list as the vendor has it (S). */
export const transactionsData = (all: readonly Movement[], { pageNum, pageSize }: TransactionsQuery): object => ({
  AccountName: 'topple',
  PageNum: pageNum,
  PageSize: pageSize,
  TotalCount: all.length,
  AccountTransactionsList: {
    AccountTransactionsList: all.slice((pageNum - 1) * pageSize, pageNum * pageSize).map((movement) => ({
      TransactionNumber: movement.number,
      TransactionTime: `${new Date(movement.atMs).toISOString().slice(0, 19)}Z`,
      TransactionFlow: flowOf(movement),
      TransactionType: 'Transfer',
      TransactionChannel: 'AccountBalance',
      TransactionChannelSN: '',
      TransactionAccount: movement.ownerId,
      FundType: 'Cash',
      RecordID: movement.outBizId,
      Remarks: '',
      BillingCycle: new Date(movement.atMs).toISOString().slice(0, 7),
      Amount: yuan(movement.amountMinor < 0n ? -movement.amountMinor : movement.amountMinor),
      Balance: yuan(movement.afterMinor),
    })),
  },
});
