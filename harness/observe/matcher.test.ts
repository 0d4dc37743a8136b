import { expect, test } from 'vitest';
import { createMatcher, type MatchOperator, matchesAll } from './matcher.ts';

test.each<[MatchOperator, string, string, boolean]>([
  ['=', 'api', 'api', true],
  ['=', 'api', 'apis', false],
  ['!=', 'api', 'ops', true],
  ['=~', 'a|b', 'b', true],
  ['=~', 'a|b', 'ab', false],
  ['=~', 'a.*', 'a\nb', true],
  ['=~', '', '', true],
  ['!~', 'a.', 'ab', false],
  ['!~', 'a.', 'abc', true],
  ['=~', String.raw`\(\?=\\1`, String.raw`(?=\1`, true],
])('%s "%s" on "%s" is %s', (operator, value, given, expected) => {
  expect(createMatcher('role', operator, value).matches(given)).toBe(expected);
});

test('a label that is not there counts as empty, and inherited names are no labels', () => {
  expect(matchesAll([createMatcher('constructor', '=', '')], { role: 'api' })).toBe(true);
  expect(matchesAll([createMatcher('role', '!=', '')], {})).toBe(false);
});
