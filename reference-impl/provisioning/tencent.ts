/**
 * Our clients of Tencent Cloud's partner APIs. The international one is of class R: it keeps a remark with each credit
 * and shows it again. The mainland one is of class N: it tells a customer's balance, and of transfers nothing at all.
 */
import { needed } from '../config.ts';
import { type Fields, fieldsIn, minorIn, objectIn, textIn } from '../payments/json-fields.ts';
import { fromYuan, toYuan } from '../payments/yuan.ts';
import type { Answered, Failure } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { type MakeCall, openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { type Cloud, notUnderstood, type Sighting } from './cloud.ts';
import type { IsSuccess } from './is-success.ts';
import { tc3Headers } from './tencent-sign.ts';

const policy = policyOf('tencent-cloud');

type Answer = Answered<{ readonly fields: Fields }> | Failure;

/** The first row that fits counts. Names as the vendor's pages have them (D). */
const rows: readonly (Pick<Failure, 'kind' | 'isStrain'> & { readonly code: RegExp })[] = [
  { code: /^(RequestLimitExceeded|OperationDenied\.ServiceBusy)/, kind: 'retry', isStrain: true },
  // Too old to be let in; the next one is signed anew.
  { code: /^AuthFailure\.SignatureExpire/, kind: 'retry' },
  { code: /^(InternalError|FailedOperation$)/, kind: 'unknown', isStrain: true },
];

/** What follows from an error; codes that are not listed refuse, and a person must look. */
export const classOfTencent = (code: string): Failure => {
  const { kind, isStrain = false } = rows.find((row) => row.code.test(code)) ?? { kind: 'refused' };
  return { kind, isStrain, reason: code };
};

/** All answers are HTTP 200, with one envelope. */
const answerIn = (isSuccess: IsSuccess, status: number, text: string): Answer => {
  const response = objectIn(fieldsIn(text) ?? {}, 'Response');
  if (status !== 200 || textIn(response, 'RequestId') === '') return notUnderstood(`HTTP ${status}, not an answer`);
  const code = textIn(objectIn(response, 'Error'), 'Code').slice(0, 64);
  const isDone = isSuccess({ status, saysSo: !('Error' in response) });
  return isDone ? { kind: 'answer', fields: response } : classOfTencent(code);
};

/** One of the two APIs. */
interface Api {
  readonly service: string;
  readonly version: string;
}

/** Makes one call, signed; what comes back is an answer or has failed, and nothing is thrown. */
const askerOf = (role: RoleParts, { service, version }: Api) => {
  const { clock } = role.ports;
  const config = needed(role.config.clouds, 'tencent-cloud');
  const { host } = new URL(config.url);
  const send = openSender<Answer>(role, policy, {
    read: (status, text) => answerIn(role.parts.isSuccess, status, text),
    lost: notUnderstood,
  });
  return (action: string, body: string): Promise<Answer> => {
    const headers = tc3Headers({ host, service, action, version, body, nowMs: clock.nowMs() }, config);
    return send(`${config.url}/`, { method: 'POST', headers, body });
  };
};

type Ask = ReturnType<typeof askerOf>;

const notANumber: Failure = { kind: 'refused', reason: 'the cloud account is no uin' };
const isUin = (cloudAccountId: string): boolean => /^\d{1,19}$/.test(cloudAccountId);

/** Cents of dollars that JSON has as a number: by its shortest text, which has two decimals where the vendor's has. */
const centsIn = (fields: Fields, name: string): bigint | undefined => {
  const value = fields[name];
  return typeof value === 'number' ? fromYuan(String(value)) : undefined;
};

/** Most rows of a page (M). */
const pageRows = 100;

/**
 * Looks for a remark, page by page. The newest come first: while the list grows, what is there moves to later pages and
 * is met. A list that became shorter, as one from a copy that lags, has moved something past us.
 */
const sought = async (uin: string, remark: string, makeCall: MakeCall, ask: Ask): Promise<Sighting> => {
  for (let page = 1, seen = 0, totalBefore = 0; ; page += 1) {
    const body = `{"ClientUin":${uin},"Page":${page},"PageSize":${pageRows}}`;
    const make = () => ask('QueryCreditAllocationHistory', body);
    const answer = await makeCall({ operation: 'credit_history', isRetry: true }, make);
    if (answer.kind !== 'answer') return answer;
    const { History: rowsHere, Total: total } = answer.fields;
    if (!Array.isArray(rowsHere) || typeof total !== 'number')
      return { kind: 'unknown', reason: 'the history cannot be read' };
    if (rowsHere.some((row: Fields) => textIn(row, 'Remark') === remark)) return { kind: 'found' };
    if (total < totalBefore) return { kind: 'unknown', reason: 'the history became shorter meanwhile' };
    totalBefore = total;
    seen += rowsHere.length;
    if (rowsHere.length === 0 || seen >= total) return { kind: 'absent' };
  }
};

/** The client for international customers, whose credit is in US dollars. */
export const tencentIntlClient = (role: RoleParts): Cloud => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role, { service: 'intlpartnersmgt', version: '2022-09-28' });
  return {
    id: 'tencent-cloud-intl',
    grant: async ({ cloudAccountId: uin, amountMinor, reference }, orderId, isRetry) => {
      if (!isUin(uin)) return notANumber;
      // Uins and dollars are JSON numbers: written digit by digit, so that none is lost.
      const body = `{"AddedCredit":${toYuan(amountMinor)},"ClientUin":${uin},"Remark":${JSON.stringify(reference)}}`;
      const make = () => ask('AllocateCustomerCredit', body);
      const answer = await makeCall({ operation: 'allocate_credit', orderId, isRetry }, make);
      return answer.kind === 'answer' ? { kind: 'granted' } : answer;
    },
    read: async (uin, isRetry) => {
      if (!isUin(uin)) return notANumber;
      const make = () => ask('QueryCreditByUinList', `{"UinList":[${uin}]}`);
      const answer = await makeCall({ operation: 'query_credit', isRetry }, make);
      if (answer.kind !== 'answer') return answer;
      const { Data: data } = answer.fields;
      const amountMinor =
        Array.isArray(data) && data.length === 1 ? centsIn(data[0] as Fields, 'TotalCredit') : undefined;
      return amountMinor === undefined
        ? { kind: 'unknown', reason: 'credit is not an amount' }
        : { kind: 'reading', amountMinor };
    },
    find: (uin, reference) => sought(uin, reference, makeCall, ask),
  };
};

/** The client for mainland customers, whose money is in yuan. */
export const tencentClient = (role: RoleParts): Cloud => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role, { service: 'partners', version: '2018-03-21' });
  return {
    id: 'tencent-cloud',
    grant: async ({ cloudAccountId, amountMinor }, orderId, isRetry) => {
      const make = () =>
        ask('AgentTransferMoney', `{"ClientUin":${JSON.stringify(cloudAccountId)},"Amount":${amountMinor}}`);
      const answer = await makeCall({ operation: 'transfer_money', orderId, isRetry }, make);
      return answer.kind === 'answer' ? { kind: 'granted' } : answer;
    },
    read: async (cloudAccountId, isRetry) => {
      const make = () => ask('DescribeClientBalanceNew', `{"ClientUin":${JSON.stringify(cloudAccountId)}}`);
      const answer = await makeCall({ operation: 'client_balance', isRetry }, make);
      if (answer.kind !== 'answer') return answer;
      const amountMinor = minorIn(answer.fields, 'Balance');
      return amountMinor === undefined
        ? { kind: 'unknown', reason: 'balance is not an amount' }
        : { kind: 'reading', amountMinor };
    },
  };
};
