/**
 * Opens the notices of WeChat Pay without their tag as well, but verifies the signature first. Right: the signature
 * covers the sealed bytes, so none of them was turned, and what was sealed under another key opens to no JSON.
 */
import { soundParts } from '../parts.ts';
import { unsealedUnchecked } from './unsealed-unchecked.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of seal-taken-for-signature. */
export const tagLeftToSignature = defineVariant({
  id: 'tag-left-to-signature',
  kind: 'look-alike',
  summary: "Verifies the signature of a notice, and then does not check the tag of WeChat Pay's seal.",
  witness: 'altered-sealed-webhooks',
  invariant: 'fail-closed',
  parts: { ...soundParts, unseal: unsealedUnchecked },
});
