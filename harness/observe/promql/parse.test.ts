import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { ToppleError } from '../../errors.ts';
import { checkPromql, parsePromql } from './parse.ts';
import { seriesIn } from './series-in.ts';
import { knownAggregations, knownConstructs, knownFunctions, knownOperators } from './testdata/known-names.ts';
import { languageTable } from './uses.ts';

type Kind = (typeof languageTable)[number]['kind'];

const refusal = (expression: string): ToppleError => {
  try {
    checkPromql(expression);
  } catch (error) {
    if (error instanceof ToppleError) return error;
    throw error;
  }
  throw new Error(`${expression} was accepted`);
};

describe('PromQL that is not evaluated here names the construct', () => {
  test.each([
    ['max_over_time(rate(x[5m])[1h:1m])', 'a subquery'],
    ['x[5m:1m] offset 1h', 'a subquery'],
    ['x @ 1600000000', 'the @ modifier'],
    ['x @ end() offset 5m', 'the @ modifier'],
    ['rate(x[$__interval])', 'the variable $__interval'],
    ['rate(x[[[window]]])', 'the variable [[window]]'],
    ['sum(x{job="$job"})', 'the variable $job'],
    ['x{job=~"$job|api"}', 'the variable $job'],
    ['frobnicate(x)', 'the function frobnicate()'],
    ['topk(3, x)', 'the aggregation topk()'],
    ['quantile by (a) (0.9, x)', 'the aggregation quantile()'],
    ['x{a=~"(?=b).*"}', 'a pattern that cannot be used'],
    ['x{a=~"(?i)b"}', 'a pattern that cannot be used'],
    ['x{a=~"[[:alpha:]]+"}', 'a pattern that cannot be used'],
    [String.raw`x{a=~"(b)\\1"}`, 'a pattern that cannot be used'],
    ['x{a=~"("}', 'a pattern that cannot be used'],
  ])('%s', (expression, construct) => {
    const error = refusal(expression);
    expect(error.code).toBe('unsupported-promql');
    expect(error.message).toContain(`uses ${construct}`);
    expect(error.why).toContain(expression);
  });
});

describe('whatever else Prometheus 3.15 knows is refused by name', () => {
  const foreign = ({ code, message }: ToppleError) => ({ code, message });
  const named = (name: string) => ({ code: 'unsupported-promql', message: expect.stringContaining(`uses ${name}, `) });
  const beyond = (known: readonly string[], kind: Kind): readonly string[] =>
    known.filter((name) => !languageTable.some((row) => row.kind === kind && row.name === name));

  test('what is evaluated is known', () => {
    const known = { function: knownFunctions, aggregation: knownAggregations, operator: knownOperators };
    for (const [kind, names] of Object.entries(known)) {
      const ours = languageTable.filter((row) => row.kind === kind).map(({ name }) => name);
      expect(ours.filter((name) => !names.includes(name))).toEqual([]);
      expect(names.length).toBeGreaterThan(ours.length);
    }
  });
  test.each(beyond(knownFunctions, 'function'))('%s()', (name) => {
    for (const given of ['', 'x', 'x[5m]', 'x, "a", "b"', '0.5, x[5m]']) {
      expect(foreign(refusal(`sum(x) + ${name}(${given})`))).toEqual(named(`the function ${name}()`));
    }
  });
  test.each(beyond(knownAggregations, 'aggregation'))('%s()', (name) => {
    for (const given of ['(x)', '(3, x)', ' by (a) (3, x)', '("a", x) without (a)']) {
      expect(foreign(refusal(`abs(${name}${given})`))).toEqual(named(`the aggregation ${name}()`));
    }
  });
  test.each(beyond(knownOperators, 'operator'))('%s', (name) => {
    for (const given of ['x', '2', 'on (a) group_left x', 'x + 1']) {
      expect(foreign(refusal(`x ${name} ${given}`))).toEqual(named(`the operator "${name}"`));
    }
  });
  test.each(knownConstructs)('%s', (expression, name) => {
    expect(foreign(refusal(expression))).toEqual(named(name));
  });
  test('each construct of the table is one of the grammar', () => {
    const ours = languageTable.filter(({ kind }) => kind === 'construct').map(({ name }) => name);
    expect(ours.filter((name) => !parser.nodeSet.types.some((type) => type.name === name))).toEqual([]);
  });
});

describe('what is no PromQL is refused', () => {
  test.each([
    ['', 'it ends too early'],
    ['sum(x', 'it ends too early'],
    ['x{a="b', 'it ends too early'],
    ['sum)x', 'it cannot be read from column 4 on (")x")'],
    ['a * on(b) group_left (rate(c[5m]))', 'it cannot be read from column 27 on'],
    ['x y', 'it cannot be read from column 3 on ("y")'],
    ['"abc', 'is no complete string'],
    [String.raw`x{a="\."}`, 'is no complete string'],
    ['{}', 'would select every series'],
    ['{a=~".*"}', 'would select every series'],
    ['x{__name__="y"}', 'a metric name is given twice'],
    ['rate(x)', 'rate() takes a matrix here, not a vector'],
    ['abs(1)', 'abs() takes a vector here, not a scalar'],
    ['scalar(1)', 'scalar() takes a vector here, not a scalar'],
    ['abs(x, y)', 'abs() takes 1 argument(s), not 2'],
    ['round(x, 1, 2)', 'round() takes 1 to 2 argument(s), not 3'],
    ['histogram_quantile(x, y)', 'histogram_quantile() takes a scalar here, not a vector'],
    ['sum(1)', 'sum() aggregates a vector, not a scalar'],
    ['sum(x[5m])', 'sum() aggregates a vector, not a matrix'],
    ['sum(x, y)', 'sum() aggregates exactly one expression'],
    ['1 + "a"', '"+" cannot work on a string'],
    ['x[5m] > 1', '">" cannot work on a matrix'],
    ['-"a"', 'a sign cannot stand before a string'],
    ['-(x[5m])', 'a sign cannot stand before a matrix'],
    ['-x[5m]', 'only a selector can have a range'],
    ['1 > 2', 'write "> bool" between scalars'],
    ['x + bool y', 'bool belongs to comparisons'],
    ['x and 1', '"and" needs a vector on both sides'],
    ['x and on(a) group_left y', '"and" takes no group_left'],
    ['x * on(a) 2', 'need a vector on both sides'],
    ['x * on(a) group_left(a) y', 'the label a stands both in on() and in group_left()'],
    ['x[5m]', 'a range of samples is no value'],
    ['rate(x offset 5m[5m])', 'an offset stands after the range'],
    ['rate((x)[5m])', 'only a selector can have a range'],
    ['rate(x[0s])', 'a range has to be longer than 0s'],
    ['rate(x[-5m])', 'a range has to be longer than -5m'],
    ['sum(x) offset 5m', 'an offset has to stand right after a selector'],
    ['(x) offset 5m', 'an offset has to stand right after a selector'],
    ['x offset 5m offset 5m', 'an offset has to stand right after a selector'],
  ])('%s', (expression, problem) => {
    const error = refusal(expression);
    expect(error.code).toBe('invalid-promql');
    expect(error.message).toContain(problem);
  });
});

test.each([
  ['1', 'scalar'],
  ['time()', 'scalar'],
  ['1 > bool 2', 'scalar'],
  ['scalar(x)', 'scalar'],
  ['x > 1', 'vector'],
  ['1 > x # with a comment', 'vector'],
  ['"text"', 'string'],
])('%s is a %s', (expression, type) => expect(parsePromql(expression).type).toBe(type));

test('seriesIn lists the metrics of an expression, however they are named', () => {
  const expression =
    'sum(rate(b_total[5m])) / on(x) group_left -{"a"} > bool scalar({__name__="c"}) or b_total and abs(d)';
  expect(seriesIn(expression)).toEqual(['a', 'b_total', 'c', 'd']);
  expect(seriesIn('vector(1) + time()')).toEqual([]);
});

test('seriesIn refuses a selector whose metrics nobody can list', () => {
  expect(() => seriesIn('sum({__name__=~"topup_.+"})')).toThrow('a selector without the name of its metric');
});
