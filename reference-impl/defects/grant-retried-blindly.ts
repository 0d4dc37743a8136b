/**
 * Repeats a grant whose answer was lost under a fresh reference and without looking. In the wild: vendor SDKs that
 * send a POST again on their own after a reset. Witness: one grant that is done while its answer is lost.
 */
import { soundParts } from '../parts.ts';
import { sameEverywhere } from '../provisioning/repeat-policy.ts';
import { defineVariant } from './variant.ts';

/** The defect that grants twice. */
export const grantRetriedBlindly = defineVariant({
  id: 'grant-retried-blindly',
  kind: 'defect',
  summary: 'Repeats an unanswered grant at once and draws a new OutBizId for each attempt.',
  witness: 'lost-grant-answer',
  invariant: 'granted-once',
  parts: {
    ...soundParts,
    repeat: sameEverywhere({
      reference: (orderId, nth) => `${orderId}_${nth}`,
      waitsForArrival: false,
      startsFromOwnBooks: false,
      afterLostAnswer: async () => 'repeat',
    }),
  },
});
