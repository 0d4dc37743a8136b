/**
 * Reads a notice before it verifies it, and looks at app and seller first. Right, although it handles what may be
 * forged: nothing follows from it until the signature is found to be good.
 */
import { soundParts } from '../parts.ts';
import { noticeIn, verifiedNotice } from '../webhooks/alipay-notice.ts';
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
    authenticate: (body, recipient) => {
      if (noticeIn(body) === undefined) return 'malformed';
      const form = new URLSearchParams(Buffer.from(body).toString());
      if (form.get('app_id') !== recipient.appId) return 'app_id';
      return form.get('seller_id') === recipient.sellerId ? verifiedNotice(body, recipient) : 'seller_id';
    },
  },
});
