/** One panel per promise: its claim, and whether the system's own series say that it holds now. */
import type { Invariant } from '#harness/invariant';
import type { Target } from '#harness/target';
import { runbookPanelUrlOf, runbookUrlOf } from '../links.ts';
import { observedInvariants } from '../observed.ts';
import type { VerdictPanel } from './panels.ts';

/** The panels of the observed invariants; the runbook of the n-th of them is panel n of the runbook board. */
export const promisePanels = (
  invariants: readonly Invariant[],
  target: Pick<Target, 'signals'>,
): readonly VerdictPanel[] =>
  observedInvariants(invariants, target).map(({ invariant, expr }, index) => ({
    title: invariant.claim,
    description: [
      invariant.meaning,
      '',
      `Red above ${invariant.bound}, orange without data. What to do: ${runbookUrlOf(invariant.id)}`,
    ].join('\n'),
    unit: invariant.unit,
    expr,
    bound: invariant.bound,
    runbookUrl: runbookPanelUrlOf(index + 1),
  }));
