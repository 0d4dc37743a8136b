import { expect, test } from 'vitest';
import { bankReferenceOf, orderIdIn } from './bank-reference.ts';

const orderId = 'ord_00112233445566778899aabb';
const reference = bankReferenceOf(orderId) ?? expect.unreachable();

test('fits into the 25 characters of ISO 11649, and its check digits are those of the standard', () => {
  expect(reference).toMatch(/^RF\d\d[0-9A-Z]{19}$/);
  const digits = (reference.slice(4) + reference.slice(0, 4)).replaceAll(/[A-Z]/g, (one) =>
    String(Number.parseInt(one, 36)),
  );
  expect(BigInt(digits) % 97n).toBe(1n);
});

test.each(['ord_000000000000000000000000', 'ord_ffffffffffffffffffffffff', orderId])('leads back to %s', (id) => {
  expect(orderIdIn(bankReferenceOf(id) ?? '')).toBe(id);
});

test.each([
  ['small and in groups of four', reference.toLowerCase().replaceAll(/(.{4})/g, '$1 ')],
  ['over two lines', `${reference.slice(0, 9)}\n${reference.slice(9)}`],
])('%s it is the same', (_, text) => {
  expect(orderIdIn(text)).toBe(orderId);
});

test.each([
  ['nothing', ''],
  ['a character that is wrong', `${reference.slice(0, -1)}${reference.endsWith('A') ? 'B' : 'A'}`],
  ['a reference of somebody else', 'RF18539007547034'],
  ['more than a reference', `order ${reference}`],
  ['a number that no order can have', `RF${'39'}${'Z'.repeat(19)}`],
])('%s leads to no order', (_, text) => {
  expect(orderIdIn(text)).toBe('');
});

test.each(['ord_1', 'ord_00112233445566778899AABB', ''])('%j has none', (id) => {
  expect(bankReferenceOf(id)).toBeUndefined();
});
