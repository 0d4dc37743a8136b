/** Stands before one provider in one process: lets calls through, turns others away, and learns from the answers. */
import type { Times } from '../config.ts';
import type { Ports } from '../ports.ts';
import type { Count } from '../telemetry/counters.ts';
import type { Show } from '../telemetry/gauges.ts';
import { breakerStates, createBreaker } from './breaker.ts';
import type { Failure } from './failure.ts';
import type { Policy } from './policy.ts';
import { createRetryBudget } from './retry-budget.ts';

/** What a guard lives on. */
export type GuardPorts = Pick<Ports, 'clock' | 'ids' | 'log'> & { readonly count: Count; readonly show: Show };

/** As much of an answer as a guard looks at. */
type Judged = Pick<Failure, 'isStrain' | 'waitMs'>;

/** The guard of one provider. */
export interface Guard {
  /**
   * Makes the call, or turns it away; `isRetry` when it would not be made but for an earlier failure. `make` must not
   * reject.
   */
  call<Answer extends Judged>(isRetry: boolean, make: () => Promise<Answer>): Promise<Answer | Failure>;
}

/** A guard with a closed breaker and a full budget; it shows both as gauges. */
export const openGuard = (policy: Policy, times: Times, { clock, ids, log, count, show }: GuardPorts): Guard => {
  const { dependency } = policy;
  const breaker = createBreaker({
    strainsInRow: policy.strainsInRow,
    open: { firstMs: times.breakerOpenMs, maxMs: times.breakerOpenMaxMs },
    unit: () => ids.unit(),
    moved: (to) => {
      count('topup_circuit_breaker_transitions_total', { dependency, to });
      log.warn({ dependency, to }, 'breaker moved');
    },
  });
  const { retryShare: share, retryBurst: burst } = policy;
  const budget = createRetryBudget({ share, burst, tokenMs: times.retryTokenMs }, clock.nowMs());
  const labels = { dependency };
  show('topup_circuit_breaker_state', labels, () => breakerStates.indexOf(breaker.state));
  show('topup_retry_budget_left', labels, () => budget.left(clock.nowMs()));

  const turnedAway = (by: 'breaker' | 'budget', waitMs: number): Failure => {
    count('topup_calls_turned_away_total', { dependency, by });
    const reason = by === 'breaker' ? `the breaker of ${dependency} is open` : `no retry left for ${dependency}`;
    return { kind: 'retry', reason, turnedAway: by, waitMs };
  };
  return {
    call: async (isRetry, make) => {
      const waitMs = breaker.waitMs(clock.nowMs());
      if (waitMs !== undefined) return turnedAway('breaker', waitMs);
      if (isRetry && !budget.spend(clock.nowMs())) return turnedAway('budget', times.retryTokenMs);
      if (isRetry) count('topup_retries_total', { dependency });
      else budget.earn();
      const ticket = breaker.enter();
      const answer = await make();
      breaker.leave(ticket, clock.nowMs(), answer.isStrain === true, answer.waitMs);
      return answer;
    },
  };
};
