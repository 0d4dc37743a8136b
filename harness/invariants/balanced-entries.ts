/** INV7: double entry, so that a balance can be rebuilt: in each ledger entry debits equal credits. */
import { defineInvariant } from '../invariant.ts';
import { formatMoney } from '../money.ts';

export const balancedEntries = defineInvariant({
  id: 'balanced-entries',
  covers: 'INV7',
  claim: 'In each ledger entry the debits equal the credits, currency by currency.',
  meaning:
    'Money appeared or vanished inside the ledger. Find the entry; whatever posts has to post both sides at once.',
  severity: 'critical',
  unit: 'entries',
  bound: 0,
  exercised: ({ sides = [] }) => sides.length,
  witnesses: ({ sides = [] }) =>
    sides
      .filter(({ debitMinor, creditMinor }) => debitMinor !== creditMinor)
      .map(({ entryId, currency, debitMinor, creditMinor }) => ({
        subject: `ledger entry ${entryId}`,
        anomaly: 'L1' as const,
        story: 'does not balance',
        expected: `${formatMoney({ amountMinor: debitMinor, currency })} on both sides`,
        actual: `credits of ${formatMoney({ amountMinor: creditMinor, currency })}`,
        evidence: [entryId],
      })),
});
