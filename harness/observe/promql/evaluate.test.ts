import { describe, expect, test } from 'vitest';
import { ToppleError } from '../../errors.ts';
import { createStore } from '../store.ts';
import { queryAt } from './evaluate.ts';
import { openReader } from './syntax.ts';
import { scriptFiles } from './testdata/answers.ts';
import type { Reply } from './testdata/prometheus.ts';
import { type Case, linesOf, parseScript, type Script } from './testdata/script.ts';
import { languageTable, usesIn } from './uses.ts';

const scripts = new Map(scriptFiles().map(({ name, text }) => [name, parseScript(text)]));

/** What this evaluator has to say. That something is not evaluated here is never an answer, not even to nonsense. */
const replyTo = ({ store }: Script, { expression, atMs }: Case): Reply => {
  try {
    return queryAt(expression, { store, atMs });
  } catch (error) {
    if (!(error instanceof ToppleError) || error.code === 'unsupported-promql') throw error;
    return { type: 'refused', reason: error.message };
  }
};

/** The rows of the table that an expression uses. */
const usedIn = (expression: string): ReadonlySet<string> => {
  const { reader, top } = openReader(expression);
  return new Set(usesIn(reader, top).map(({ kind, name }) => `${kind} ${name}`));
};

describe.each([...scripts])('%s: the answers are those of Prometheus, to the last bit', (_, script) => {
  test.each(script.cases)('line $line: $expression', (given) => {
    expect(linesOf(replyTo(script, given))).toEqual(given.expected);
  });
});

test('every file says which Prometheus gave its answers', () => {
  for (const { text } of scriptFiles()) expect(text).toMatch(/^# The answers are those of Prometheus 3\.\d+\.\d+, /);
});

test.each(languageTable.map(({ kind, name }) => [kind, name]))('the %s %s has a case with an answer', (kind, name) => {
  const cases = [...scripts.values()].flatMap((script) => script.cases);
  const answered = cases.filter(({ expected }) => expected.length > 0 && expected[0] !== 'expect fail');
  expect(answered.filter(({ expression }) => usedIn(expression).has(`${kind} ${name}`))).not.toEqual([]);
});

test('a shorter lookback lets a sample expire sooner', () => {
  const store = createStore();
  store.append({ __name__: 'queue' }, 1_000, 3);
  const found = (atMs: number): number => {
    const answer = queryAt('queue', { store, atMs, lookbackMs: 500 });
    return answer.type === 'vector' ? answer.samples.length : -1;
  };
  expect([found(999), found(1_000), found(1_499), found(1_500)]).toEqual([0, 1, 1, 0]);
});

test('a string is its own answer', () => {
  const answer = queryAt(String.raw`"caf\u00e9 \"\x41\101\n"`, { store: createStore(), atMs: 0 });
  expect(answer).toEqual({ type: 'string', value: 'café "AA\n' });
});

test('a failure tells the series that are not unique', () => {
  const store = createStore();
  for (const zone of ['a', 'b']) store.append({ __name__: 'paid', zone }, 0, 1);
  store.append({ __name__: 'share' }, 0, 1);
  expect(() => queryAt('share * on() paid', { store, atMs: 0 })).toThrow(/paid\{zone="a"\} and paid\{zone="b"\}/);
});
