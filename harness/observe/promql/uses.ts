import type { SyntaxNode } from '@lezer/common';
import { aggregations } from './aggregations.ts';
import { constructs } from './constructs.ts';
import { functions } from './functions.ts';
import { operators } from './operators.ts';
import { matchOperators } from './parse-selector.ts';
import type { Reader } from './syntax.ts';

/** Everything that is evaluated, by kind: what stands in these tables, and nothing else. */
const language = {
  function: functions,
  aggregation: aggregations,
  operator: operators,
  matcher: matchOperators,
  construct: constructs,
} as const;

type Kind = keyof typeof language;

/** The whole table: a row for everything that an expression may use. */
export const languageTable: readonly { readonly kind: Kind; readonly name: string }[] = Object.entries(
  language,
).flatMap(([kind, table]) => Object.keys(table).map((name) => ({ kind: kind as Kind, name })));

/** Something of the language that an expression uses, by its key in the table of its kind. */
export interface Use {
  readonly kind: Kind;
  readonly name: string;
  readonly node: SyntaxNode;
}

/** Nodes that only hold others, which tell what is used. */
const holders: ReadonlySet<string> = new Set([
  ...['AggregateExpr', 'AggregateModifier', 'BinaryExpr', 'BoolModifier', 'FunctionCall', 'FunctionCallBody'],
  ...['GroupingLabels', 'LabelMatchers', 'MatchingModifierClause', 'OffsetExpr'],
  ...['QuotedLabelMatcher', 'UnquotedLabelMatcher'],
]);

/** Nodes that belong to the one that holds them, and are read with it; and comments. */
const parts: ReadonlySet<string> = new Set([
  ...['DurationExpr', 'Identifier', 'LabelName', 'LineComment', 'OffsetDurationExpr', 'UnaryOp'],
]);

const children = (node: SyntaxNode): SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
};

const isInMatcher = (node: SyntaxNode): boolean =>
  ['QuotedLabelMatcher', 'UnquotedLabelMatcher'].includes(node.parent?.name ?? '');

/** Whether the node is the sign between the two sides of an operation. */
const isOperatorSign = (node: SyntaxNode): boolean =>
  node.parent?.name === 'BinaryExpr' && node.prevSibling !== null && node.prevSibling.from === node.parent.from;

/** All that `node` uses, the outermost first, whether it is evaluated here or not. */
export const usesIn = (reader: Reader, node: SyntaxNode): readonly Use[] => {
  const { name } = node;
  const text = reader.textOf(node);
  if (name === 'FunctionIdentifier') return [{ kind: 'function', name: text, node }];
  if (name === 'AggregateOp') return [{ kind: 'aggregation', name: text.toLowerCase(), node }];
  if (name === 'MatchOp') return [{ kind: 'matcher', name: node.firstChild?.name ?? '', node }];
  if (isOperatorSign(node)) return [{ kind: 'operator', name: text.toLowerCase(), node }];
  if (parts.has(name) || (name === 'StringLiteral' && isInMatcher(node))) return [];
  if (name === 'QuotedLabelName') return [{ kind: 'construct', name, node }];
  const inside = children(node).flatMap((child) => usesIn(reader, child));
  return holders.has(name) ? inside : [{ kind: 'construct', name, node }, ...inside];
};

/** How errors call what is not evaluated, by the name in the grammar. */
const constructNames: Readonly<Record<string, string>> = {
  AnchoredExpr: 'the anchored modifier',
  SmoothedExpr: 'the smoothed modifier',
  StepInvariantExpr: 'the @ modifier',
  SubqueryExpr: 'a subquery',
};

const describe = (reader: Reader, { kind, name, node }: Use): string => {
  if (kind === 'function' || kind === 'aggregation') return `the ${kind} ${name}()`;
  if (kind !== 'construct') return `the ${kind} "${name}"`;
  if (name.startsWith('Duration')) return `the duration "${reader.textOf(node)}"`;
  return constructNames[name] ?? `"${reader.textOf(node)}"`;
};

/** Throws `unsupported-promql` for the first thing in `node` that is in none of the tables. */
export const refuseForeign = (reader: Reader, node: SyntaxNode): void => {
  const foreign = usesIn(reader, node).find(({ kind, name }) => !Object.hasOwn(language[kind], name));
  if (foreign) throw reader.unsupported(describe(reader, foreign));
};
