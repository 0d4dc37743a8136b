/**
 * Finds the payment whose notice was lost, writes it into the log, and leaves it there. In the wild: reconciliation
 * that sends a report which nobody reads. Witness: one payment without a notice.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that keeps a buyer's money. */
export const foundPaymentOnlyLogged = defineVariant({
  id: 'found-payment-only-logged',
  kind: 'defect',
  summary: 'Logs a captured payment that no notice told of, and neither confirms it nor holds its order.',
  witness: 'lost-webhook',
  invariant: 'no-lost-credit',
  parts: { ...soundParts, recover: async () => undefined },
});
