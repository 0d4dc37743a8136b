/**
 * Takes a lease of twenty seconds on a credit, and believes in it to the end. In the wild: the lock with a time to live
 * and no fencing token, and a holder that stands still for longer (Kleppmann, "How to do distributed locking", 2016).
 * Witness: a worker that is overtaken by the sweep while it believes that it is alone.
 */
import type { CreditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { creditEveryTime } from './credit-without-dedup.ts';
import { defineVariant } from './variant.ts';

/** Credits by `credit` whoever gets the lease; false when somebody else has it, or when there is nothing to credit. */
export const underLease =
  (credit: CreditOrder): CreditOrder =>
  async (db, parts, orderId) => {
    const { rowCount } = await db.query(
      `update topup.orders set credit_lease_until = now() + interval '20 seconds'
       where id = $1 and state = 'PAYMENT_SUCCEEDED' and coalesce(credit_lease_until <= now(), true)`,
      [orderId],
    );
    return rowCount === 1 && credit(db, parts, orderId);
  };

/** The defect that only a pause of its holder reveals. */
export const leaseTakenForLock = defineVariant({
  id: 'lease-taken-for-lock',
  kind: 'defect',
  summary: 'Credits under a lease without looking again whether the order still waits for its credit.',
  witness: 'concurrent-top-ups',
  invariant: 'no-double-credit',
  unreachable: 'its lease lasts twenty seconds, and a worker in real time would have to stand still for longer',
  parts: { ...soundParts, credit: underLease(creditEveryTime) },
  overlay: new URL('./lease-taken-for-lock.sql', import.meta.url),
});
