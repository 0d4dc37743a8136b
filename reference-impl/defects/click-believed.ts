/**
 * Takes the buyer's "I have paid" for a payment. In the wild: shops that credit on the return page, which anybody can
 * open. Witness: one confirm request for an order whose notice is lost.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that credits what no provider has confirmed. */
export const clickBelieved = defineVariant({
  id: 'click-believed',
  kind: 'defect',
  summary:
    "Confirms an order when its buyer says that it is paid, under a number of its own, without the provider's word.",
  witness: 'click-instead-of-webhook',
  invariant: 'no-unbacked-credit',
  parts: {
    ...soundParts,
    ask: async (_provider, { id, amountMinor, currency }) => {
      return { kind: 'captured', tradeNo: `return_page_${id}`, amountMinor, currency };
    },
  },
});
