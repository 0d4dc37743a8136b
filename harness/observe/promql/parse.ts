import type { SyntaxNode } from '@lezer/common';
import type { Binary, Expr, Matching, Query } from './ast.ts';
import { parseNumber } from './literals.ts';
import { isOperator, isSetOperator } from './operators.ts';
import { type Parts, parseOperations } from './parse-operations.ts';
import { parseOffset, parseRange, parseSelector } from './parse-selector.ts';
import { childrenOf, labelsIn, openReader, type Reader } from './syntax.ts';
import { typeOf } from './types.ts';
import { refuseForeign } from './uses.ts';

const parseMatching = (reader: Reader, clause: SyntaxNode | null): Matching => {
  const [labels, copied] = clause?.getChildren('GroupingLabels') ?? [];
  const side = clause?.getChild('GroupRight') ? 'right' : 'neither';
  const matching: Matching = {
    on: clause?.getChild('On') != null,
    labels: labels ? labelsIn(reader, labels) : [],
    many: clause?.getChild('GroupLeft') ? 'left' : side,
    copied: copied ? labelsIn(reader, copied) : [],
  };
  const both = matching.on ? matching.labels.find((label) => matching.copied.includes(label)) : undefined;
  if (both !== undefined) throw reader.invalid(`the label ${both} stands both in on() and in group_${matching.many}()`);
  return matching;
};

const operatorOf = (reader: Reader, node: SyntaxNode): Binary['operator'] => {
  const operator = reader.textOf(childrenOf(node)[1] as SyntaxNode).toLowerCase();
  if (!isOperator(operator)) throw new TypeError(`the operator ${operator} was not refused`);
  return operator;
};

const binaryOf = (reader: Reader, node: SyntaxNode, left: Expr, right: Expr): Binary => {
  const operator = operatorOf(reader, node);
  const matching = parseMatching(reader, node.getChild('MatchingModifierClause'));
  if (isSetOperator(operator) && matching.many !== 'neither') {
    throw reader.invalid(`"${operator}" takes no group_${matching.many}`);
  }
  return { kind: 'binary', operator, bool: node.getChild('BoolModifier') !== null, matching, left, right };
};

const numberOf = (reader: Reader, text: string): Expr => {
  const value = parseNumber(text);
  if (value === undefined) throw reader.invalid(`${text} is no number`);
  return { kind: 'number', value };
};

const partsOf = (reader: Reader): Parts => ({
  operand: (node) => parseExpr(reader, node),
  number: (text) => numberOf(reader, text),
  offset: (operand, node) => parseOffset(reader, operand, node),
  binary: (node, left, right) => binaryOf(reader, node, left, right),
  operatorOf: (node) => operatorOf(reader, node),
});

const argumentsIn = (reader: Reader, node: SyntaxNode): Expr[] => {
  const body = node.getChild('FunctionCallBody');
  return body ? childrenOf(body).map((argument) => parseExpr(reader, argument)) : [];
};

const parseAggregate = (reader: Reader, node: SyntaxNode): Expr => {
  const operator = reader.textOf(node.getChild('AggregateOp') as SyntaxNode).toLowerCase();
  const modifier = node.getChild('AggregateModifier');
  const grouping = modifier?.getChild('GroupingLabels');
  const [operand, ...rest] = argumentsIn(reader, node);
  if (operand === undefined || rest.length > 0) throw reader.invalid(`${operator}() aggregates exactly one expression`);
  const without = modifier?.getChild('Without') != null;
  return { kind: 'aggregate', operator, without, labels: grouping ? labelsIn(reader, grouping) : [], operand };
};

const parseCall = (reader: Reader, node: SyntaxNode): Expr => {
  const name = reader.textOf(node.getChild('FunctionIdentifier') as SyntaxNode);
  return { kind: 'call', name, args: argumentsIn(reader, node) };
};

const parseExpr = (reader: Reader, node: SyntaxNode): Expr => {
  switch (node.name) {
    case 'ParenExpr':
      return parseExpr(reader, childrenOf(node)[0] as SyntaxNode);
    case 'StringLiteral':
      return { kind: 'string', value: reader.stringOf(node) };
    case 'VectorSelector':
      return parseSelector(reader, node);
    case 'MatrixSelector':
      return parseRange(reader, node);
    case 'AggregateExpr':
      return parseAggregate(reader, node);
    case 'FunctionCall':
      return parseCall(reader, node);
    case 'BinaryExpr':
    case 'NumberDurationLiteral':
    case 'OffsetExpr':
    case 'UnaryExpr':
      return parseOperations(reader, node, partsOf(reader));
    default:
      throw new TypeError(`the construct ${node.name} was not refused`);
  }
};

/**
 * Reads a PromQL expression and checks its types. Throws `invalid-promql` for what is no PromQL, and
 * `unsupported-promql`, which names the construct, for PromQL that is not evaluated here.
 */
export const parsePromql = (text: string): Query => {
  const { reader, top } = openReader(text);
  refuseForeign(reader, top);
  const expr = parseExpr(reader, top);
  const type = typeOf(reader, expr);
  if (type === 'matrix') throw reader.invalid('a range of samples is no value; put it into a function such as rate()');
  return { text, expr, type };
};

/** Throws what `parsePromql` throws; nothing is evaluated. */
export const checkPromql = (text: string): void => {
  parsePromql(text);
};
