/** INV8: an order moves along the arrows of the state graph, one at a time, from where it is. */
import type { BookedTransition, OrderState } from '../books.ts';
import { defineInvariant } from '../invariant.ts';
import { initialState, nextStates } from '../order-states.ts';

/** The first row that does not follow from the row before it, or undefined. */
const firstIllegal = (rows: readonly BookedTransition[]): BookedTransition | undefined =>
  rows.find((row, index) => {
    const before = index === 0 ? null : (rows[index - 1]?.to ?? null);
    if (row.from !== before) return true;
    return row.from === null ? row.to !== initialState : !nextStates[row.from].includes(row.to);
  });

/** Whether an order can come from one state to the other, in however many steps. */
const leadsTo = (from: OrderState, to: OrderState): boolean => {
  const reached = new Set([from]);
  for (const state of reached) for (const next of nextStates[state]) reached.add(next);
  return reached.has(to) && from !== to;
};

/** Back to where the order came through is older news that won; anything else is another illegal step. */
const anomalyOf = (before: OrderState | undefined, to: OrderState): 'S1' | 'S2' =>
  before !== undefined && leadsTo(to, before) && !leadsTo(before, to) ? 'S2' : 'S1';

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
      const stateBefore = rows[rows.indexOf(illegal) - 1]?.to;
      const before = stateBefore ?? 'nothing';
      return {
        subject: `order ${orderId}`,
        anomaly: anomalyOf(stateBefore, illegal.to),
        story: `was in ${before} and moved from ${illegal.from ?? 'nothing'} to ${illegal.to}`,
        expected: `a step from ${before}`,
        actual: `${illegal.from ?? 'nothing'} -> ${illegal.to}, caused by ${illegal.cause}`,
        orderId,
        evidence: [`${orderId}#${illegal.sequence}`],
        sinceMs: illegal.atMs,
      };
    }),
});
