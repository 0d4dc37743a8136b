/** The cached balance of a wallet. The ledger is the truth; this row follows it in the same transaction. */
import type { Queryable } from '../ports.ts';

/** What a wallet is to be raised by, in minor units. */
export interface Raise {
  readonly walletId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** Raises the balance; run it in the transaction that posts. */
export type RaiseBalance = (client: Queryable, raise: Raise) => Promise<void>;

/** The database adds while it holds the row's lock, so of two raises at once neither is lost. */
export const raiseUnderLock: RaiseBalance = async (client, { walletId, currency, amountMinor }) => {
  await client.query(
    `insert into topup.balances (wallet_id, currency, balance_minor) values ($1, $2, $3)
     on conflict (wallet_id, currency) do update set
       balance_minor = balances.balance_minor + excluded.balance_minor,
       version = balances.version + 1, updated_at = now()`,
    [walletId, currency, amountMinor.toString()],
  );
};
