/**
 * Treats every cloud as the one that can do least: waits until a lost call can no longer arrive, compares what the
 * account had with what it has, and repeats only what is not there. Right everywhere, although slower where a key would
 * do, and undecided more often.
 */
import { soundParts } from '../parts.ts';
import { sameEverywhere, strategyPerClass } from '../provisioning/repeat-policy.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of one-retry-policy-for-all-clouds. */
export const oneCautiousPolicyForAllClouds = defineVariant({
  id: 'one-cautious-policy-for-all-clouds',
  kind: 'look-alike',
  summary: 'Finds out about an unanswered grant by the growth of the account at every cloud, keyed ones among them.',
  witness: 'lost-answers-everywhere',
  invariant: 'granted-once',
  parts: { ...soundParts, repeat: sameEverywhere(strategyPerClass.N) },
});
