/** The auditor: each invariant against the books, in three values. An oracle that crashes knows nothing. */
import type { AnomalyId } from '../anomaly.ts';
import type { Books } from '../books.ts';
import type { Invariant, Witness } from '../invariant.ts';
import type { Span } from '../strike.ts';

/** `unknown`: the promise was not put to the test, the books do not show all, or the oracle failed. */
export type Finding = 'holds' | 'violated' | 'unknown';

/** What the books say about one invariant. */
export interface Audit {
  readonly invariant: Invariant;
  readonly finding: Finding;
  /** Facts that could have broken the promise. */
  readonly exercised: number;
  readonly witnesses: readonly Witness[];
  /** See `Invariant.waits`; left out where there are none. */
  readonly waits?: readonly Span[];
  /** Why it is unknown. */
  readonly reason?: string;
  /** See `Invariant.unseen`; left out where the books show all. */
  readonly unseenSinceMs?: number;
}

/** The classes of all breaches, each once, sorted. */
export const anomaliesOf = (audits: readonly Audit[]): readonly AnomalyId[] =>
  [...new Set(audits.flatMap(({ witnesses }) => witnesses.flatMap(({ anomaly }) => anomaly ?? [])))].sort();

/** Judges one invariant. */
export const auditOf = (invariant: Invariant, books: Books): Audit => {
  try {
    const exercised = invariant.exercised(books);
    const witnesses = invariant.witnesses(books);
    const unseen = invariant.unseen?.(books);
    const since = unseen === undefined ? {} : { unseenSinceMs: unseen.sinceMs };
    if (witnesses.length > 0) return { invariant, finding: 'violated', exercised, witnesses, ...since };
    if (unseen !== undefined)
      return { invariant, finding: 'unknown', exercised, witnesses, reason: unseen.reason, ...since };
    const waits = invariant.waits?.(books);
    if (exercised > 0)
      return { invariant, finding: 'holds', exercised, witnesses, ...(waits === undefined ? {} : { waits }) };
    return { invariant, finding: 'unknown', exercised, witnesses, reason: 'nothing in this run could have broken it' };
  } catch (error) {
    const reason = `its oracle failed: ${error instanceof Error ? error.message : String(error)}`;
    return { invariant, finding: 'unknown', exercised: 0, witnesses: [], reason };
  }
};
