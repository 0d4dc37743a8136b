/**
 * Writes the balance over the version that it read, tries three times, and then lets it be without a word. In the wild:
 * retries on a version conflict that are counted, and whose end is a line in a log. Witness: four credits of one
 * wallet, three of which are committed between a read and a write of the fourth: six changes of turn.
 */
import { soundParts } from '../parts.ts';
import { overVersion } from './balance-under-version.ts';
import { defineVariant } from './variant.ts';

const triesMax = 3;

/** The defect that needs to lose three times. */
export const balanceGivenUp = defineVariant({
  id: 'balance-given-up',
  kind: 'defect',
  summary:
    "Changes a wallet's balance over the version that it read, and gives up when others were faster three times.",
  witness: 'concurrent-top-ups',
  invariant: 'balance-equals-ledger',
  unreachable: 'a credit has to lose three times in a row, which happens by luck when nobody decides the order',
  parts: { ...soundParts, balance: overVersion(triesMax) },
  overlay: new URL('./balance-given-up.sql', import.meta.url),
});
