import { dropLabels, type Labels, nameLabel, withLabels } from '../labels.ts';
import type { Expr, ValueType } from './ast.ts';
import { histogramQuantile } from './quantile.ts';
import { countChanges, countResets, extrapolate, lastRate } from './rates.ts';
import { greatestOf, leastOf, meanOf, sumOf } from './sums.ts';
import {
  type Context,
  numberIn,
  type Sample,
  samplesIn,
  scalar,
  type Value,
  vector,
  type Window,
  windowsIn,
} from './values.ts';

/** A PromQL function; `required` is how many of the parameters cannot be left out (default: all). */
export interface PromqlFunction {
  readonly parameters: readonly ValueType[];
  readonly required?: number;
  readonly returns: ValueType;
  /** `args` have the types of `parameters`; `written` is what they were before evaluation. */
  call(args: readonly Value[], context: Context, written: readonly Expr[]): Value;
}

const withoutName = (labels: Labels): Labels => dropLabels(labels, [nameLabel]);

/** Each series of a range becomes one sample, or none where `from` is undefined. */
const overRange = (from: (window: Window) => number | undefined, keepsName = false): PromqlFunction => ({
  parameters: ['matrix'],
  returns: 'vector',
  call: ([range]) =>
    vector(
      windowsIn(range).flatMap((window): Sample[] => {
        const value = from(window);
        return value === undefined ? [] : [{ labels: keepsName ? window.labels : withoutName(window.labels), value }];
      }),
    ),
});

const overValues = (from: (values: readonly number[]) => number): PromqlFunction =>
  overRange(({ points }) => from(points.map((point) => point.value)));

/** Each sample's value is replaced; further arguments are scalars. */
const eachValue = (
  change: (value: number, ...scalars: number[]) => number,
  parameters: readonly ValueType[] = ['vector'],
  required = parameters.length,
): PromqlFunction => ({
  parameters,
  required,
  returns: 'vector',
  call: ([operand, ...rest]) => {
    const scalars = rest.map(numberIn);
    return vector(
      samplesIn(operand).map(({ labels, value }) => ({
        labels: withoutName(labels),
        value: change(value, ...scalars),
      })),
    );
  },
});

/** Go's math.Min: unlike JavaScript's, -Inf wins over NaN. */
const lesserOf = (a: number, b: number): number =>
  a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Math.min(a, b);

/** Go's math.Max: Inf wins over NaN. */
const greaterOf = (a: number, b: number): number => -lesserOf(-a, -b);

/** The labels that `absent(x{a="b"})` can tell: those that one `=` matcher, and no other, speaks of. */
const labelsOfAbsent = (written: Expr | undefined): Labels => {
  const matchers = written?.kind === 'selector' ? written.matchers : [];
  const fixed = matchers.filter(
    ({ name, operator }) =>
      operator === '=' && name !== nameLabel && matchers.filter((other) => other.name === name).length === 1,
  );
  return withLabels({}, Object.fromEntries(fixed.map(({ name, value }) => [name, value])));
};

/** All functions, by name. Whatever Prometheus has beyond these is an error here. */
export const functions: Readonly<Record<string, PromqlFunction>> = {
  abs: eachValue(Math.abs),
  absent: {
    parameters: ['vector'],
    returns: 'vector',
    call: ([operand], _, [written]) =>
      vector(samplesIn(operand).length > 0 ? [] : [{ labels: labelsOfAbsent(written), value: 1 }]),
  },
  avg_over_time: overValues(meanOf),
  ceil: eachValue(Math.ceil),
  changes: overRange(countChanges),
  clamp: {
    parameters: ['vector', 'scalar', 'scalar'],
    returns: 'vector',
    call: ([operand, least, most]) => {
      const [min, max] = [numberIn(least), numberIn(most)];
      if (max < min) return vector([]);
      return vector(
        samplesIn(operand).map(({ labels, value }) => ({
          labels: withoutName(labels),
          value: greaterOf(min, lesserOf(max, value)),
        })),
      );
    },
  },
  clamp_max: eachValue((value, max = Number.NaN) => lesserOf(value, max), ['vector', 'scalar']),
  clamp_min: eachValue((value, min = Number.NaN) => greaterOf(value, min), ['vector', 'scalar']),
  count_over_time: overRange(({ points }) => points.length),
  delta: overRange((window) => extrapolate(window, false, false)),
  floor: eachValue(Math.floor),
  histogram_quantile: {
    parameters: ['scalar', 'vector'],
    returns: 'vector',
    call: ([quantile, buckets]) => vector(histogramQuantile(numberIn(quantile), samplesIn(buckets))),
  },
  increase: overRange((window) => extrapolate(window, true, false)),
  irate: overRange(lastRate),
  last_over_time: overRange(({ points }) => points.at(-1)?.value, true),
  max_over_time: overValues(greatestOf),
  min_over_time: overValues(leastOf),
  rate: overRange((window) => extrapolate(window, true, true)),
  resets: overRange(countResets),
  round: eachValue(
    (value, stepSize = 1) => Math.floor(value * (1 / stepSize) + 0.5) / (1 / stepSize),
    ['vector', 'scalar'],
    1,
  ),
  scalar: {
    parameters: ['vector'],
    returns: 'scalar',
    call: ([operand]) => {
      const [only, ...others] = samplesIn(operand);
      return scalar(only === undefined || others.length > 0 ? Number.NaN : only.value);
    },
  },
  sum_over_time: overValues(sumOf),
  time: { parameters: [], returns: 'scalar', call: (_, { atMs }) => scalar(atMs / 1000) },
  timestamp: {
    parameters: ['vector'],
    returns: 'vector',
    call: ([operand], { atMs }, [written]) =>
      vector(
        samplesIn(operand).map(({ labels, sampledMs = atMs }) => ({
          labels: withoutName(labels),
          // Only a selector's own samples have a time of their own; what an operator passes on is of this moment.
          value: (written?.kind === 'selector' ? sampledMs : atMs) / 1000,
        })),
      ),
  },
  vector: {
    parameters: ['scalar'],
    returns: 'vector',
    call: ([value]) => vector([{ labels: {}, value: numberIn(value) }]),
  },
};
