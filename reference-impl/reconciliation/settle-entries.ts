/** Settles every entry of our accounts: with the order whose money it is, or as money that waits for a person. */
import { holdOrder, orderNamed } from '../orders/order.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import type { RoleParts } from '../service.ts';
import type { PaymentJobs } from './compare-payments.ts';
import { confirmCaptured } from './find-lost-payments.ts';
import { report } from './findings.ts';

/** An entry that is not settled yet; `rival` is the payment that its order has already, if it is another one. */
export interface OpenEntry {
  readonly entry_id: string;
  readonly side: 'credit' | 'debit';
  readonly amount_minor: string | bigint;
  readonly currency: string;
  readonly reference: string;
  readonly order_id: string | null;
  readonly rival: string | null;
}

/** What becomes of money that came in and names no order, or one that has its money already. */
export type SetAside = (role: RoleParts, entry: OpenEntry) => Promise<void>;

/** It is kept as such, and shown to a person, who finds its owner or sends it back. */
export const keptForPerson: SetAside = async ({ ports, count }, entry) => {
  const { entry_id: subject, amount_minor: amountMinor, currency, reference } = entry;
  await ports.db.query('update topup.bank_entries set order_id = null where entry_id = $1', [subject]);
  const why = entry.rival === null ? `"${reference}" names no order` : `its order was paid by ${entry.rival}`;
  const detail = `${amountMinor} ${currency} came in, ${why}`;
  await report(ports.db, count, { kind: 'unmatched_payment', subject, detail });
  ports.log.error({ entryId: subject }, 'money came in that belongs to no order');
};

/** The bank gave money back: whether the wallet still has it, a person finds out. */
const noteReturn = async ({ ports, count }: RoleParts, entry: OpenEntry): Promise<void> => {
  const { entry_id: entryId, order_id: orderId, amount_minor: amountMinor, currency } = entry;
  const detail = `${amountMinor} ${currency} left our account by ${entryId}`;
  await report(ports.db, count, { kind: 'payment_returned', subject: orderId ?? entryId, detail });
  if (orderId !== null) await holdOrder(ports.db, orderId, 'reconciliation');
};

const settle = async (jobs: PaymentJobs, entry: OpenEntry): Promise<void> => {
  const { entry_id: tradeNo, side, amount_minor: amountMinor, currency, order_id: orderId, rival } = entry;
  if (side === 'debit') await noteReturn(jobs, entry);
  else if (orderId === null || rival !== null) await jobs.parts.setAside(jobs, entry);
  else {
    const trade = { kind: 'captured', tradeNo, amountMinor: BigInt(amountMinor), currency } as const;
    await confirmCaptured(jobs, await orderNamed(jobs.ports.db, orderId), trade);
  }
  await jobs.ports.db.query('update topup.bank_entries set settled_at = now() where entry_id = $1', [tradeNo]);
};

const noteFailure = async ({ ports }: PaymentJobs, { entry_id: id }: OpenEntry, error: unknown): Promise<never> => {
  await ports.db.query('update topup.bank_entries set failures = failures + 1 where entry_id = $1', [id]);
  throw error;
};

/** Settles what is open, oldest first; returns how many. What fails is taken up again, behind what has not failed. */
export const settleEntries = async (jobs: PaymentJobs): Promise<number> => {
  const { rows } = await jobs.ports.db.query<OpenEntry>(
    `select e.entry_id, e.side, e.amount_minor, e.currency, e.reference, e.order_id,
       (select p.trade_no from topup.payments p where p.order_id = e.order_id and p.trade_no <> e.entry_id) as rival
     from topup.bank_entries e where e.settled_at is null order by e.failures, e.id limit 50`,
  );
  await inParallel(rows, 1, (row) => settle(jobs, row).catch((error: unknown) => noteFailure(jobs, row, error)));
  return rows.length;
};
