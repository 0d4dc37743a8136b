/**
 * Asks once more, at once, when an answer cannot be believed, and believes the second only if it is signed. Right: each
 * answer is looked at by itself, and asking changes nothing.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of answer-taken-on-trust. */
export const answerAskedForAgain = defineVariant({
  id: 'answer-asked-for-again',
  kind: 'look-alike',
  summary: 'Asks the provider again, at once, when an answer to a click is not signed, and goes by the second one.',
  witness: 'altered-answers',
  invariant: 'exact-match',
  parts: {
    ...soundParts,
    ask: async (provider, order) => {
      const trade = await provider.query(order);
      return trade.kind === 'unknown' ? provider.query(order) : trade;
    },
  },
});
