/** INV7: the balance of a wallet, as it is stored, is the sum of its postings. */
import { defineInvariant } from '../invariant.ts';
import { formatMoney } from '../money.ts';

export const balanceEqualsLedger = defineInvariant({
  id: 'balance-equals-ledger',
  covers: 'INV7',
  claim: 'Each stored balance equals the sum of the ledger postings to its wallet.',
  meaning: 'Customers see money that the ledger does not know, or miss some. Rebuild the balance from the postings.',
  severity: 'critical',
  unit: 'minor units',
  signal: 'balanceDrift',
  bound: 0,
  exercised: (books) => books.balances.length,
  witnesses: (books) => {
    const creditsByWallet = Map.groupBy(books.credits, (credit) => credit.wallet);
    return books.balances.flatMap(({ wallet, currency, storedMinor, postedMinor }) => {
      if (storedMinor === postedMinor) return [];
      const credits = (creditsByWallet.get(wallet) ?? []).toSorted((a, b) => a.atMs - b.atMs);
      const second = credits[1]; // a balance can only drift once a second posting meets the first
      return {
        subject: `wallet ${wallet}`,
        anomaly: 'B1' as const,
        story: storedMinor < postedMinor ? 'lost an update of its balance' : 'shows more than was posted to it',
        expected: formatMoney({ amountMinor: postedMinor, currency }),
        actual: formatMoney({ amountMinor: storedMinor, currency }),
        ...(second === undefined ? {} : { orderId: second.orderId, sinceMs: second.atMs }),
        evidence: credits.map((credit) => credit.entryId),
      };
    });
  },
});
