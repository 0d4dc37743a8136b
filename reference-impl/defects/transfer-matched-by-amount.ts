/**
 * Money that names no order goes to the oldest order that waits for as much. In the wild: matching rules that were
 * written to spare somebody the work of asking. Witness: two people owe the same, and one forgets the reference.
 */

import { soundParts } from '../parts.ts';
import { confirmPayment } from '../payments/confirm-payment.ts';
import { keptForPerson, type SetAside } from '../reconciliation/settle-entries.ts';
import { alikeOrder } from './alike-order.ts';
import { defineVariant } from './variant.ts';

const creditedToAlike: SetAside = async (role, entry) => {
  const orderId = await alikeOrder(role, entry);
  if (orderId === undefined) return keptForPerson(role, entry);
  const { ports, parts, count } = role;
  const { entry_id: tradeNo, amount_minor: amountMinor, currency } = entry;
  await ports.db.query('update topup.bank_entries set order_id = $2 where entry_id = $1', [tradeNo, orderId]);
  await confirmPayment(
    { db: ports.db, transition: parts.transition, fit: parts.fit, count },
    { provider: 'bank-transfer', orderId, tradeNo, amountMinor: BigInt(amountMinor), currency },
    { cause: 'reconciliation', reference: tradeNo, provesLatePayment: true },
  );
};

/** The defect that gives one buyer's money to another. */
export const transferMatchedByAmount = defineVariant({
  id: 'transfer-matched-by-amount',
  kind: 'defect',
  summary: 'Credits money that names no order to the oldest order that waits for the same amount.',
  witness: 'nameless-transfers',
  invariant: 'no-unbacked-credit',
  parts: { ...soundParts, setAside: creditedToAlike },
});
