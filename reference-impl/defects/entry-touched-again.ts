/**
 * Writes the entry of a payment again when its notice comes again, as tools do that know "save" and no "insert". In the
 * wild: an upsert whose update branch sets a date. Witness: one notice that arrives twice.
 */
import { creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { everyArrivalIsNew } from './dedup-by-business-fact.ts';
import { defineVariant } from './variant.ts';

/** The defect that rewrites history. */
export const entryTouchedAgain = defineVariant({
  id: 'entry-touched-again',
  kind: 'defect',
  summary: 'Sets the date of an entry anew each time that its payment is reported again.',
  witness: 'duplicate-webhooks',
  invariant: 'append-only-ledger',
  parts: {
    ...soundParts,
    inbox: everyArrivalIsNew,
    credit: async (db, parts, orderId) => {
      const credited = await creditOrder(db, parts, orderId);
      if (!credited) {
        const later = `created_at + interval '1 millisecond'`;
        await db.query(`update topup.journal_entries set created_at = ${later} where order_id = $1`, [orderId]);
      }
      return credited;
    },
  },
  overlay: new URL('./entry-touched-again.sql', import.meta.url),
});
