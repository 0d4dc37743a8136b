/**
 * Our client of Alibaba Cloud's reseller API. Errors come as HTTP 200 with `Success: false` and as 4xx/5xx alike, and
 * a lost answer carries no code at all: hence four kinds of outcome.
 */
import { type CloudConfig, needed } from '../config.ts';
import { fromSignedYuan, toYuan } from '../payments/yuan.ts';
import { errorText } from '../resilience/error-text.ts';
import { type Failure, withRetryAfter } from '../resilience/failure.ts';
import { cloudPolicy } from '../resilience/policy.ts';
import type { RoleParts } from '../service.ts';
import { overcallsIn } from '../telemetry/overcalls.ts';
import { classOf } from './alibaba-codes.ts';
import { acs3Headers, canonicalQuery } from './alibaba-sign.ts';

/** The outcome of a grant. */
export type Grant = { readonly kind: 'granted' } | Failure;

/** The reading of a quota, in minor units. */
export type Quota = { readonly kind: 'quota'; readonly quotaMinor: bigint } | Failure;

/** The calls the service makes; `isRetry` when one would not be made but for an earlier failure. */
export interface Cloud {
  /** Raises what the account may spend by `amountMinor` CNY; the same `outBizId` has one effect however often sent. */
  grant(cloudAccountId: string, amountMinor: bigint, outBizId: string, isRetry: boolean): Promise<Grant>;
  quota(cloudAccountId: string, isRetry: boolean): Promise<Quota>;
}

interface Answered {
  readonly kind: 'answer';
  readonly data: unknown;
}

type Answer = (Answered & { readonly isStrain?: false; readonly waitMs?: never }) | Failure;

const notUnderstood = (reason: string): Failure => ({ kind: 'unknown', reason, isStrain: true });

const answerIn = (status: number, text: string): Answer => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return notUnderstood('answer is no object');
    const { Success, Code, Data } = body as { Success?: unknown; Code?: unknown; Data?: unknown };
    if (status === 200 && Success === true) return { kind: 'answer', data: Data };
    return classOf(status, typeof Code === 'string' ? Code.slice(0, 64) : '');
  } catch {
    return status === 429 ? classOf(status, '') : notUnderstood(`HTTP ${status}, not JSON`);
  }
};

type Parameters = Readonly<Record<string, string>>;

/** Makes one call, signed; what comes back is an answer or has failed, and nothing is thrown. */
const askerOf = (role: RoleParts) => {
  const { http, clock, ids } = role.ports;
  const { times } = role.config;
  const config: CloudConfig = needed(role.config, 'cloud');
  const { host } = new URL(config.url);

  return async (action: string, parameters: Parameters): Promise<Answer> => {
    const query = canonicalQuery(parameters);
    const headers = acs3Headers({ host, action, query, nowMs: clock.nowMs(), nonce: ids.nonce() }, config);
    try {
      const response = await http(`${config.url}/?${query}`, {
        method: 'POST',
        headers: { ...headers, accept: 'application/json' },
        timeoutMs: cloudPolicy.timeoutMs,
      });
      const answer = answerIn(response.status, await response.text());
      return withRetryAfter(answer, response.headers, clock.nowMs(), times.retryAfterMaxMs);
    } catch (error) {
      return notUnderstood(errorText(error));
    }
  };
};

/** The client of a role whose `config` must hold cloud. */
export const cloudClient = (role: RoleParts): Cloud => {
  const { config, ports, parts, count, show } = role;
  const guard = parts.resilience.guard(cloudPolicy, config.times, { ...ports, count, show });
  const noteCall = overcallsIn(show, cloudPolicy.dependency);
  const ask = askerOf(role);

  const send = async (action: string, parameters: Parameters): Promise<Answer> => {
    const answer = await ask(action, parameters);
    // A reading of the quota is for an account, and names no order.
    if (parameters.OutBizId !== undefined) noteCall(action, parameters.OutBizId, answer.isStrain !== true);
    return answer;
  };

  const call = (action: string, parameters: Parameters, isRetry: boolean): Promise<Answer> =>
    guard.call(isRetry, () => send(action, parameters));

  const counted = (operation: 'change_consume_amount' | 'query_quota', answer: Answer): Answer => {
    if (answer.kind !== 'answer' && answer.turnedAway !== undefined) return answer;
    const outcome = answer.kind === 'answer' ? 'ok' : answer.kind === 'unknown' ? 'unknown' : 'refused';
    count('topup_dependency_requests_total', { dependency: 'alibaba-cloud', operation, outcome });
    return answer;
  };

  return {
    grant: async (cloudAccountId, amountMinor, outBizId, isRetry) => {
      const change = {
        OwnerId: cloudAccountId,
        // The account's consumption falls, so what it may still spend rises.
        AdjustType: 'decrease',
        Amount: toYuan(amountMinor),
        Currency: 'CNY',
        BusinessType: 'quota_amount_adjust',
        OutBizId: outBizId,
        Source: 'topup',
      };
      const answer = counted('change_consume_amount', await call('ChangeResellerConsumeAmount', change, isRetry));
      return answer.kind === 'answer' ? { kind: 'granted' } : answer;
    },
    quota: async (cloudAccountId, isRetry) => {
      const asked = call('QueryResellerAvailableQuota', { OwnerId: cloudAccountId }, isRetry);
      const answer = counted('query_quota', await asked);
      if (answer.kind !== 'answer') return answer;
      const quotaMinor = fromSignedYuan(answer.data);
      return quotaMinor === undefined
        ? { kind: 'unknown', reason: 'quota is not an amount' }
        : { kind: 'quota', quotaMinor };
    },
  };
};
