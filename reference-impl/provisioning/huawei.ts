/**
 * Our clients of Huawei Cloud's BSS API. That for partners is class L: an adjustment carries nothing of ours, so the
 * same one again is one more; the list of adjustments tells account, amount and time. That for enterprises is class K.
 */
import { needed } from '../config.ts';
import { type Fields, fieldsIn, textIn } from '../payments/json-fields.ts';
import { fromYuan, toYuan } from '../payments/yuan.ts';
import type { Answered, Failure } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { canonicalQuery } from './canonical-query.ts';
import { type Cloud, type Grant, notUnderstood, type Reading } from './cloud.ts';
import { huaweiHeaders } from './huawei-sign.ts';
import type { IsSuccess } from './is-success.ts';

const policy = policyOf('huawei-cloud');

/** `code` is Huawei Cloud's own word for why not. */
type Answer = Answered<{ readonly fields: Fields }> | (Failure & { readonly code?: string });

/** A transfer under this number was done (D). */
const usedTransId = 'CBC.99007009';
/** Another transfer is under way, so that this one was not begun (D). */
const anotherUnderWay = 'CBC.99007461';

/** What follows from an answer that is no success; codes as the vendor's pages have them (D). */
export const classOfHuawei = (status: number, code: string): Failure => {
  const reason = `HTTP ${status} ${code}`;
  if (status === 429 || code === 'APIG.0308') return { kind: 'retry', isStrain: true, reason };
  if (code === anotherUnderWay) return { kind: 'retry', isStrain: false, reason };
  if (status >= 500 || code === 'CBC.0999') return { kind: 'unknown', isStrain: true, reason };
  // Whoever refuses names a reason; an answer without one is not Huawei Cloud's.
  return { kind: code === '' ? 'unknown' : 'refused', isStrain: false, reason };
};

const answerIn = (isSuccess: IsSuccess, status: number, text: string): Answer => {
  const fields = fieldsIn(text);
  if (fields === undefined)
    return status === 429 ? classOfHuawei(status, '') : notUnderstood(`HTTP ${status}, not JSON`);
  const code = textIn(fields, 'error_code');
  // The old version of this API refuses with 200.
  if (isSuccess({ status, saysSo: code === '' })) return { kind: 'answer', fields };
  return { ...classOfHuawei(status, code.slice(0, 64)), code };
};

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes one call, signed; what comes back is an answer or has failed, and nothing is thrown. */
const askerOf = (role: RoleParts) => {
  const { clock } = role.ports;
  const config = needed(role.config.clouds, 'huawei-cloud');
  const { host } = new URL(config.url);
  const send = openSender<Answer>(role, policy, {
    read: (status, text) => answerIn(role.parts.isSuccess, status, text),
    lost: notUnderstood,
  });
  return ({ method, path, query = {}, body = '' }: Request): Promise<Answer> => {
    const headers = huaweiHeaders({ method, host, path, query, body, nowMs: clock.nowMs() }, config);
    const search = canonicalQuery(query);
    const url = `${config.url}${path}${search === '' ? '' : `?${search}`}`;
    return send(url, { method, headers, ...(body !== '' && { body }) });
  };
};

const signs: Readonly<Record<string, bigint>> = { SOURCE_OPERATION_BEADJUST: 1n, SOURCE_OPERATION_BERETRIEVE: -1n };

/** The sum of a page of records, and how many there are; undefined when one of them cannot be read. */
const sumIn = (records: unknown): { readonly count: number; readonly sumMinor: bigint } | undefined => {
  if (!Array.isArray(records)) return undefined;
  let sumMinor = 0n;
  for (const record of records as Fields[]) {
    const [sign, amountMinor] = [signs[textIn(record, 'operation_type')], fromYuan(textIn(record, 'amount'))];
    if (sign === undefined || amountMinor === undefined) return undefined;
    sumMinor += sign * amountMinor;
  }
  return { count: records.length, sumMinor };
};

/** Most rows of a page (D). */
const pageRows = 100;

/** What all adjustments to an account come to, page by page; version 3 counts records, so that its pages end. */
const sumOfRecords = async (
  cloudAccountId: string,
  ask: (request: Request) => Promise<Answer | Failure>,
): Promise<Reading> => {
  let amountMinor = 0n;
  let totalBefore: unknown;
  for (let offset = 0; ; ) {
    const query = { customer_id: cloudAccountId, offset: String(offset), limit: String(pageRows) };
    const answer = await ask({ method: 'GET', path: '/v3/accounts/partner-accounts/adjust-records', query });
    if (answer.kind !== 'answer') return answer;
    const page = sumIn(answer.fields.records);
    const total = answer.fields.total_count;
    if (page === undefined || typeof total !== 'number') return { kind: 'unknown', reason: 'records cannot be read' };
    // The newest come first: one more, and every page has moved.
    if (total !== (totalBefore ?? total)) return { kind: 'unknown', reason: 'the list grew meanwhile' };
    totalBefore = total;
    amountMinor += page.sumMinor;
    offset += page.count;
    if (offset >= total) return { kind: 'reading', amountMinor };
    if (page.count === 0) return { kind: 'unknown', reason: 'the list ended early' };
  }
};

/** The client that grants by an adjustment, for a role that is configured for huawei-cloud. */
export const huaweiClient = (role: RoleParts): Cloud => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role);
  return {
    id: 'huawei-cloud',
    grant: async ({ cloudAccountId, amountMinor }, orderId, isRetry) => {
      // The API has yuan as a JSON number: written digit by digit, so that no float comes in between.
      const body = `{"customer_id":${JSON.stringify(cloudAccountId)},"amount":${toYuan(amountMinor)}}`;
      const make = () => ask({ method: 'POST', path: '/v2/accounts/partner-accounts/adjust-amount', body });
      const answer = await makeCall({ operation: 'adjust_amount', orderId, isRetry }, make);
      return answer.kind === 'answer' ? { kind: 'granted' } : answer;
    },
    read: (cloudAccountId, isRetry) =>
      sumOfRecords(cloudAccountId, (request) => makeCall({ operation: 'adjust_records', isRetry }, () => ask(request))),
  };
};

const transferPath = '/v2/enterprises/multi-accounts/transfer-amount';
const heldPath = '/v2/enterprises/multi-accounts/retrieve-amount';

/** What a member has, as the API tells it: one row, with yuan as a JSON number. */
const heldIn = ({ amount_infos: rows }: Fields): Reading => {
  const [row] = Array.isArray(rows) && rows.length === 1 ? (rows as Fields[]) : [];
  const amountMinor = fromYuan(String(row?.avail_retrieve_amount));
  return amountMinor === undefined
    ? { kind: 'unknown', reason: 'what the member has cannot be read' }
    : { kind: 'reading', amountMinor };
};

/** The client that grants by a transfer to a member of our enterprise: class K, by `trans_id`. */
export const huaweiEnterpriseClient = (role: RoleParts): Cloud => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role);
  return {
    id: 'huawei-cloud-enterprise',
    grant: ({ cloudAccountId, amountMinor, reference }, orderId, isRetry) => {
      const transfer = { customer_id: cloudAccountId, amount: toYuan(amountMinor), trans_id: reference };
      const make = async (): Promise<Grant> => {
        const answer = await ask({ method: 'POST', path: transferPath, body: JSON.stringify(transfer) });
        // A repeat is refused, not answered again: this number is ours alone, so what it refuses has been done.
        return answer.kind === 'answer' || answer.code === usedTransId ? { kind: 'granted' } : answer;
      };
      return makeCall({ operation: 'transfer_amount', orderId, isRetry }, make);
    },
    read: async (cloudAccountId, isRetry) => {
      const query = { sub_customer_id: cloudAccountId, balance_type: 'BALANCE_TYPE_DEBIT' };
      const make = () => ask({ method: 'GET', path: heldPath, query });
      const answer = await makeCall({ operation: 'retrieve_amount', isRetry }, make);
      return answer.kind === 'answer' ? heldIn(answer.fields) : answer;
    },
  };
};
