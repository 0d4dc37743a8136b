/**
 * Repeats a grant whose answer was lost under the same reference, at every cloud. Right where the cloud takes that
 * reference for a key; where it takes none, or only keeps it, the repeat is one more grant. In the wild: one retry
 * middleware around the clients of all vendors; Huawei Cloud's own SDK sends an adjustment again at its second address.
 * Witness: one grant at a cloud without keys that is done while its answer is lost.
 */
import { soundParts } from '../parts.ts';
import { sameEverywhere, strategyPerClass } from '../provisioning/repeat-policy.ts';
import { defineVariant } from './variant.ts';

/** The defect that grants twice wherever no key forbids it. */
export const oneRetryPolicyForAllClouds = defineVariant({
  id: 'one-retry-policy-for-all-clouds',
  kind: 'defect',
  summary: 'Repeats an unanswered grant under its first reference at every cloud, as if each took it for a key.',
  witness: 'lost-answers-everywhere',
  invariant: 'granted-once',
  parts: {
    ...soundParts,
    repeat: sameEverywhere({ ...strategyPerClass.K, afterLostAnswer: async () => 'repeat' }),
  },
});
