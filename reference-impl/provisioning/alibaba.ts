/**
 * Our client of Alibaba Cloud's reseller API. Errors come as HTTP 200 with `Success: false` and as 4xx/5xx alike, and
 * a lost answer carries no code at all: hence four kinds of outcome.
 */
import type { CloudConfig } from '../config.ts';
import { fromSignedYuan, toYuan } from '../payments/yuan.ts';
import type { Ports } from '../ports.ts';
import { errorText } from '../resilience/error-text.ts';
import type { Count } from '../telemetry/counters.ts';
import { acs3Headers, canonicalQuery } from './alibaba-sign.ts';

/** `retry`: certainly not done, may be tried again; `refused`: certainly not done, and a person must look. */
export type Failure = { readonly kind: 'retry' | 'refused' | 'unknown'; readonly reason: string };

/** The outcome of a grant. */
export type Grant = { readonly kind: 'granted' } | Failure;

/** The reading of a quota, in minor units. */
export type Quota = { readonly kind: 'quota'; readonly quotaMinor: bigint } | Failure;

/** The calls the service makes. */
export interface Cloud {
  /** Raises what the account may spend by `amountMinor` CNY; the same `outBizId` has one effect however often sent. */
  grant(cloudAccountId: string, amountMinor: bigint, outBizId: string): Promise<Grant>;
  quota(cloudAccountId: string): Promise<Quota>;
}

type Answer = { readonly kind: 'answer'; readonly data: unknown } | Failure;

/** Codes that say the call was turned away before anything happened. */
const turnedAway = /^(Throttling|ServiceUnavailable|SignatureNonceUsed)/;
/** Codes after which nobody knows whether it happened, as after any 5xx. */
const undecided = /^(|200|InternalError|CreditInnerError|SystemError)$/;

const failureFor = (status: number, code: string): Failure => {
  const reason = `HTTP ${status} ${code}`;
  if (turnedAway.test(code)) return { kind: 'retry', reason };
  return { kind: status >= 500 || undecided.test(code) ? 'unknown' : 'refused', reason };
};

const answerIn = (status: number, text: string): Answer => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return { kind: 'unknown', reason: 'answer is no object' };
    const { Success, Code, Data } = body as { Success?: unknown; Code?: unknown; Data?: unknown };
    if (status === 200 && Success === true) return { kind: 'answer', data: Data };
    return failureFor(status, typeof Code === 'string' ? Code.slice(0, 64) : '');
  } catch {
    return { kind: 'unknown', reason: `HTTP ${status}, not JSON` };
  }
};

/** Binds the client to its keys and ports. */
export const cloudClient = (config: CloudConfig, { http, clock, ids }: Ports, count: Count): Cloud => {
  const { host } = new URL(config.url);

  const call = async (action: string, parameters: Readonly<Record<string, string>>): Promise<Answer> => {
    const query = canonicalQuery(parameters);
    const headers = acs3Headers({ host, action, query, nowMs: clock.nowMs(), nonce: ids.nonce() }, config);
    try {
      const response = await http(`${config.url}/?${query}`, {
        method: 'POST',
        headers: { ...headers, accept: 'application/json' },
      });
      return answerIn(response.status, await response.text());
    } catch (error) {
      return { kind: 'unknown', reason: errorText(error) };
    }
  };

  const counted = (operation: 'change_consume_amount' | 'query_quota', answer: Answer): Answer => {
    const outcome = answer.kind === 'answer' ? 'ok' : answer.kind === 'unknown' ? 'unknown' : 'refused';
    count('topup_dependency_requests_total', { dependency: 'alibaba-cloud', operation, outcome });
    return answer;
  };

  return {
    grant: async (cloudAccountId, amountMinor, outBizId) => {
      const answer = await call('ChangeResellerConsumeAmount', {
        OwnerId: cloudAccountId,
        // The account's consumption falls, so what it may still spend rises.
        AdjustType: 'decrease',
        Amount: toYuan(amountMinor),
        Currency: 'CNY',
        BusinessType: 'quota_amount_adjust',
        OutBizId: outBizId,
        Source: 'topup',
      });
      const { kind } = counted('change_consume_amount', answer);
      return kind === 'answer' ? { kind: 'granted' } : (answer as Failure);
    },
    quota: async (cloudAccountId) => {
      const answer = counted('query_quota', await call('QueryResellerAvailableQuota', { OwnerId: cloudAccountId }));
      if (answer.kind !== 'answer') return answer;
      const quotaMinor = fromSignedYuan(answer.data);
      return quotaMinor === undefined
        ? { kind: 'unknown', reason: 'quota is not an amount' }
        : { kind: 'quota', quotaMinor };
    },
  };
};
