/** The cached balance as it is read by those who add in the program. */
import type { Queryable } from '../ports.ts';
import type { Raise } from './raise-balance.ts';

interface Stored {
  readonly balanceMinor: bigint;
  readonly version: string;
}

const readBalance = async (client: Queryable, { walletId, currency }: Raise): Promise<Stored | undefined> => {
  const { rows } = await client.query<{ balance_minor: string; version: string }>(
    'select balance_minor, version from topup.balances where wallet_id = $1 and currency = $2',
    [walletId, currency],
  );
  return rows[0] && { balanceMinor: BigInt(rows[0].balance_minor), version: String(rows[0].version) };
};

/** The stored balance and its version; a wallet without one gets a balance of zero first. */
export const balanceOf = async (client: Queryable, raise: Raise): Promise<Stored> => {
  const stored = await readBalance(client, raise);
  if (stored) return stored;
  // Not before every read: this insert waits for whoever is changing the row, as a lock would.
  await client.query(
    'insert into topup.balances (wallet_id, currency, balance_minor) values ($1, $2, 0) on conflict do nothing',
    [raise.walletId, raise.currency],
  );
  return balanceOf(client, raise);
};
