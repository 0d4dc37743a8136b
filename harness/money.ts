/** Money is a `bigint` of minor units and an ISO 4217 code; floats and decimal strings exist in wire codecs only. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Digits after the decimal point, ISO 4217; a currency that is not listed is an error, never a guess. */
const exponents: Readonly<Record<string, number>> = { CNY: 2, USD: 2, EUR: 2, HKD: 2, JPY: 0, KWD: 3 };

/** Digits after the point of `currency`; throws for a currency that is not in the table. */
export const exponentOf = (currency: string): number => {
  const exponent = exponents[currency];
  if (exponent === undefined) throw new RangeError(`no exponent is known for the currency ${currency}`);
  return exponent;
};

/** Decimal text without currency: 1000n CNY is `10.00`, 5n JPY is `5`. */
export const toDecimal = ({ amountMinor, currency }: Money): string => {
  const exponent = exponentOf(currency);
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(exponent + 1, '0');
  const sign = amountMinor < 0n ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
};

/** Minor units of plain decimal text; throws on exponents, separators, signs other than `-`, or too many decimals. */
export const fromDecimal = (decimal: string, currency: string): Money => {
  const exponent = exponentOf(currency);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
  const fraction = match?.[3] ?? '';
  if (!match || fraction.length > exponent) {
    throw new RangeError(`"${decimal}" is not an amount in ${currency} with at most ${exponent} decimals`);
  }
  const magnitude = BigInt(`${match[2]}${fraction.padEnd(exponent, '0')}`);
  return { amountMinor: match[1] === '-' ? -magnitude : magnitude, currency };
};

/** As people read it: `10.00 CNY`. */
export const formatMoney = (money: Money): string => `${toDecimal(money)} ${money.currency}`;
