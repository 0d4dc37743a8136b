/** The step from PAYMENT_SUCCEEDED to CREDITED: state, ledger, balance and outbox in one transaction, or none of it. */
import { inTransaction } from '../db/transaction.ts';
import type { Parts } from '../parts.ts';
import type { Db } from '../ports.ts';
import { paidOrderNamed, postCredit } from './post-credit.ts';

/** Credits a confirmed order; true when this call did it. Rejects without a trace when the database fails. */
export type CreditOrder = (db: Db, parts: Parts, orderId: string) => Promise<boolean>;

/** Moving the order comes first: of several callers one gets it, the others have nothing to credit. */
export const creditOrder: CreditOrder = (db, parts, orderId) =>
  inTransaction(db, async (client) => {
    const paid = await paidOrderNamed(client, orderId);
    const move = {
      orderId,
      from: ['PAYMENT_SUCCEEDED'],
      to: 'CREDITED',
      cause: 'ledger',
      reference: paid.tradeNo,
    } as const;
    const { moved } = await parts.transition(client, move);
    return moved && (await postCredit(client, parts, paid));
  });
