import type { Matcher } from '../matcher.ts';

/** The four types of PromQL; a matrix is a range of samples per series. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Operators on numbers. */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
/** Operators that filter, or with `bool` give 1 and 0. */
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
/** Operators on sets of series. */
export type SetOperator = 'and' | 'or' | 'unless';

/** `x{a="b"} offset 5m`; the metric's name is one of the matchers. A negative offset looks ahead. */
export interface Selector {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
}

/** How series of both sides of an operator find each other; `copied` are the labels taken from the "one" side. */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have several series per match. */
  readonly many: 'neither' | 'left' | 'right';
  readonly copied: readonly string[];
}

/** An operator between two expressions. */
export interface Binary {
  readonly kind: 'binary';
  readonly operator: ArithmeticOperator | ComparisonOperator | SetOperator;
  readonly bool: boolean;
  readonly matching: Matching;
  readonly left: Expr;
  readonly right: Expr;
}

/** `sum by (a) (x)`; without a clause all series are one group: by no label. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly operator: string;
  readonly without: boolean;
  readonly labels: readonly string[];
  readonly operand: Expr;
}

/** A function of the table in `functions.ts`. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

/** The samples of the last `rangeMs`, as in `x[5m]`. */
export interface Range {
  readonly kind: 'range';
  readonly selector: Selector;
  readonly rangeMs: number;
}

/** A PromQL expression; parentheses are gone, for the tree holds what they said. */
export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'signed'; readonly sign: '+' | '-'; readonly operand: Expr }
  | Selector
  | Range
  | Binary
  | Aggregate
  | Call;

/** An expression that was read and whose types fit; `text` is how it was written. */
export interface Query {
  readonly text: string;
  readonly expr: Expr;
  readonly type: Exclude<ValueType, 'matrix'>;
}
