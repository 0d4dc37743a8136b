import { expect, test } from 'vitest';
import { exponentOf, formatMoney, fromDecimal, toDecimal } from './money.ts';

test.each([
  ['10.00', 'CNY', 1000n],
  ['0.01', 'CNY', 1n],
  ['88.8', 'CNY', 8880n],
  ['5', 'CNY', 500n],
  ['5', 'JPY', 5n],
  ['1.234', 'KWD', 1234n],
  ['-3.50', 'USD', -350n],
  ['90071992547409.93', 'CNY', 9_007_199_254_740_993n],
])('%s %s is %s minor units', (decimal, currency, amountMinor) => {
  expect(fromDecimal(decimal, currency)).toEqual({ amountMinor, currency });
  expect(fromDecimal(toDecimal({ amountMinor, currency }), currency)).toEqual({ amountMinor, currency });
});

test.each([
  ['1.001', 'CNY'],
  ['1.5', 'JPY'],
  ['1,000.00', 'CNY'],
  ['1e3', 'CNY'],
  ['+1', 'CNY'],
  ['', 'CNY'],
  ['.5', 'CNY'],
  ['NaN', 'CNY'],
])('%j is refused as %s', (decimal, currency) => {
  expect(() => fromDecimal(decimal, currency)).toThrow(`"${decimal}" is not an amount in ${currency}`);
});

test('an unknown currency is never guessed', () => {
  expect(() => exponentOf('XXX')).toThrow('no exponent is known for the currency XXX');
});

test('money reads as people write it', () => {
  expect(formatMoney({ amountMinor: 5n, currency: 'CNY' })).toBe('0.05 CNY');
  expect(formatMoney({ amountMinor: -12345n, currency: 'USD' })).toBe('-123.45 USD');
  expect(formatMoney({ amountMinor: 5n, currency: 'JPY' })).toBe('5 JPY');
});
