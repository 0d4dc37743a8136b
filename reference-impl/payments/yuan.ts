/** The wire form of CNY amounts: decimal text in yuan. The only place where it meets minor units (fen). */

/** 1000n is `10.00`; the amount is not negative. */
export const toYuan = (amountMinor: bigint): string => {
  const digits = amountMinor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** Minor units of plain decimal text with at most two decimals, or undefined; never a guess, never a float. */
export const fromYuan = (text: unknown): bigint | undefined => {
  const match = typeof text === 'string' ? /^(\d{1,15})(?:\.(\d{1,2}))?$/.exec(text) : null;
  return match ? BigInt(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`) : undefined;
};

/** As `fromYuan`, of text that may begin with a minus: what an account may spend is negative when it is in debt. */
export const fromSignedYuan = (text: unknown): bigint | undefined => {
  if (typeof text !== 'string' || !text.startsWith('-')) return fromYuan(text);
  const amountMinor = fromYuan(text.slice(1));
  return amountMinor === undefined ? undefined : -amountMinor;
};
