import type { Binary } from './ast.ts';

/** Go's math.Pow: unlike JavaScript, 1 to any power is 1, and so is -1 to an infinite one. */
const power = (base: number, exponent: number): number => {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
};

/** What an operator makes of two numbers; comparisons give 1 and 0. Set operators have no meaning on numbers. */
export const calculate = (operator: Binary['operator'], leftValue: number, rightValue: number): number => {
  switch (operator) {
    case '+':
      return leftValue + rightValue;
    case '-':
      return leftValue - rightValue;
    case '*':
      return leftValue * rightValue;
    case '/':
      return leftValue / rightValue;
    case '%':
      return leftValue % rightValue;
    case '^':
      return power(leftValue, rightValue);
    case '==':
      return Number(leftValue === rightValue);
    case '!=':
      return Number(leftValue !== rightValue);
    case '>':
      return Number(leftValue > rightValue);
    case '<':
      return Number(leftValue < rightValue);
    case '>=':
      return Number(leftValue >= rightValue);
    case '<=':
      return Number(leftValue <= rightValue);
    default:
      throw new TypeError(`"${operator}" does not work on numbers`);
  }
};
