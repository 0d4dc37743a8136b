/** Amounts as people write them. */
import { mockErrors } from '#harness/mock-errors';
import { fromDecimal } from '#harness/money';

/** Minor units of decimal text such as `88.88`; throws `bad-amount`. */
export const readAmount = (amount: string, currency: string): bigint => {
  try {
    return fromDecimal(amount, currency).amountMinor;
  } catch (cause) {
    throw mockErrors.badAmount(amount, currency, cause);
  }
};
