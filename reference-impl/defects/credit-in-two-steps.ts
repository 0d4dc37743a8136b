/**
 * Moves the order in one transaction and writes the ledger in the next, and repeats the second until it is done: in
 * the memory of the process. In the wild: a handler that saves a status and then "just" calls the ledger. Witness: one
 * process that dies between the two.
 */
import { inTransaction } from '../db/transaction.ts';
import { type CreditOrder, creditMove } from '../ledger/credit-order.ts';
import { paidOrderNamed, postCredit } from '../ledger/post-credit.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** So patient that only an end of the process ends it before the credit is written. */
const triesMax = 200;

/** Does `work` again after each error, without a word to anybody. */
export const untilDone = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === triesMax) throw error;
    }
  }
};

const creditInSteps: CreditOrder = async (db, parts, orderId) => {
  const paid = await inTransaction(db, async (client) => {
    const found = await paidOrderNamed(client, orderId);
    const { moved } = await parts.transition(client, creditMove(found));
    return moved ? found : undefined;
  });
  return paid !== undefined && untilDone(() => inTransaction(db, (client) => postCredit(client, parts, paid)));
};

/** The defect that only a death in between reveals. */
export const creditInTwoSteps = defineVariant({
  id: 'credit-in-two-steps',
  kind: 'defect',
  summary:
    'Notes that an order is credited before it writes the ledger, in two transactions; a dead process leaves one.',
  witness: 'webhook-worker-killed',
  invariant: 'no-lost-credit',
  parts: { ...soundParts, credit: creditInSteps },
});
