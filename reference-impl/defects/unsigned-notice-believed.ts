/**
 * Checks a signature where there is one, and believes what has none. In the wild: pull request #37 of
 * fbsamples/whatsapp-business-jaspers-market, where a webhook without the header passed with a warning. Witness: one
 * forged notice without a signature.
 */
import { soundParts } from '../parts.ts';
import { verifiedNotice } from '../webhooks/inlet.ts';
import { defineVariant } from './variant.ts';

/** The defect that lets strangers in. */
export const unsignedNoticeBelieved = defineVariant({
  id: 'unsigned-notice-believed',
  kind: 'defect',
  summary: 'Verifies the signature of a notice only if it has one.',
  witness: 'forged-webhooks',
  invariant: 'fail-closed',
  parts: {
    ...soundParts,
    authenticate: (inlet, delivered) =>
      inlet.isSigned(delivered) ? verifiedNotice(inlet, delivered) : (inlet.noticeIn(delivered) ?? 'malformed'),
  },
});
