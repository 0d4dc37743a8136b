/**
 * Repeats the statement that was a deadlock's victim, in a new transaction: what the old one had done is gone, and the
 * rest goes on as if it were not. In the wild: retries around the driver's `query`, below the transaction. Witness: a
 * deadlock at the raise of the balance.
 */
import { inTransaction } from '../db/transaction.ts';
import { type CreditOrder, creditMove } from '../ledger/credit-order.ts';
import { paidOrderNamed, postCredit } from '../ledger/post-credit.ts';
import { soundParts } from '../parts.ts';
import type { Queryable } from '../ports.ts';
import { defineVariant } from './variant.ts';

/** True when the transaction was undone for the sake of another one. */
export const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001');

/** A client whose statements are repeated after a conflict. */
const insisting = (client: Queryable): Queryable => ({
  query: async (sql, values) => {
    try {
      return await client.query(sql, values);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await client.query('rollback');
      await client.query('begin');
      return client.query(sql, values);
    }
  },
});

const creditInsisting: CreditOrder = (db, parts, orderId) =>
  inTransaction(db, async (client) => {
    const own = insisting(client);
    const paid = await paidOrderNamed(own, orderId);
    const { moved } = await parts.transition(own, creditMove(paid));
    return moved && (await postCredit(own, parts, paid));
  });

/** The defect that only a deadlock at one statement reveals. */
export const statementRetriedAlone = defineVariant({
  id: 'statement-retried-alone',
  kind: 'defect',
  summary: 'Repeats the statement that met a deadlock, instead of the transaction that the deadlock has undone.',
  witness: 'concurrent-top-ups',
  invariant: 'balance-equals-ledger',
  unreachable: 'no two transactions of the service lock in opposite order, so that a run in real time has no deadlock',
  parts: { ...soundParts, credit: creditInsisting },
});
