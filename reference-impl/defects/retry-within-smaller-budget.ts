/**
 * Has a tenth of the budget, waits between half of the bound and all of it, and repeats once at once. Right, because
 * what it repeats at once is paid from the same budget.
 */
import { soundParts } from '../parts.ts';
import { boundMs } from '../resilience/backoff.ts';
import type { Guard } from '../resilience/guard.ts';
import { carefulRetries } from '../resilience/policy.ts';
import { defineVariant } from './variant.ts';

/** Repeats once at once, as a retry like any other. */
const onceMore = (guard: Guard): Guard => ({
  call: async (isRetry, make) => {
    const answer = await guard.call(isRetry, make);
    return answer.isStrain === true ? guard.call(true, make) : answer;
  },
});

/** The look-alike of retry-without-budget. */
export const retryWithinSmallerBudget = defineVariant({
  id: 'retry-within-smaller-budget',
  kind: 'look-alike',
  summary: 'Repeats an unanswered call once at once from a smaller budget, and waits at least half of the bound.',
  witness: 'provider-outage',
  invariant: 'bounded-retries',
  parts: {
    ...soundParts,
    resilience: {
      ...carefulRetries,
      guard: (policy, times, ports) =>
        onceMore(carefulRetries.guard({ ...policy, retryShare: 0.01, retryBurst: 2 }, times, ports)),
      waitMs: (backoff, failures, unit) => Math.round((boundMs(backoff, failures) * (1 + unit)) / 2),
    },
  },
});
