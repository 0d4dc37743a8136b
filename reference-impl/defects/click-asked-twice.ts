/**
 * Asks the provider twice before it believes a click, and needs the same answer both times. Right, although the first
 * answer alone would do.
 */
import { isDeepStrictEqual } from 'node:util';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of click-believed. */
export const clickAskedTwice = defineVariant({
  id: 'click-asked-twice',
  kind: 'look-alike',
  summary: 'Confirms an order after a click only when the provider says the same thing twice.',
  witness: 'click-instead-of-webhook',
  invariant: 'no-unbacked-credit',
  parts: {
    ...soundParts,
    ask: async (provider, order) => {
      const [first, second] = [await provider.query(order), await provider.query(order)];
      return isDeepStrictEqual(first, second) ? second : { kind: 'open' };
    },
  },
});
