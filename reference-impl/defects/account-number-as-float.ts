/**
 * Reads an account number as a JavaScript number. In the wild: SDKs whose types say `number` (`ownerId` of Alibaba
 * Cloud, `ClientUin` of Tencent Cloud), and `JSON.parse`, which rounds above 2^53 without a word. Witness: one account
 * of 17 digits.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that grants to a neighbour. */
export const accountNumberAsFloat = defineVariant({
  id: 'account-number-as-float',
  kind: 'defect',
  summary: 'Turns the number of a cloud account into a floating-point number, which rounds its last digits.',
  witness: 'every-pair',
  invariant: 'granted-once',
  parts: { ...soundParts, nameAccount: (cloudAccountId) => String(Number(cloudAccountId)) },
});
