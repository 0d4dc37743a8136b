/** The step from PAYMENT_SUCCEEDED to CREDITED: state, ledger, balance and outbox in one transaction, or none of it. */
import { inTransaction } from '../db/transaction.ts';
import type { Move } from '../orders/transition.ts';
import type { Parts } from '../parts.ts';
import type { Db } from '../ports.ts';
import { type PaidOrder, paidOrderNamed, postCredit } from './post-credit.ts';

/** Credits a confirmed order; true when this call did it. Rejects without a trace when the database fails. */
export type CreditOrder = (db: Db, parts: Parts, orderId: string) => Promise<boolean>;

/** The move that a credit belongs to. */
export const creditMove = ({ orderId, tradeNo }: PaidOrder): Move => ({
  orderId,
  from: ['PAYMENT_SUCCEEDED'],
  to: 'CREDITED',
  cause: 'ledger',
  reference: tradeNo,
});

/** Moving the order comes first: of several callers one gets it, the others have nothing to credit. */
export const creditOrder: CreditOrder = (db, parts, orderId) =>
  inTransaction(db, async (client) => {
    const paid = await paidOrderNamed(client, orderId);
    const { moved } = await parts.transition(client, creditMove(paid));
    return moved && (await postCredit(client, parts, paid));
  });
