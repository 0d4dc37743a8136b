import type { Aggregate, Binary, Call, Expr, ValueType } from './ast.ts';
import { functions } from './functions.ts';
import { isComparison, isSetOperator } from './operators.ts';
import type { Reader } from './syntax.ts';

const typeOfCall = (reader: Reader, { name, args }: Call): ValueType => {
  const { parameters, required = parameters.length, returns } = functions[name] as (typeof functions)[string];
  if (args.length < required || args.length > parameters.length) {
    const count = required === parameters.length ? `${required}` : `${required} to ${parameters.length}`;
    throw reader.invalid(`${name}() takes ${count} argument(s), not ${args.length}`);
  }
  for (const [index, arg] of args.entries()) {
    const type = typeOf(reader, arg);
    if (type !== parameters[index]) throw reader.invalid(`${name}() takes a ${parameters[index]} here, not a ${type}`);
  }
  return returns;
};

const typeOfBinary = (reader: Reader, { operator, bool, matching, left, right }: Binary): ValueType => {
  const types = [typeOf(reader, left), typeOf(reader, right)];
  const other = types.find((type) => type !== 'scalar' && type !== 'vector');
  if (other !== undefined) throw reader.invalid(`"${operator}" cannot work on a ${other}`);
  if (bool && !isComparison(operator)) throw reader.invalid(`bool belongs to comparisons, not to "${operator}"`);
  const vectors = types.filter((type) => type === 'vector').length;
  if (vectors === 2) return 'vector';
  if (isSetOperator(operator)) throw reader.invalid(`"${operator}" needs a vector on both sides`);
  if (matching.labels.length > 0) throw reader.invalid('on() and ignoring() need a vector on both sides');
  if (vectors === 0 && isComparison(operator) && !bool)
    throw reader.invalid(`write "${operator} bool" between scalars`);
  return vectors === 1 ? 'vector' : 'scalar';
};

const typeOfAggregate = (reader: Reader, { operator, operand }: Aggregate): ValueType => {
  const type = typeOf(reader, operand);
  if (type !== 'vector') throw reader.invalid(`${operator}() aggregates a vector, not a ${type}`);
  return 'vector';
};

/** The type of an expression; throws `invalid-promql` where types do not fit, as Prometheus would. */
export const typeOf = (reader: Reader, expr: Expr): ValueType => {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return 'vector';
    case 'range':
      return 'matrix';
    case 'signed': {
      const type = typeOf(reader, expr.operand);
      if (type === 'scalar' || type === 'vector') return type;
      throw reader.invalid(`a sign cannot stand before a ${type}`);
    }
    case 'binary':
      return typeOfBinary(reader, expr);
    case 'aggregate':
      return typeOfAggregate(reader, expr);
    case 'call':
      return typeOfCall(reader, expr);
  }
};
