/**
 * Repeats a grant whose answer was lost without looking, but under the same reference. Right at this cloud, because
 * OutBizId makes the repeat harmless; it would be wrong at one without such a field.
 */
import { soundParts } from '../parts.ts';
import { strategyPerClass } from '../provisioning/repeat-policy.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of grant-retried-blindly. */
export const grantRetriedSameReference = defineVariant({
  id: 'grant-retried-same-reference',
  kind: 'look-alike',
  summary: 'Repeats an unanswered grant without asking for the quota first, with the OutBizId of the first attempt.',
  witness: 'lost-grant-answer',
  invariant: 'granted-once',
  parts: {
    ...soundParts,
    repeat: { ...strategyPerClass, K: { ...strategyPerClass.K, afterLostAnswer: async () => 'repeat' } },
  },
});
