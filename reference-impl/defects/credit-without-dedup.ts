/**
 * Credits per delivery instead of per payment. In the wild: wasp-lang/open-saas #688, where a repeated invoice.paid
 * doubled the credits. Witness: one paid notice that arrives twice.
 */
import { inTransaction } from '../db/transaction.ts';
import { type CreditOrder, creditMove } from '../ledger/credit-order.ts';
import { paidOrderNamed, postCredit } from '../ledger/post-credit.ts';
import { soundParts } from '../parts.ts';
import { everyArrivalIsNew } from './dedup-by-business-fact.ts';
import { defineVariant } from './variant.ts';

/** Posts whether or not the order still waited for its credit. */
export const creditEveryTime: CreditOrder = (db, parts, orderId) =>
  inTransaction(db, async (client) => {
    const paid = await paidOrderNamed(client, orderId);
    await parts.transition(client, creditMove(paid));
    return postCredit(client, parts, paid);
  });

/** The defect that credits each delivery. */
export const creditWithoutDedup = defineVariant({
  id: 'credit-without-dedup',
  kind: 'defect',
  summary: 'Forgets which webhooks and which payments were handled: no inbox, no business fact, no unique key.',
  witness: 'duplicate-webhooks',
  invariant: 'no-double-credit',
  parts: { ...soundParts, inbox: everyArrivalIsNew, credit: creditEveryTime },
  overlay: new URL('./credit-without-dedup.sql', import.meta.url),
});
