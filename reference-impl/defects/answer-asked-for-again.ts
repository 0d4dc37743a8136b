/**
 * Asks once more, at once, when there was no answer or none that can be believed, and believes the second only if it is
 * signed. Right: each answer is looked at by itself, and asking changes nothing.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of answer-taken-on-trust. */
export const answerAskedForAgain = defineVariant({
  id: 'answer-asked-for-again',
  kind: 'look-alike',
  summary: 'Asks the provider again, at once, when a click had no answer that can be believed, and goes by the second.',
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
