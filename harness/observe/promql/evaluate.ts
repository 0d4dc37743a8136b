import { errors } from '../../errors.ts';
import { dropLabels, nameLabel, seriesText } from '../labels.ts';
import { latestPoint, pointsWithin, type SampleStore } from '../store.ts';
import { aggregate } from './aggregations.ts';
import type { Aggregate, Binary, Call, Expr, Query, Range, Selector } from './ast.ts';
import { functions } from './functions.ts';
import { combineSets, matchVectors } from './matching.ts';
import { calculate, isComparison, isSetOperator } from './operators.ts';
import { parsePromql } from './parse.ts';
import { type Answer, type Context, numberIn, type Sample, samplesIn, scalar, type Value, vector } from './values.ts';

/** How far an instant query looks back for a sample, unless it is told: as Prometheus does. */
const defaultLookbackMs = 300_000;

const selectLatest = ({ store, atMs, lookbackMs }: Context, { matchers, offsetMs }: Selector): Value =>
  vector(
    store.select(matchers).flatMap((series): Sample[] => {
      const point = latestPoint(series, atMs - offsetMs, lookbackMs);
      return point ? [{ labels: series.labels, value: point.value, sampledMs: point.timestampMs }] : [];
    }),
  );

const selectRange = ({ store, atMs }: Context, { selector, rangeMs }: Range): Value => {
  const untilMs = atMs - selector.offsetMs;
  const fromMs = untilMs - rangeMs;
  const windows = store.select(selector.matchers).map((series) => {
    return { labels: series.labels, points: pointsWithin(series, fromMs, untilMs), fromMs, untilMs };
  });
  return { type: 'matrix', windows: windows.filter(({ points }) => points.length > 0) };
};

/** Series that lost their name may coincide, which Prometheus refuses. */
const distinct = (context: Context, value: Value): Value => {
  if (value.type !== 'vector') return value;
  const seen = new Set<string>();
  for (const { labels } of value.samples) {
    const text = seriesText(labels);
    if (seen.has(text)) throw context.fail(`the result has ${text} twice`);
    seen.add(text);
  }
  return value;
};

/** An operator between a vector and a number; a filter keeps the value of the vector, whichever side it is on. */
const withScalar = ({ operator, bool }: Binary, left: Value, right: Value): readonly Sample[] =>
  samplesIn(left.type === 'vector' ? left : right).flatMap(({ labels, value }): Sample[] => {
    const result =
      left.type === 'vector' ? calculate(operator, value, numberIn(right)) : calculate(operator, numberIn(left), value);
    if (isComparison(operator) && !bool) return result === 1 ? [{ labels, value }] : [];
    return [{ labels: dropLabels(labels, [nameLabel]), value: result }];
  });

const evaluateBinary = (context: Context, binary: Binary): Value => {
  const { operator, matching } = binary;
  const [left, right] = [evaluate(context, binary.left), evaluate(context, binary.right)];
  if (isSetOperator(operator)) return vector(combineSets(operator, matching, samplesIn(left), samplesIn(right)));
  if (left.type === 'vector' && right.type === 'vector') {
    return vector(matchVectors(context, binary, left.samples, right.samples));
  }
  if (left.type === 'vector' || right.type === 'vector') return vector(withScalar(binary, left, right));
  return scalar(calculate(operator, numberIn(left), numberIn(right)));
};

const evaluateCall = (context: Context, { name, args }: Call): Value => {
  const values = args.map((arg) => evaluate(context, arg));
  return (functions[name] as (typeof functions)[string]).call(values, context, args);
};

const evaluateAggregate = (context: Context, expr: Aggregate): Value =>
  vector(aggregate(expr, samplesIn(evaluate(context, expr.operand))));

const negate = (value: Value): Value =>
  value.type === 'vector'
    ? vector(value.samples.map((sample) => ({ labels: dropLabels(sample.labels, [nameLabel]), value: -sample.value })))
    : scalar(-numberIn(value));

const evaluate = (context: Context, expr: Expr): Value => {
  switch (expr.kind) {
    case 'number':
      return scalar(expr.value);
    case 'string':
      return { type: 'string', value: expr.value };
    case 'selector':
      return selectLatest(context, expr);
    case 'range':
      return selectRange(context, expr);
    case 'signed': {
      const operand = evaluate(context, expr.operand);
      return expr.sign === '-' ? distinct(context, negate(operand)) : operand;
    }
    case 'binary':
      return distinct(context, evaluateBinary(context, expr));
    case 'aggregate':
      return evaluateAggregate(context, expr);
    case 'call':
      return distinct(context, evaluateCall(context, expr));
  }
};

/**
 * The answer of an instant query at `atMs`, as Prometheus 3 gives it. An expression given as text is read first and
 * throws what `parsePromql` throws; samples that have no answer (a match that is not unique) throw `promql-failed`.
 */
export const queryAt = (
  query: Query | string,
  { store, atMs, lookbackMs = defaultLookbackMs }: { store: SampleStore; atMs: number; lookbackMs?: number },
): Answer => {
  const { text, expr } = typeof query === 'string' ? parsePromql(query) : query;
  const fail = (problem: string): Error => errors.promqlFailed(text, problem);
  return evaluate({ store, atMs, lookbackMs, fail }, expr) as Answer;
};
