/** Repeats a failed credit in the memory of the process, too, but all of it: whoever dies leaves all or nothing. */
import { creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { untilDone } from './credit-in-two-steps.ts';
import { defineVariant } from './variant.ts';

/** The look-alike whose steps are one transaction. */
export const creditRepeatedWhole = defineVariant({
  id: 'credit-repeated-whole',
  kind: 'look-alike',
  summary: 'Repeats a credit that failed until it is done, in the memory of the process, as one transaction each time.',
  witness: 'webhook-worker-killed',
  invariant: 'no-lost-credit',
  parts: { ...soundParts, credit: (db, parts, orderId) => untilDone(() => creditOrder(db, parts, orderId)) },
});
