/**
 * Takes what comes back over its own connection for what the provider said, and looks at no signature of it. In the
 * wild: SDKs that check the answers of a gateway only when they are asked to, as alipay-sdk does. Witness: one query
 * whose answer had its amount changed on the way.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that believes whoever answers. */
export const answerTakenOnTrust = defineVariant({
  id: 'answer-taken-on-trust',
  kind: 'defect',
  summary: 'Believes each answer of a payment provider that signs them, and does not look at the signature.',
  witness: 'altered-answers',
  invariant: 'exact-match',
  parts: { ...soundParts, doubt: () => undefined },
});
