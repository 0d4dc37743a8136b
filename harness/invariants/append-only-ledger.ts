/** INV6: a ledger row, once seen, is still there at the end and has not changed. */
import { defineInvariant } from '../invariant.ts';

export const appendOnlyLedger = defineInvariant({
  id: 'append-only-ledger',
  covers: 'INV6',
  claim: 'No ledger row is ever changed or deleted.',
  meaning:
    'History was rewritten, so no sum can be trusted. Compare with the last backup; find who may write to the ledger.',
  severity: 'critical',
  unit: 'rows',
  bound: 0,
  exercised: (books) => books.earlierEntries.length,
  witnesses: (books) => {
    const digests = new Map(books.entries.map((entry) => [entry.entryId, entry.digest]));
    return books.earlierEntries.flatMap((earlier) => {
      const digest = digests.get(earlier.entryId);
      if (digest === earlier.digest) return [];
      return {
        subject: `ledger row ${earlier.entryId}`,
        story: digest === undefined ? 'has vanished' : 'was changed',
        expected: `the row as it was first seen (${earlier.digest.slice(0, 8)})`,
        actual: digest === undefined ? 'no row' : `another content (${digest.slice(0, 8)})`,
        evidence: [earlier.entryId],
      };
    });
  },
});
