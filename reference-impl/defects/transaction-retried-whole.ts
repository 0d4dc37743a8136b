/** Repeats after a deadlock, too, but the whole transaction, of which nothing is left. */
import { creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { isConflict } from './statement-retried-alone.ts';
import { defineVariant } from './variant.ts';

const triesMax = 5;

/** The look-alike of statement-retried-alone. */
export const transactionRetriedWhole = defineVariant({
  id: 'transaction-retried-whole',
  kind: 'look-alike',
  summary: 'Repeats the whole transaction of a credit that met a deadlock.',
  witness: 'concurrent-top-ups',
  invariant: 'balance-equals-ledger',
  parts: {
    ...soundParts,
    credit: async (db, parts, orderId) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await creditOrder(db, parts, orderId);
        } catch (error) {
          if (!isConflict(error) || tries === triesMax) throw error;
        }
      }
    },
  },
});
