import type { SyntaxNode } from '@lezer/common';
import { aggregations } from './aggregations.ts';
import { type Binary, type Expr, isSetOperator, type Matching, type Query } from './ast.ts';
import { functions } from './functions.ts';
import { parseNumber } from './literals.ts';
import { parseOffset, parseRange, parseSelector } from './parse-selector.ts';
import { childrenOf, labelsIn, openReader, type Reader } from './syntax.ts';
import { typeOf } from './types.ts';

const operators: ReadonlySet<string> = new Set<Binary['operator']>([
  ...(['+', '-', '*', '/', '%', '^', '==', '!=', '>', '<', '>=', '<='] as const),
  ...(['and', 'or', 'unless'] as const),
]);

const isOperator = (text: string): text is Binary['operator'] => operators.has(text);

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

/** The grammar takes the sign of `-2 ^ 2` for a part of the number; in PromQL the power binds tighter. */
const isSignedBase = (reader: Reader, node: SyntaxNode): boolean =>
  node.name === 'NumberDurationLiteral' && reader.textOf(node).startsWith('-');

const parseBinary = (reader: Reader, node: SyntaxNode): Expr => {
  const parts = childrenOf(node);
  const [leftNode, operatorNode, rightNode] = [parts[0], parts[1], parts.at(-1)] as [
    SyntaxNode,
    SyntaxNode,
    SyntaxNode,
  ];
  const operator = reader.textOf(operatorNode).toLowerCase();
  if (!isOperator(operator)) throw reader.unsupported(`the operator "${operator}"`);
  const fill = node.getChild('FillModifier');
  if (fill) throw reader.unsupported(`"${reader.textOf(fill)}"`);
  const matching = parseMatching(reader, node.getChild('MatchingModifierClause'));
  if (isSetOperator(operator) && matching.many !== 'neither') {
    throw reader.invalid(`"${operator}" takes no group_${matching.many}`);
  }
  const bool = node.getChild('BoolModifier') !== null;
  const left = parseExpr(reader, leftNode);
  const right = parseExpr(reader, rightNode);
  if (operator === '^' && left.kind === 'number' && isSignedBase(reader, leftNode)) {
    const base: Expr = { kind: 'number', value: -left.value };
    return { kind: 'signed', sign: '-', operand: { kind: 'binary', operator, bool, matching, left: base, right } };
  }
  return { kind: 'binary', operator, bool, matching, left, right };
};

const argumentsIn = (reader: Reader, node: SyntaxNode): Expr[] => {
  const body = node.getChild('FunctionCallBody');
  return body ? childrenOf(body).map((argument) => parseExpr(reader, argument)) : [];
};

const parseAggregate = (reader: Reader, node: SyntaxNode): Expr => {
  const operator = reader.textOf(node.getChild('AggregateOp') as SyntaxNode).toLowerCase();
  if (!Object.hasOwn(aggregations, operator)) throw reader.unsupported(`the aggregation ${operator}()`);
  const modifier = node.getChild('AggregateModifier');
  const grouping = modifier?.getChild('GroupingLabels');
  const [operand, ...rest] = argumentsIn(reader, node);
  if (operand === undefined || rest.length > 0) throw reader.invalid(`${operator}() aggregates exactly one expression`);
  const without = modifier?.getChild('Without') != null;
  return { kind: 'aggregate', operator, without, labels: grouping ? labelsIn(reader, grouping) : [], operand };
};

const parseCall = (reader: Reader, node: SyntaxNode): Expr => {
  const name = reader.textOf(node.getChild('FunctionIdentifier') as SyntaxNode);
  if (!Object.hasOwn(functions, name)) throw reader.unsupported(`the function ${name}()`);
  return { kind: 'call', name, args: argumentsIn(reader, node) };
};

const parseSigned = (reader: Reader, node: SyntaxNode): Expr => {
  const [sign, operand] = childrenOf(node) as [SyntaxNode, SyntaxNode];
  return { kind: 'signed', sign: reader.textOf(sign) === '-' ? '-' : '+', operand: parseExpr(reader, operand) };
};

/** What the grammar knows and this evaluator does not, by the grammar's name. */
const constructs: Readonly<Record<string, string>> = {
  SubqueryExpr: 'a subquery',
  StepInvariantExpr: 'the @ modifier',
  AnchoredExpr: 'the anchored modifier',
  SmoothedExpr: 'the smoothed modifier',
};

const parseExpr = (reader: Reader, node: SyntaxNode): Expr => {
  switch (node.name) {
    case 'ParenExpr':
      return parseExpr(reader, childrenOf(node)[0] as SyntaxNode);
    case 'NumberDurationLiteral': {
      const value = parseNumber(reader.textOf(node));
      if (value === undefined) throw reader.invalid(`${reader.textOf(node)} is no number`);
      return { kind: 'number', value };
    }
    case 'StringLiteral':
      return { kind: 'string', value: reader.stringOf(node) };
    case 'VectorSelector':
      return parseSelector(reader, node);
    case 'MatrixSelector':
      return parseRange(reader, node);
    case 'OffsetExpr':
      return parseOffset(reader, node);
    case 'BinaryExpr':
      return parseBinary(reader, node);
    case 'UnaryExpr':
      return parseSigned(reader, node);
    case 'AggregateExpr':
      return parseAggregate(reader, node);
    case 'FunctionCall':
      return parseCall(reader, node);
    default:
      throw reader.unsupported(constructs[node.name] ?? `the construct ${node.name}`);
  }
};

/**
 * Reads a PromQL expression and checks its types. Throws `invalid-promql` for what is no PromQL, and
 * `unsupported-promql`, which names the construct, for PromQL that is not evaluated here.
 */
export const parsePromql = (text: string): Query => {
  const { reader, top } = openReader(text);
  const expr = parseExpr(reader, top);
  const type = typeOf(reader, expr);
  if (type === 'matrix') throw reader.invalid('a range of samples is no value; put it into a function such as rate()');
  return { text, expr, type };
};

/** Throws what `parsePromql` throws; nothing is evaluated. */
export const checkPromql = (text: string): void => {
  parsePromql(text);
};
