/**
 * Sets a quota to what the cloud tells just now and the amount. In the wild: read, add, set, because an absolute amount
 * looks as if a repeat were harmless. Where the answer to the first one was lost, the second one begins from what the
 * first has made. Witness: one lost answer to a quota that was set.
 */
import { soundParts } from '../parts.ts';
import { strategyPerClass } from '../provisioning/repeat-policy.ts';
import { defineVariant } from './variant.ts';

/** The defect that adds a lost amount once more. */
export const quotaReadBeforeEachSet = defineVariant({
  id: 'quota-read-before-each-set',
  kind: 'defect',
  summary: 'Starts each attempt to set a quota from what the cloud tells, also one that repeats a lost one.',
  witness: 'lost-answers-everywhere',
  invariant: 'granted-once',
  parts: {
    ...soundParts,
    repeat: { ...strategyPerClass, A: { ...strategyPerClass.A, startsFromOwnBooks: false } },
  },
});
