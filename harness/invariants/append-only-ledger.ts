/** INV6: a ledger row, once written, is still there at the end and has not changed. */
import { defineInvariant, type Witness } from '../invariant.ts';

/** No change is older than the row, nor than the latest look at which it was still as it had been. */
const sinceOf = (...momentsMs: readonly (number | undefined)[]): Pick<Witness, 'sinceMs'> => {
  const known = momentsMs.filter((momentMs) => momentMs !== undefined);
  return known.length === 0 ? {} : { sinceMs: Math.max(...known) };
};

export const appendOnlyLedger = defineInvariant({
  id: 'append-only-ledger',
  covers: 'INV6',
  claim: 'No ledger row is ever changed or deleted.',
  meaning:
    'History was rewritten, so no sum can be trusted. Compare with the last backup; find who may write to the ledger.',
  severity: 'critical',
  unit: 'rows',
  bound: 0,
  signal: 'rewritten',
  exercised: (books) => Math.max(books.earlierEntries.length, books.entries.length),
  witnesses: (books) => {
    const seen = new Map(books.earlierEntries.map((entry) => [entry.entryId, entry]));
    const changed = books.entries.filter(({ entryId, digest, isRewritten }) => {
      return isRewritten || digest !== (seen.get(entryId)?.digest ?? digest);
    });
    const present = new Set(books.entries.map(({ entryId }) => entryId));
    const vanished = books.earlierEntries.filter(({ entryId }) => !present.has(entryId));
    return [
      ...changed.map(({ entryId, digest, writtenMs }) => ({
        subject: `ledger row ${entryId}`,
        anomaly: 'L2' as const,
        story: 'is not as it was written',
        expected: 'the row as it was written first',
        actual: `another content (${digest.slice(0, 8)})`,
        evidence: [entryId],
        ...sinceOf(writtenMs, seen.get(entryId)?.intactMs),
      })),
      ...vanished.map(({ entryId, digest, writtenMs, intactMs }) => ({
        subject: `ledger row ${entryId}`,
        anomaly: 'L2' as const,
        story: 'has vanished',
        expected: `the row as it was first seen (${digest.slice(0, 8)})`,
        actual: 'no row',
        evidence: [entryId],
        ...sinceOf(writtenMs, intactMs),
      })),
    ];
  },
});
