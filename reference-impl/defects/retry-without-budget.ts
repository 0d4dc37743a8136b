/**
 * Sends a call that had no answer again at once, twenty-five times side by side, up to twice, and has neither budget
 * nor breaker nor jitter. In the wild: every layer around a client repeats by itself, and nobody counts. Witness: a
 * provider that breaks every connection for a while.
 */
import { soundParts } from '../parts.ts';
import type { Guard } from '../resilience/guard.ts';
import { carefulRetries } from '../resilience/policy.ts';
import { defineVariant } from './variant.ts';

const roundsMax = 2;
const sideBySide = 25;

const insisting: Guard = {
  call: async (_isRetry, make) => {
    let answer = await make();
    for (let round = 0; answer.isStrain === true && round < roundsMax; round += 1) {
      const answers = await Promise.all(Array.from({ length: sideBySide }, make));
      answer = answers.find(({ isStrain }) => isStrain !== true) ?? answer;
    }
    return answer;
  },
};

/** The defect that keeps a provider down. */
export const retryWithoutBudget = defineVariant({
  id: 'retry-without-budget',
  kind: 'defect',
  summary: 'Repeats an unanswered call up to fifty times at once, without a budget, a breaker, or jitter.',
  witness: 'provider-outage',
  invariant: 'bounded-retries',
  parts: {
    ...soundParts,
    resilience: { ...carefulRetries, guard: () => insisting, waitMs: ({ firstMs }) => firstMs },
  },
});
