/** Raises the balance as the very last thing of a credit, too, but before the commit: both are there, or neither. */
import { soundParts } from '../parts.ts';
import { raiseThenCommit } from './balance-after-commit.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of balance-after-commit. */
export const balanceBeforeCommit = defineVariant({
  id: 'balance-before-commit',
  kind: 'look-alike',
  summary: 'Raises the balance after everything else of a credit, as the last statement of its transaction.',
  witness: 'webhook-worker-killed',
  invariant: 'balance-equals-ledger',
  parts: { ...soundParts, credit: raiseThenCommit },
});
