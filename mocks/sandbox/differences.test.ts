import { expect, test } from 'vitest';
import { differencesOf, isOnlyVendors } from './differences.ts';
import { type Json, openPlaceholders } from './placeholders.ts';

test.each<{ when: string; vendor: Json; mock: Json; paths: readonly string[]; count: number }>([
  { when: 'all is the same, in another order', vendor: { a: 1, b: [2] }, mock: { b: [2], a: 1 }, paths: [], count: 0 },
  { when: 'a value differs', vendor: { a: { b: 1 } }, mock: { a: { b: 2 } }, paths: ['a.b'], count: 1 },
  { when: 'a type differs', vendor: { a: '1' }, mock: { a: 1 }, paths: ['a'], count: 1 },
  { when: 'null stands for an object', vendor: { a: null }, mock: { a: {} }, paths: ['a'], count: 1 },
  { when: 'a list stands for an object', vendor: { a: [] }, mock: { a: {} }, paths: ['a'], count: 1 },
  { when: 'the mock made up a field', vendor: {}, mock: { a: null }, paths: ['a'], count: 1 },
  { when: 'the vendor has a field more', vendor: { a: null }, mock: {}, paths: ['a'], count: 0 },
  { when: 'the vendor has a row more', vendor: { a: [1, 2] }, mock: { a: [1] }, paths: ['a.1'], count: 1 },
  { when: 'both are no objects', vendor: 'a', mock: 'b', paths: [''], count: 1 },
])('$count differences count when $when', ({ vendor, mock, paths, count }) => {
  const all = differencesOf(vendor, mock);
  expect(all.map(({ path }) => path)).toEqual(paths);
  expect(all.filter((one) => !isOnlyVendors(one))).toHaveLength(count);
});

const rules = {
  names: [{ name: 'pi', pattern: /\bpi_\w+/g }],
  momentFields: ['created'],
  proseFields: ['message'],
};

test('names become placeholders that tell the same from another, and all else stays', () => {
  const read = openPlaceholders(rules, { run: 'run7' }, false);
  expect(read({ id: 'pi_a', created: 1_767_225_600, amount: 8888, message: 'No such pi_b', gone: undefined })).toEqual({
    id: '{pi 1}',
    created: '{moment}',
    amount: 8888,
    message: '{prose}',
  });
  const more = ['pi_b', 'pi_a', 'run7-1', 'at 2026-01-01 00:00:00.000', 'https://qr.alipay.com/a', null, true];
  expect(read(more)).toEqual(['{pi 2}', '{pi 1}', '{run}-1', 'at {moment}', '{url 1}', null, true]);
});

test('prose that counts keeps its words, and not its names', () => {
  expect(openPlaceholders(rules, {}, true)({ message: 'No such pi_b' })).toEqual({ message: 'No such {pi 1}' });
});
