/** How each provider is called when things go wrong: its numbers, and the pieces that a defect may swap. */
import type { Times } from '../config.ts';
import { type Backoff, fullJitterMs } from './backoff.ts';
import { type Guard, type GuardPorts, openGuard } from './guard.ts';

/** Every provider, as metrics call it. */
export const dependencies = [
  'alibaba-cloud',
  'alipay',
  'bank-transfer',
  'huawei-cloud',
  'standard-webhooks',
  'stripe',
  'tencent-cloud',
  'wechat-pay',
] as const;

/** One of them. */
export type Dependency = (typeof dependencies)[number];

/** The numbers of one provider. Waits are in `Times`, where they follow the run's scale. */
export interface Policy {
  readonly dependency: Dependency;
  /** A whole answer takes at most so long; the network is as fast in a scaled world. */
  readonly timeoutMs: number;
  /** So many strained answers in a row open the breaker. */
  readonly strainsInRow: number;
  /** Retries per call that is none. */
  readonly retryShare: number;
  /** Retries that may be made at once after a calm time. */
  readonly retryBurst: number;
}

/** The numbers that suit every provider that is served; each has a breaker and a budget of its own. */
export const policyOf = (dependency: Dependency): Policy => ({
  dependency,
  timeoutMs: 5_000,
  strainsInRow: 5,
  retryShare: 0.1,
  retryBurst: 20,
});

/** After so many calls without a usable answer a person must look. */
export interface Caps {
  /** Of one order, by operation. */
  readonly precreate: number;
  readonly change: number;
  /** Of one order's grant over all its operations, readings of the quota included. */
  readonly grant: number;
}

/** The pieces that decide how much a failing provider is asked. */
export interface Resilience {
  readonly caps: Caps;
  /** The wait after so many failures of one order; `unit` is uniform in [0, 1). */
  waitMs(backoff: Backoff, failures: number, unit: number): number;
  guard(policy: Policy, times: Times, ports: GuardPorts): Guard;
}

/** Budget, breaker, caps, and full jitter. */
export const carefulRetries: Resilience = {
  caps: { precreate: 12, change: 10, grant: 30 },
  waitMs: fullJitterMs,
  guard: openGuard,
};
