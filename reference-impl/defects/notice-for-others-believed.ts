/**
 * Verifies the signature of a notice, but not for whom it is: whoever has an account at the provider can send himself a
 * payment, and the notice to us. In the wild: yansongda/pay #961, where a changed app id goes unnoticed because that
 * check is left to the merchant. Witness: one genuine notice of another merchant.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that takes other people's payments for its own. */
export const noticeForOthersBelieved = defineVariant({
  id: 'notice-for-others-believed',
  kind: 'defect',
  summary: 'Verifies the signature of a notice, and ignores for which app and seller it was signed.',
  witness: 'forged-webhooks',
  invariant: 'fail-closed',
  parts: {
    ...soundParts,
    authenticate: (inlet, delivered) => inlet.forgeryIn(delivered) ?? inlet.noticeIn(delivered) ?? 'malformed',
  },
});
