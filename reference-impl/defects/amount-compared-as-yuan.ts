/**
 * Compares the two amounts as the text that people read, in yuan with two places. Right, although it goes through text:
 * equal texts are equal fen.
 */
import { soundParts } from '../parts.ts';
import { toYuan } from '../payments/yuan.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of amount-taken-from-order. */
export const amountComparedAsYuan = defineVariant({
  id: 'amount-compared-as-yuan',
  kind: 'look-alike',
  summary: 'Compares order and payment by their amounts in yuan, written out.',
  witness: 'amount-mismatch',
  invariant: 'exact-match',
  parts: {
    ...soundParts,
    fit: (order, fact) => {
      if (toYuan(fact.amountMinor) !== toYuan(order.amountMinor)) return 'amount';
      return fact.currency === order.currency ? fact : 'currency';
    },
  },
});
