/**
 * Reads an account number as a whole number of any size. Right at these clouds, whose numbers do not begin with 0.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of account-number-as-float. */
export const accountNumberAsBigint = defineVariant({
  id: 'account-number-as-bigint',
  kind: 'look-alike',
  summary: 'Turns the number of a cloud account into a bigint and back.',
  witness: 'every-pair',
  invariant: 'granted-once',
  parts: { ...soundParts, nameAccount: (cloudAccountId) => String(BigInt(cloudAccountId)) },
});
