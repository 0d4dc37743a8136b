/** By which text an account is known to its cloud. */

/** The cloud's name for the account that an order names. */
export type NameAccount = (cloudAccountId: string) => string;

/** The text that the customer gave: account numbers have more digits than a number of JavaScript holds. */
export const digitForDigit: NameAccount = (cloudAccountId) => cloudAccountId;
