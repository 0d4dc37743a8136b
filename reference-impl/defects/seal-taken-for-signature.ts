/**
 * Takes it that a notice of WeChat Pay which can be opened was sent by WeChat Pay, opens it without its tag, and leaves
 * the signature alone: under such a seal a turned bit of the cipher text is a turned bit of the amount. In the wild:
 * klover2/wechatpay-node-v3-ts #53, where the answer to a signature that fails is that notices need none, since what
 * decrypts is right. Witness: one notice whose amount was changed on the way.
 */
import { soundParts } from '../parts.ts';
import { verifiedNotice } from '../webhooks/inlet.ts';
import { unsealedUnchecked } from './unsealed-unchecked.ts';
import { defineVariant } from './variant.ts';

/** The defect that believes whoever sends what can be decrypted. */
export const sealTakenForSignature = defineVariant({
  id: 'seal-taken-for-signature',
  kind: 'defect',
  summary:
    "Believes each notice of WeChat Pay that it can decrypt, and checks neither the seal's tag nor the signature.",
  witness: 'altered-sealed-webhooks',
  invariant: 'fail-closed',
  parts: {
    ...soundParts,
    unseal: unsealedUnchecked,
    authenticate: (inlet, delivered) =>
      inlet.provider === 'wechat-pay'
        ? (inlet.strayIn(delivered.body) ?? inlet.noticeIn(delivered) ?? 'malformed')
        : verifiedNotice(inlet, delivered),
  },
});
