/** INV8: an order moves along the arrows of the state graph, one at a time, from where it is. */
import type { BookedTransition } from '../books.ts';
import { defineInvariant } from '../invariant.ts';
import { initialState, nextStates } from '../order-states.ts';

/** The first row that does not follow from the row before it, or undefined. */
const firstIllegal = (rows: readonly BookedTransition[]): BookedTransition | undefined =>
  rows.find((row, index) => {
    const before = index === 0 ? null : (rows[index - 1]?.to ?? null);
    if (row.from !== before) return true;
    return row.from === null ? row.to !== initialState : !nextStates[row.from].includes(row.to);
  });

export const legalTransitions = defineInvariant({
  id: 'legal-transitions',
  covers: 'INV8',
  claim: 'Every order moves only along the arrows of the state graph, from the state it is in.',
  meaning: 'Two writers moved one order, or a step was skipped. Read its history; look for a lost compare-and-swap.',
  severity: 'critical',
  unit: 'transitions',
  signal: 'illegalTransitions',
  bound: 0,
  exercised: (books) => books.transitions.length,
  witnesses: (books) =>
    [...Map.groupBy(books.transitions, (row) => row.orderId)].flatMap(([orderId, unsorted]) => {
      const rows = unsorted.toSorted((a, b) => a.sequence - b.sequence);
      const illegal = firstIllegal(rows);
      if (illegal === undefined) return [];
      const before = rows[rows.indexOf(illegal) - 1]?.to ?? 'nothing';
      return {
        subject: `order ${orderId}`,
        story: `was in ${before} and moved from ${illegal.from ?? 'nothing'} to ${illegal.to}`,
        expected: `a step from ${before}`,
        actual: `${illegal.from ?? 'nothing'} -> ${illegal.to}, caused by ${illegal.cause}`,
        orderId,
        evidence: [`${orderId}#${illegal.sequence}`],
        sinceMs: illegal.atMs,
      };
    }),
});
