/**
 * Our client of Alibaba Cloud's reseller API. Errors come as HTTP 200 with `Success: false` and as 4xx/5xx alike, and
 * a lost answer carries no code at all: hence four kinds of outcome.
 */
import { needed } from '../config.ts';
import { fromSignedYuan, toYuan } from '../payments/yuan.ts';
import type { Answered, Failure } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { type MakeCall, openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';
import { classOf } from './alibaba-codes.ts';
import { acs3Headers } from './alibaba-sign.ts';
import { canonicalQuery } from './canonical-query.ts';
import { type Cloud, notUnderstood } from './cloud.ts';
import type { IsSuccess } from './is-success.ts';

const policy = policyOf('alibaba-cloud');

type Answer = Answered<{ readonly data: unknown }> | Failure;

const answerIn = (isSuccess: IsSuccess, status: number, text: string): Answer => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return notUnderstood('answer is no object');
    const { Success, Code, Data } = body as { Success?: unknown; Code?: unknown; Data?: unknown };
    if (isSuccess({ status, saysSo: Success === true })) return { kind: 'answer', data: Data };
    return classOf(status, typeof Code === 'string' ? Code.slice(0, 64) : '');
  } catch {
    return status === 429 ? classOf(status, '') : notUnderstood(`HTTP ${status}, not JSON`);
  }
};

type Parameters = Readonly<Record<string, string>>;

/** Makes one call, signed; what comes back is an answer or has failed, and nothing is thrown. */
const askerOf = (role: RoleParts) => {
  const { clock, ids } = role.ports;
  const config = needed(role.config.clouds, 'alibaba-cloud');
  const { host } = new URL(config.url);
  const send = openSender<Answer>(role, policy, {
    read: (status, text) => answerIn(role.parts.isSuccess, status, text),
    lost: notUnderstood,
  });
  return (action: string, parameters: Parameters): Promise<Answer> => {
    const query = canonicalQuery(parameters);
    const headers = acs3Headers({ host, action, query, nowMs: clock.nowMs(), nonce: ids.nonce() }, config);
    return send(`${config.url}/?${query}`, { method: 'POST', headers: { ...headers, accept: 'application/json' } });
  };
};

/** What an account may still spend; a reading is for an account, and names no order. */
const quotaReader =
  (makeCall: MakeCall, ask: ReturnType<typeof askerOf>): Cloud['read'] =>
  async (cloudAccountId, isRetry) => {
    const make = () => ask('QueryResellerAvailableQuota', { OwnerId: cloudAccountId });
    const answer = await makeCall({ operation: 'query_quota', isRetry }, make);
    if (answer.kind !== 'answer') return answer;
    const amountMinor = fromSignedYuan(answer.data);
    return amountMinor === undefined
      ? { kind: 'unknown', reason: 'quota is not an amount' }
      : { kind: 'reading', amountMinor };
  };

/** The client that grants by a change of consumption: class K, by `OutBizId`. */
export const alibabaClient = (role: RoleParts): Cloud => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role);
  return {
    id: 'alibaba-cloud',
    grant: async ({ cloudAccountId, amountMinor, reference }, orderId, isRetry) => {
      const change = {
        OwnerId: cloudAccountId,
        // The account's consumption falls, so what it may still spend rises.
        AdjustType: 'decrease',
        Amount: toYuan(amountMinor),
        Currency: 'CNY',
        BusinessType: 'quota_amount_adjust',
        OutBizId: reference,
        Source: 'topup',
      };
      const make = () => ask('ChangeResellerConsumeAmount', change);
      const answer = await makeCall({ operation: 'change_consume_amount', orderId, isRetry }, make);
      return answer.kind === 'answer' ? { kind: 'granted' } : answer;
    },
    read: quotaReader(makeCall, ask),
  };
};

/** The client that grants by setting the quota: class A. No query tells the quota, only what is left of it. */
export const alibabaQuotaClient = (role: RoleParts): Cloud => {
  const makeCall = openProviderCalls(role, policy);
  const ask = askerOf(role);
  return {
    id: 'alibaba-cloud-quota',
    grant: async ({ cloudAccountId, amountMinor, reference, beforeMinor }, orderId, isRetry) => {
      const quota = toYuan(beforeMinor + amountMinor);
      const setting = { OwnerId: cloudAccountId, Amount: quota, Currency: 'CNY', OutBizId: reference };
      const make = () => ask('SetResellerUserQuota', setting);
      const answer = await makeCall({ operation: 'set_quota', orderId, isRetry }, make);
      return answer.kind === 'answer' ? { kind: 'granted' } : answer;
    },
    read: quotaReader(makeCall, ask),
  };
};
