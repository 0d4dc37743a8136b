import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { errors, type ToppleError } from '../../errors.ts';
import { aggregations } from './aggregations.ts';
import { functions } from './functions.ts';
import { parseString } from './literals.ts';

/** The text of an expression, and the errors that quote it. */
export interface Reader {
  textOf(node: SyntaxNode): string;
  /** What a StringLiteral, or a node that holds one, stands for. */
  stringOf(node: SyntaxNode): string;
  invalid(problem: string): ToppleError;
  unsupported(construct: string): ToppleError;
}

const strict = parser.configure({ strict: true });

/** The children of a node without comments. */
export const childrenOf = (node: SyntaxNode): SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
};

/** The label names of a GroupingLabels node; they may be quoted. */
export const labelsIn = (reader: Reader, grouping: SyntaxNode): readonly string[] =>
  childrenOf(grouping).map((label) =>
    label.name === 'QuotedLabelName' ? reader.stringOf(label) : reader.textOf(label),
  );

/** Why the grammar stopped at `position`: at a Grafana variable, after a function it does not know, or elsewhere. */
const refusal = (reader: Reader, text: string, position: number): ToppleError => {
  const rest = text.slice(position).trimStart();
  const variable = /^(?:\$\{?\w+\}?|\[\[\w+\]\])/.exec(rest);
  if (variable) return reader.unsupported(`the variable ${variable[0]}, which has to be replaced first`);
  const called = rest.startsWith('(') ? /([a-zA-Z_]\w*)\s*$/.exec(text.slice(0, position)) : null;
  if (called && ![functions, aggregations].some((known) => Object.hasOwn(known, called[1] as string))) {
    return reader.unsupported(`the function ${called[1]}()`);
  }
  if (rest === '') return reader.invalid('it ends too early');
  return reader.invalid(`it cannot be read from column ${position + 1} on ("${rest.slice(0, 20)}")`);
};

/** Parses `text` with Prometheus's own grammar; `top` is the node of the whole expression. */
export const openReader = (text: string): { reader: Reader; top: SyntaxNode } => {
  const reader: Reader = {
    textOf: (node) => text.slice(node.from, node.to),
    stringOf: (node) => {
      const value = parseString(reader.textOf(node));
      if (value === undefined) throw reader.invalid(`${reader.textOf(node)} is no complete string`);
      return value;
    },
    invalid: (problem) => errors.invalidPromql(text, problem),
    unsupported: (construct) => errors.unsupportedPromql(text, construct),
  };
  try {
    const [top] = childrenOf(strict.parse(text).topNode);
    return { reader, top: top as SyntaxNode };
  } catch (error) {
    const position = /^No parse at (\d+)$/.exec(error instanceof Error ? error.message : '')?.[1];
    if (position === undefined) throw error;
    throw refusal(reader, text, Number(position));
  }
};
