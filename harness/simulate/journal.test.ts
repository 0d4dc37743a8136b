import { expect, test } from 'vitest';
import { openJournal, shortSql, textOf } from './journal.ts';

test('the text of a value differs wherever the value does, bytes and bigint included', () => {
  const values = [
    1,
    1n,
    '1',
    null,
    [Buffer.from([1])],
    [new Uint8Array([2])],
    [[1]],
    { a: Buffer.from([1]) },
    undefined,
  ];
  expect(new Set(values.map(textOf)).size).toBe(values.length);
  expect(textOf([{ body: Buffer.from([1, 2]) }])).toBe(textOf([{ body: new Uint8Array([1, 2]) }]));
});

test('digests are equal for equal lines in equal order, and for no others', () => {
  const digestOf = (...lines: readonly string[]): string => {
    const journal = openJournal();
    for (const line of lines) journal.note(line);
    return journal.digest();
  };
  expect(digestOf('a', 'b')).toBe(digestOf('a', 'b'));
  expect(new Set([digestOf(), digestOf('a'), digestOf('a', 'b'), digestOf('b', 'a'), digestOf('ab')]).size).toBe(5);
});

test('a statement is told on one line', () => {
  expect(shortSql(`  select 1,\n    2  `)).toBe('select 1, 2');
  expect(shortSql(`select '${'x'.repeat(100)}'`)).toHaveLength(60);
});
