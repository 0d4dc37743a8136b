/**
 * Reads the balance, adds in the program, and writes only if the row's version is still the one it read; else it
 * reads again. Right, although it looks like the lost update.
 */
import type { Raise, RaiseBalance } from '../ledger/raise-balance.ts';
import { soundParts } from '../parts.ts';
import type { Queryable } from '../ports.ts';
import { defineVariant } from './variant.ts';

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

const writeUnderVersion: RaiseBalance = async (client, raise) => {
  for (;;) {
    const { balanceMinor, version } = await balanceOf(client, raise);
    const { rowCount } = await client.query(
      `update topup.balances set balance_minor = $3, version = version + 1, updated_at = now()
       where wallet_id = $1 and currency = $2 and version = $4`,
      [raise.walletId, raise.currency, (balanceMinor + raise.amountMinor).toString(), version],
    );
    if (rowCount === 1) return;
  }
};

/** The look-alike of balance-read-modify-write. */
export const balanceUnderVersion = defineVariant({
  id: 'balance-under-version',
  kind: 'look-alike',
  summary: "Changes a wallet's balance by read and write, and writes only over the version that it read.",
  witness: 'concurrent-top-ups',
  invariant: 'balance-equals-ledger',
  parts: { ...soundParts, balance: writeUnderVersion },
});
