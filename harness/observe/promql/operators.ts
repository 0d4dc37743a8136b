import type { Binary, ComparisonOperator, SetOperator } from './ast.ts';

/** Go's math.Pow: unlike JavaScript, 1 to any power is 1, and so is -1 to an infinite one. */
const power = (base: number, exponent: number): number => {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
};

/** A binary operator; of two in a row the one with the higher `binding` is applied first. */
export interface Operator {
  readonly kind: 'arithmetic' | 'comparison' | 'set';
  readonly binding: number;
  /** What it makes of two numbers; a comparison gives 1 or 0, a set operator has no meaning on numbers. */
  readonly of?: (leftValue: number, rightValue: number) => number;
}

/** All operators. Those of equal binding are applied from left to right, but `^` from right to left. */
export const operators: Readonly<Record<Binary['operator'], Operator>> = {
  '^': { kind: 'arithmetic', binding: 6, of: power },
  '*': { kind: 'arithmetic', binding: 5, of: (left, right) => left * right },
  '/': { kind: 'arithmetic', binding: 5, of: (left, right) => left / right },
  '%': { kind: 'arithmetic', binding: 5, of: (left, right) => left % right },
  '+': { kind: 'arithmetic', binding: 4, of: (left, right) => left + right },
  '-': { kind: 'arithmetic', binding: 4, of: (left, right) => left - right },
  '==': { kind: 'comparison', binding: 3, of: (left, right) => Number(left === right) },
  '!=': { kind: 'comparison', binding: 3, of: (left, right) => Number(left !== right) },
  '>': { kind: 'comparison', binding: 3, of: (left, right) => Number(left > right) },
  '<': { kind: 'comparison', binding: 3, of: (left, right) => Number(left < right) },
  '>=': { kind: 'comparison', binding: 3, of: (left, right) => Number(left >= right) },
  '<=': { kind: 'comparison', binding: 3, of: (left, right) => Number(left <= right) },
  and: { kind: 'set', binding: 2 },
  unless: { kind: 'set', binding: 2 },
  or: { kind: 'set', binding: 1 },
};

/** The sign of `-x` binds like a multiplication: `-x ^ 2` is `-(x ^ 2)`. */
export const signBinding = operators['*'].binding;

/** True for the text of an operator; its letters are small. */
export const isOperator = (text: string): text is Binary['operator'] => Object.hasOwn(operators, text);

/** True for the operators that filter. */
export const isComparison = (operator: Binary['operator']): operator is ComparisonOperator =>
  operators[operator].kind === 'comparison';

/** True for `and`, `or`, `unless`. */
export const isSetOperator = (operator: Binary['operator']): operator is SetOperator =>
  operators[operator].kind === 'set';

/** What an operator makes of two numbers; comparisons give 1 and 0. A set operator throws. */
export const calculate = (operator: Binary['operator'], leftValue: number, rightValue: number): number => {
  const { of } = operators[operator];
  if (of === undefined) throw new TypeError(`"${operator}" does not work on numbers`);
  return of(leftValue, rightValue);
};
