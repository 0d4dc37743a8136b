/** INV7: the balance of a wallet, as stored and as its owner sees it, is the sum of its postings. */
import { defineInvariant } from '../invariant.ts';
import { formatMoney } from '../money.ts';

export const balanceEqualsLedger = defineInvariant({
  id: 'balance-equals-ledger',
  covers: 'INV7',
  claim: 'Each balance, stored or shown, equals the sum of the ledger postings to its wallet.',
  meaning: 'Customers see money that the ledger does not know, or miss some. Rebuild the balance from the postings.',
  severity: 'critical',
  unit: 'minor units',
  signal: 'balanceDrift',
  bound: 0,
  exercised: (books) => books.balances.length,
  witnesses: (books) => {
    const creditsByWallet = Map.groupBy(books.credits, (credit) => credit.wallet);
    const shown = new Map(books.shown.map(({ wallet, balanceMinor }) => [wallet, balanceMinor]));
    return books.balances.flatMap(({ wallet, currency, storedMinor, postedMinor }) => {
      const wrong = [storedMinor, shown.get(wallet) ?? storedMinor].find(
        (balanceMinor) => balanceMinor !== postedMinor,
      );
      if (wrong === undefined) return [];
      const credits = (creditsByWallet.get(wallet) ?? []).toSorted((a, b) => a.atMs - b.atMs);
      const second = credits[1]; // a balance can only drift once a second posting meets the first
      return {
        subject: `wallet ${wallet}`,
        anomaly: storedMinor === postedMinor ? ('B2' as const) : ('B1' as const),
        story: wrong < postedMinor ? 'lost an update of its balance' : 'shows more than was posted to it',
        expected: formatMoney({ amountMinor: postedMinor, currency }),
        actual: formatMoney({ amountMinor: wrong, currency }),
        ...(second === undefined ? {} : { orderId: second.orderId, sinceMs: second.atMs }),
        evidence: credits.map((credit) => credit.entryId),
      };
    });
  },
});
