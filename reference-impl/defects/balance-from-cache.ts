/**
 * Shows a wallet's balance from a cache that no credit invalidates. In the wild: interlumpen/Telegram-shop #12, whose
 * profile shows the old balance for ten minutes after a payment. Witness: a buyer who looked before the money came.
 */
import { type ShowBalances, type ShownBalance, showStored } from '../ledger/show-balances.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

const showRemembered: ShowBalances = (ports, times) => {
  const read = showStored(ports, times);
  const remembered = new Map<string, { readonly balances: readonly ShownBalance[]; readonly untilMs: number }>();
  return async (walletId) => {
    const known = remembered.get(walletId);
    if (known !== undefined && ports.clock.nowMs() < known.untilMs) return known.balances;
    const balances = await read(walletId);
    // Ten minutes in production, as there.
    remembered.set(walletId, { balances, untilMs: ports.clock.nowMs() + times.webhookOverdueMs });
    return balances;
  };
};

/** The defect that shows a balance of some minutes ago. */
export const balanceFromCache = defineVariant({
  id: 'balance-from-cache',
  kind: 'defect',
  summary: 'Shows a balance for ten minutes as it was when it was asked for first.',
  witness: 'watched-balance',
  invariant: 'truthful-balances',
  parts: { ...soundParts, showBalances: showRemembered },
});
