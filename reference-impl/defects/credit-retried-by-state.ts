/**
 * Writes a credit again after an error as well, but asks the order first: it is credited only as long as it waits for
 * its credit, and a commit whose answer was lost has moved it on.
 */
import { type CreditOrder, creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

const creditAgainIfDue: CreditOrder = async (db, parts, orderId) => {
  try {
    return await creditOrder(db, parts, orderId);
  } catch {
    return creditOrder(db, parts, orderId);
  }
};

/** The look-alike of credit-retried-blindly. */
export const creditRetriedByState = defineVariant({
  id: 'credit-retried-by-state',
  kind: 'look-alike',
  summary:
    'Writes a credit again after an error, without a unique key; the state of the order says if it is still due.',
  witness: 'ledger-write-fails',
  invariant: 'no-double-credit',
  parts: { ...soundParts, credit: creditAgainIfDue },
  overlay: new URL('./credit-without-dedup.sql', import.meta.url),
});
