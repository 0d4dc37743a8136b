/**
 * Offers the entry of a payment again when its notice comes again, and the ledger keeps the one it has. Right, although
 * it writes to the ledger each time.
 */
import { creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { everyArrivalIsNew } from './dedup-by-business-fact.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of entry-touched-again. */
export const entryOfferedAgain = defineVariant({
  id: 'entry-offered-again',
  kind: 'look-alike',
  summary: 'Inserts an entry anew each time that its payment is reported again; the unique key drops it.',
  witness: 'duplicate-webhooks',
  invariant: 'append-only-ledger',
  parts: {
    ...soundParts,
    inbox: everyArrivalIsNew,
    credit: async (db, parts, orderId) => {
      const credited = await creditOrder(db, parts, orderId);
      if (!credited) {
        await db.query(
          `insert into topup.journal_entries (kind, order_id, payment_id)
           select 'TOPUP_CREDIT', order_id, id from topup.payments where order_id = $1 on conflict do nothing`,
          [orderId],
        );
      }
      return credited;
    },
  },
});
