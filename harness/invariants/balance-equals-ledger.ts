/** INV7: the stored balance of a wallet is the sum of its postings. */
import { defineInvariant } from '../invariant.ts';
import { formatMoney } from '../money.ts';

export const balanceEqualsLedger = defineInvariant({
  id: 'balance-equals-ledger',
  covers: 'INV7',
  claim: 'Each stored balance equals the sum of the ledger postings to that wallet.',
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
      // A balance can only drift once a second posting meets the first.
      const second = creditsByWallet.get(wallet)?.[1];
      return {
        subject: `wallet ${wallet}`,
        story: storedMinor < postedMinor ? 'lost an update of its balance' : 'shows more than was posted to it',
        expected: formatMoney({ amountMinor: postedMinor, currency }),
        actual: formatMoney({ amountMinor: storedMinor, currency }),
        ...(second === undefined ? {} : { orderId: second.orderId, sinceMs: second.atMs }),
        evidence: (creditsByWallet.get(wallet) ?? []).map((credit) => credit.entryId),
      };
    });
  },
});
