/**
 * Raises the balance once the credit is committed, by a statement of its own. In the wild: a cache that is "just"
 * brought up to date after the transaction. Witness: a process that dies in between, or a statement that is lost there.
 */
import { inTransaction } from '../db/transaction.ts';
import { type CreditOrder, creditMove, creditOrder } from '../ledger/credit-order.ts';
import { paidOrderNamed, postCredit } from '../ledger/post-credit.ts';
import type { Raise } from '../ledger/raise-balance.ts';
import { type Parts, soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The parts, with the raises of the balance put aside instead of made. */
const puttingAside = (parts: Parts): { readonly parts: Parts; readonly raises: readonly Raise[] } => {
  const raises: Raise[] = [];
  const balance: Parts['balance'] = async (_client, raise) => {
    raises.push(raise);
  };
  return { parts: { ...parts, balance }, raises };
};

const creditThenRaise: CreditOrder = async (db, parts, orderId) => {
  const aside = puttingAside(parts);
  const credited = await creditOrder(db, aside.parts, orderId);
  for (const raise of aside.raises) await parts.balance(db, raise);
  return credited;
};

/** Raises the balance last, and in the same transaction. */
export const raiseThenCommit: CreditOrder = (db, parts, orderId) =>
  inTransaction(db, async (client) => {
    const aside = puttingAside(parts);
    const paid = await paidOrderNamed(client, orderId);
    const { moved } = await aside.parts.transition(client, creditMove(paid));
    const credited = moved && (await postCredit(client, aside.parts, paid));
    for (const raise of aside.raises) await parts.balance(client, raise);
    return credited;
  });

/** The defect that only a death, or a lost statement, in between reveals. */
export const balanceAfterCommit = defineVariant({
  id: 'balance-after-commit',
  kind: 'defect',
  summary: 'Raises the balance after the credit was committed, in a statement of its own.',
  witness: 'webhook-worker-killed',
  invariant: 'balance-equals-ledger',
  unreachable: 'the gap is one statement wide, and a kill in real time meets it by luck',
  parts: { ...soundParts, credit: creditThenRaise },
});
