/**
 * Reads the balance, adds in the program, writes the sum. In the wild: the lost update of ACIDRain (SIGMOD 2017) and
 * envato/double_entry #168, a fixer that keeps finding drifted balances. Witness: two credits of one wallet at once.
 */
import type { RaiseBalance } from '../ledger/raise-balance.ts';
import { balanceOf } from '../ledger/read-balance.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

const readAddWrite: RaiseBalance = async (client, raise) => {
  const { balanceMinor } = await balanceOf(client, raise);
  await client.query(
    `update topup.balances set balance_minor = $3, version = version + 1, updated_at = now()
     where wallet_id = $1 and currency = $2`,
    [raise.walletId, raise.currency, (balanceMinor + raise.amountMinor).toString()],
  );
};

/** The defect that loses updates of a balance. */
export const balanceReadModifyWrite = defineVariant({
  id: 'balance-read-modify-write',
  kind: 'defect',
  summary: "Changes a wallet's balance by read and write, without the row's lock in between.",
  witness: 'concurrent-top-ups',
  invariant: 'balance-equals-ledger',
  parts: { ...soundParts, balance: readAddWrite },
});
