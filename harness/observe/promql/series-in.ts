import { errors } from '../../errors.ts';
import { nameLabel } from '../labels.ts';
import type { Expr, Selector } from './ast.ts';
import { parsePromql } from './parse.ts';

const selectorsIn = (expr: Expr): readonly Selector[] => {
  switch (expr.kind) {
    case 'selector':
      return [expr];
    case 'range':
      return [expr.selector];
    case 'binary':
      return [...selectorsIn(expr.left), ...selectorsIn(expr.right)];
    case 'aggregate':
    case 'signed':
      return selectorsIn(expr.operand);
    case 'call':
      return expr.args.flatMap(selectorsIn);
    default:
      return [];
  }
};

/**
 * The names of the metrics that an expression reads, sorted, each once. Throws what `parsePromql` throws, and
 * `unsupported-promql` for a selector that leaves the name open, whose metrics nobody can list.
 */
export const seriesIn = (text: string): readonly string[] => {
  const names = selectorsIn(parsePromql(text).expr).map(({ matchers }) => {
    const named = matchers.find((matcher) => matcher.name === nameLabel && matcher.operator === '=');
    if (!named) throw errors.unsupportedPromql(text, 'a selector without the name of its metric');
    return named.value;
  });
  return [...new Set(names)].sort();
};
