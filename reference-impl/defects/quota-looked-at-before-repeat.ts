/**
 * Looks at an account before it sets a quota once more, and leaves it alone when it has grown. Right: both begin from
 * our own books.
 */
import { soundParts } from '../parts.ts';
import { strategyPerClass } from '../provisioning/repeat-policy.ts';
import { decidedByGrowth } from '../provisioning/strategies/growth.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of quota-read-before-each-set. */
export const quotaLookedAtBeforeRepeat = defineVariant({
  id: 'quota-looked-at-before-repeat',
  kind: 'look-alike',
  summary: 'Asks the cloud whether a lost quota was set, and repeats it only when it was not.',
  witness: 'lost-answers-everywhere',
  invariant: 'granted-once',
  parts: {
    ...soundParts,
    repeat: { ...strategyPerClass, A: { ...strategyPerClass.A, afterLostAnswer: decidedByGrowth } },
  },
});
