/** Which metrics an expression reads. */
import { nameLabel } from '../labels.ts';
import type { Expr, Selector } from './ast.ts';

const selectorsIn = (expr: Expr): readonly Selector[] => {
  switch (expr.kind) {
    case 'selector':
      return [expr];
    case 'range':
      return [expr.selector];
    case 'signed':
    case 'aggregate':
      return selectorsIn(expr.operand);
    case 'binary':
      return [...selectorsIn(expr.left), ...selectorsIn(expr.right)];
    case 'call':
      return expr.args.flatMap(selectorsIn);
    default:
      return [];
  }
};

/** The names of the metrics that `expr` selects by their exact names, each once. */
export const metricNamesIn = (expr: Expr): readonly string[] => {
  const matchers = selectorsIn(expr).flatMap((selector) => selector.matchers);
  const exact = matchers.filter(({ name, operator }) => name === nameLabel && operator === '=');
  return [...new Set(exact.map(({ value }) => value))];
};
