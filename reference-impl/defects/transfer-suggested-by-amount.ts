/**
 * Looks for the order that the money may have been meant for, and tells the person who has to decide. Right, although
 * it matches by amount: nothing is credited for it.
 */
import { soundParts } from '../parts.ts';
import { keptForPerson } from '../reconciliation/settle-entries.ts';
import { alikeOrder } from './alike-order.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of transfer-matched-by-amount. */
export const transferSuggestedByAmount = defineVariant({
  id: 'transfer-suggested-by-amount',
  kind: 'look-alike',
  summary: 'Names the oldest order that waits for the same amount to the person who keeps the money.',
  witness: 'nameless-transfers',
  invariant: 'no-unbacked-credit',
  parts: {
    ...soundParts,
    setAside: async (role, entry) => {
      const orderId = await alikeOrder(role, entry);
      if (orderId !== undefined)
        role.ports.log.warn({ entryId: entry.entry_id, orderId }, 'may be meant for this order');
      await keptForPerson(role, entry);
    },
  },
});
