/** Writes what a credit consists of: entry, postings, balance, and the promise of a grant. */
import { grantOnce } from '../outbox/outbox.ts';
import type { Parts } from '../parts.ts';
import type { Queryable } from '../ports.ts';

/** A confirmed payment and the order it pays. */
export interface PaidOrder {
  readonly orderId: string;
  readonly paymentId: string;
  readonly provider: string;
  readonly tradeNo: string;
  readonly walletId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

interface PaidOrderRow {
  payment_id: string | bigint;
  trade_no: string;
  provider: string;
  wallet_id: string;
  amount_minor: string | bigint;
  currency: string;
  paid_minor: string | bigint;
  paid_currency: string;
}

/** The payment of an order; throws when there is none, or when it is not exactly what the order asked for. */
export const paidOrderNamed = async (client: Queryable, orderId: string): Promise<PaidOrder> => {
  const { rows } = await client.query<PaidOrderRow>(
    `select p.id as payment_id, p.trade_no, p.provider, o.wallet_id, o.amount_minor, o.currency,
       p.amount_minor as paid_minor, p.currency as paid_currency
     from topup.orders o join topup.payments p on p.order_id = o.id where o.id = $1`,
    [orderId],
  );
  const row = rows[0];
  if (!row) throw new Error(`order ${orderId} has no payment to credit`);
  if (BigInt(row.paid_minor) !== BigInt(row.amount_minor) || row.paid_currency !== row.currency) {
    throw new Error(`order ${orderId} and its payment differ in amount or currency`);
  }
  const { trade_no: tradeNo, provider, wallet_id: walletId, currency } = row;
  return {
    orderId,
    paymentId: String(row.payment_id),
    tradeNo,
    provider,
    walletId,
    amountMinor: BigInt(row.amount_minor),
    currency,
  };
};

/** Posts one balanced entry; false, and no posting, when the ledger already holds the credit of this payment. */
export const postCredit = async (client: Queryable, parts: Parts, paid: PaidOrder): Promise<boolean> => {
  const { orderId, paymentId, provider, walletId, amountMinor, currency } = paid;
  const { rows } = await client.query<{ id: string }>(
    `insert into topup.journal_entries (kind, order_id, payment_id) values ('TOPUP_CREDIT', $1, $2)
     on conflict do nothing returning id`,
    [orderId, paymentId],
  );
  const entry = rows[0];
  if (entry) {
    await client.query(
      `insert into topup.postings (entry_id, line, account, side, amount_minor, currency) values
         ($1, 1, 'psp_clearing:' || $5, 'debit', $3, $4),
         ($1, 2, 'user_wallet:' || $2, 'credit', $3, $4)`,
      [entry.id, walletId, amountMinor.toString(), currency, provider],
    );
    await parts.balance(client, { walletId, currency, amountMinor });
  }
  await grantOnce(client, orderId);
  return entry !== undefined;
};
