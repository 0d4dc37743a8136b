import { type Labels, labelOf } from './labels.ts';

/** How a matcher compares; the patterns of `=~` and `!~` have to match the whole value. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on one label; a label that a series does not have counts as ''. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  matches(value: string): boolean;
}

/** RE2, which Prometheus uses, has neither of these; JavaScript would quietly give them a meaning. */
const outsideRe2 = /(?<!\\)(?:\\\\)*(?:\(\?<?[=!]|\\(?:[1-9]|k<)|\[\[:)/;

/**
 * The pattern, anchored at both ends, `.` matching line ends too. Throws a SyntaxError on what is not the same in RE2
 * and in JavaScript, so that no pattern is read in two ways.
 */
const anchored = (pattern: string): RegExp => {
  const found = outsideRe2.exec(pattern);
  if (found) throw new SyntaxError(`"${found[0]}" has no place in a pattern that RE2 and JavaScript read alike`);
  return new RegExp(`^(?:${pattern})$`, 'su');
};

/** A matcher; throws a SyntaxError on a pattern that cannot be used. */
export const createMatcher = (name: string, operator: MatchOperator, value: string): Matcher => {
  if (operator === '=') return { name, operator, value, matches: (given) => given === value };
  if (operator === '!=') return { name, operator, value, matches: (given) => given !== value };
  const pattern = anchored(value);
  const wanted = operator === '=~';
  return { name, operator, value, matches: (given) => pattern.test(given) === wanted };
};

/** True when all matchers hold. */
export const matchesAll = (matchers: readonly Matcher[], labels: Labels): boolean =>
  matchers.every((matcher) => matcher.matches(labelOf(labels, matcher.name)));
