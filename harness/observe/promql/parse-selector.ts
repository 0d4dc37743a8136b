import type { SyntaxNode } from '@lezer/common';
import { nameLabel } from '../labels.ts';
import { createMatcher, type Matcher, type MatchOperator } from '../matcher.ts';
import type { Range, Selector } from './ast.ts';
import { parseNumber } from './literals.ts';
import { childrenOf, type Reader } from './syntax.ts';

/** All operators of matchers, by the grammar's name. */
export const matchOperators: Readonly<Record<string, MatchOperator>> = {
  EqlSingle: '=',
  Neq: '!=',
  EqlRegex: '=~',
  NeqRegex: '!~',
};

/** `name="value"`, or a quoted metric name alone. */
const parseMatcher = (reader: Reader, node: SyntaxNode): Matcher => {
  if (node.name === 'QuotedLabelName') return createMatcher(nameLabel, '=', reader.stringOf(node));
  const [label, operator, literal] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
  const name = label.name === 'QuotedLabelName' ? reader.stringOf(label) : reader.textOf(label);
  const value = reader.stringOf(literal);
  const variable = /\$\{?[a-zA-Z_]\w*\}?/.exec(value);
  if (variable) throw reader.unsupported(`the variable ${variable[0]}, which has to be replaced first`);
  try {
    return createMatcher(name, matchOperators[operator.firstChild?.name ?? ''] as MatchOperator, value);
  } catch (error) {
    if (error instanceof SyntaxError) throw reader.unsupported(`a pattern that cannot be used (${error.message})`);
    throw error;
  }
};

/** A VectorSelector node; one matcher at least has to be one that a missing label does not satisfy. */
export const parseSelector = (reader: Reader, node: SyntaxNode): Selector => {
  const name = node.getChild('Identifier');
  const braces = node.getChild('LabelMatchers');
  const matchers = braces ? childrenOf(braces).map((matcher) => parseMatcher(reader, matcher)) : [];
  if (name) {
    if (matchers.some((matcher) => matcher.name === nameLabel)) throw reader.invalid('a metric name is given twice');
    matchers.unshift(createMatcher(nameLabel, '=', reader.textOf(name)));
  }
  if (matchers.every((matcher) => matcher.matches(''))) {
    throw reader.invalid(`${reader.textOf(node)} would select every series; name a metric or a label`);
  }
  return { kind: 'selector', matchers, offsetMs: 0 };
};

/** Milliseconds of a duration or a number of seconds, with an optional sign. */
const parseSpanMs = (reader: Reader, node: SyntaxNode): number => {
  const [first, second] = childrenOf(node) as [SyntaxNode, SyntaxNode | undefined];
  const literal = first.name === 'UnaryOp' ? second?.firstChild : first;
  const seconds =
    literal?.name === 'NumberDurationLiteralInDurationContext' ? parseNumber(reader.textOf(literal)) : undefined;
  if (seconds === undefined || !Number.isFinite(seconds)) {
    throw reader.unsupported(`the duration "${reader.textOf(node)}"`);
  }
  const sign = reader.textOf(first) === '-' ? -1 : 1;
  return sign * Math.trunc(Math.round(seconds * 1e9) / 1e6);
};

/** A MatrixSelector node: `x[5m]`. */
export const parseRange = (reader: Reader, node: SyntaxNode): Range => {
  const [selector, duration] = childrenOf(node) as [SyntaxNode, SyntaxNode];
  if (selector.name === 'OffsetExpr') throw reader.invalid('an offset stands after the range, as in x[5m] offset 1h');
  if (selector.name !== 'VectorSelector') throw reader.invalid('only a selector can have a range, as in x[5m]');
  const rangeMs = parseSpanMs(reader, duration);
  if (rangeMs <= 0) throw reader.invalid(`a range has to be longer than ${reader.textOf(duration)}`);
  return { kind: 'range', selector: parseSelector(reader, selector), rangeMs };
};

/** `operand`, a selector or a range, moved in time by the OffsetExpr `node`. */
export const parseOffset = (reader: Reader, operand: SyntaxNode, node: SyntaxNode): Selector | Range => {
  const offsetMs = parseSpanMs(reader, childrenOf(node).at(-1) as SyntaxNode);
  if (operand.name === 'VectorSelector') return { ...parseSelector(reader, operand), offsetMs };
  if (operand.name !== 'MatrixSelector') throw reader.invalid('an offset has to stand right after a selector, once');
  const range = parseRange(reader, operand);
  return { ...range, selector: { ...range.selector, offsetMs } };
};
