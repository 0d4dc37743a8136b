/**
 * Reads the balance, adds in the program, and writes only if the row's version is still the one it read; else it
 * reads again. Right, although it looks like the lost update.
 */
import type { RaiseBalance } from '../ledger/raise-balance.ts';
import { balanceOf } from '../ledger/read-balance.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** Raises the balance over the version that it read; stops after `triesMax`, whether or not it is raised. */
export const overVersion =
  (triesMax: number): RaiseBalance =>
  async (client, raise) => {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      const { balanceMinor, version } = await balanceOf(client, raise);
      const { rowCount } = await client.query(
        `update topup.balances set balance_minor = $3, version = version + 1, updated_at = now()
       where wallet_id = $1 and currency = $2 and version = $4`,
        [raise.walletId, raise.currency, (balanceMinor + raise.amountMinor).toString(), version],
      );
      if (rowCount === 1) return;
    }
  };

/** The look-alike of balance-read-modify-write and of balance-given-up. */
export const balanceUnderVersion = defineVariant({
  id: 'balance-under-version',
  kind: 'look-alike',
  summary: "Changes a wallet's balance by read and write, and writes only over the version that it read.",
  witness: 'concurrent-top-ups',
  invariant: 'balance-equals-ledger',
  parts: { ...soundParts, balance: overVersion(Number.POSITIVE_INFINITY) },
});
