/**
 * Shows a wallet's balance from a cache, but asks the database each time whether it has changed since. Right, although
 * it looks like the cache that no credit invalidates.
 */
import { type ShowBalances, storedBalances } from '../ledger/show-balances.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

const showUnchanged: ShowBalances = ({ db }) => {
  const remembered = new Map<string, Awaited<ReturnType<typeof storedBalances>>>();
  return async (walletId) => {
    const { rows } = await db.query<{ versions: string[] | null }>(
      `select array_agg(version::text order by currency) as versions from topup.balances where wallet_id = $1`,
      [walletId],
    );
    const known = remembered.get(walletId) ?? [];
    const isUnchanged = known.map(({ version }) => version).join() === (rows[0]?.versions ?? []).join();
    const stored = isUnchanged ? known : await storedBalances(db, walletId);
    remembered.set(walletId, stored);
    return stored.map(({ currency, balanceMinor }) => ({ currency, balanceMinor }));
  };
};

/** The look-alike of balance-from-cache. */
export const balanceCachedByVersion = defineVariant({
  id: 'balance-cached-by-version',
  kind: 'look-alike',
  summary: 'Shows a remembered balance while the version of its row is the one that was remembered with it.',
  witness: 'watched-balance',
  invariant: 'truthful-balances',
  parts: { ...soundParts, showBalances: showUnchanged },
});
