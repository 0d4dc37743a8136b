/**
 * Reads a notice before it verifies it, and looks at app and seller first. Right, although it handles what may be
 * forged: nothing follows from it until the signature is found to be good.
 */
import { soundParts } from '../parts.ts';
import { verifiedNotice } from '../webhooks/inlet.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of unsigned-notice-believed and of notice-for-others-believed. */
export const noticeReadBeforeVerified = defineVariant({
  id: 'notice-read-before-verified',
  kind: 'look-alike',
  summary: 'Reads a notice and whom it is for before it verifies the signature.',
  witness: 'forged-webhooks',
  invariant: 'fail-closed',
  parts: {
    ...soundParts,
    authenticate: (inlet, delivered) => {
      if (inlet.noticeIn(delivered) === undefined) return 'malformed';
      return inlet.strayIn(delivered.body) ?? verifiedNotice(inlet, delivered);
    },
  },
});
