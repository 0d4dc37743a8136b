/**
 * Reads of a notice only that it was paid, and takes the amount from its own order. In the wild: integrations that
 * check trade_status and never total_amount. Witness: one payment of another amount than was asked.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that credits what was ordered, whatever was captured. */
export const amountTakenFromOrder = defineVariant({
  id: 'amount-taken-from-order',
  kind: 'defect',
  summary: 'Believes that a payment has the amount of its order, and never compares the two.',
  witness: 'amount-mismatch',
  invariant: 'exact-match',
  parts: {
    ...soundParts,
    fit: ({ amountMinor, currency }, fact) => ({ ...fact, amountMinor, currency }),
  },
});
