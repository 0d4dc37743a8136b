/**
 * Takes an error for the proof that nothing was written. A commit whose answer was lost is written again, past the
 * state of the order. Witness: one credit that commits while its connection breaks.
 */
import { type CreditOrder, creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { creditEveryTime } from './credit-without-dedup.ts';
import { defineVariant } from './variant.ts';

const creditAgainOnError: CreditOrder = async (db, parts, orderId) => {
  try {
    return await creditOrder(db, parts, orderId);
  } catch {
    return creditEveryTime(db, parts, orderId);
  }
};

/** The defect that repeats what may have been done. */
export const creditRetriedBlindly = defineVariant({
  id: 'credit-retried-blindly',
  kind: 'defect',
  summary: 'Writes a credit again after an error, as if an error meant that nothing was committed; no unique key.',
  witness: 'ledger-write-fails',
  invariant: 'no-double-credit',
  parts: { ...soundParts, credit: creditAgainOnError },
  overlay: new URL('./credit-without-dedup.sql', import.meta.url),
});
