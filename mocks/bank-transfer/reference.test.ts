import { expect, test } from 'vitest';
import { accounts, otherAccount, payers } from './quirks.ts';
import { printed, referenceIn, referenceOf, remainderOf97 } from './reference.ts';

test.each([
  // The example of ISO 11649; the others by hand.
  ['539007547034', 'RF18539007547034'],
  ['T1', 'RF04T1'],
  ['a1', 'RF90A1'],
])('%s is %s with its check digits', (name, reference) => {
  expect(referenceOf(name)).toBe(reference);
  expect(referenceIn(reference)).toBe(reference);
});

test.each(['', 'a b', 'ü', 'x'.repeat(22)])('%j makes no reference', (name) => {
  expect(referenceOf(name)).toBeUndefined();
});

test.each([
  ['rf18 5390 0754 7034', 'RF18539007547034'],
  [' RF18539007547034\n', 'RF18539007547034'],
  ['RF18539007547035', ''],
  ['RF81539007547034', ''],
  ['RF18', ''],
  ['invoice RF18539007547034', ''],
])('%j is read as %j', (text, reference) => {
  expect(referenceIn(text)).toBe(reference);
});

test('no single character can be wrong unseen, nor two neighbours change places', () => {
  const reference = referenceOf('T0042X9') ?? expect.unreachable();
  const wrong = Array.from(reference.slice(2)).flatMap((character, index) => {
    const at = index + 2;
    const others = Array.from('0123456789ABCXYZ').filter((other) => other !== character);
    const typed = others.map((other) => reference.slice(0, at) + other + reference.slice(at + 1));
    const next = reference[at + 1] ?? character;
    return next === character ? typed : [...typed, reference.slice(0, at) + next + character + reference.slice(at + 2)];
  });
  expect(wrong.filter((text) => referenceIn(text) !== '')).toEqual([]);
});

test('is printed in groups of four', () => {
  expect(printed('RF18539007547034')).toBe('RF18 5390 0754 7034');
});

test('the accounts have check digits too', () => {
  const ibans = [...Object.values(accounts), otherAccount, payers.buyer.iban, payers.other.iban];
  expect(ibans.map((iban) => remainderOf97(iban.slice(4) + iban.slice(0, 4)))).toEqual(ibans.map(() => 1));
});
