import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ToppleError } from '../../errors.ts';
import { seriesText } from '../labels.ts';
import { createStore } from '../store.ts';
import { parseValue } from '../value.ts';
import { aggregations } from './aggregations.ts';
import { queryAt } from './evaluate.ts';
import { functions } from './functions.ts';
import { type Case, parseScript, parseSeries, type Script } from './testdata/script.ts';

const folder = new URL('./testdata/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.test'));
const scripts = new Map(files.map((name) => [name, parseScript(readFileSync(new URL(name, folder), 'utf8'))]));

/** Rounded as far as numbers in the files are written. */
const shown = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value);

const answerTo = ({ store }: Script, { expression, atMs }: Case): readonly string[] => {
  const answer = queryAt(expression, { store, atMs });
  if (answer.type === 'vector') {
    return answer.samples.map(({ labels, value }) => `${seriesText(labels)} ${shown(value)}`).sort();
  }
  return [answer.type === 'scalar' ? shown(answer.value) : answer.value];
};

const expectedOf = ({ expected }: Case): readonly string[] =>
  expected
    .map((line) => {
      const alone = parseValue(line);
      if (alone !== undefined) return shown(alone);
      const { labels, rest } = parseSeries(line);
      return `${seriesText(labels)} ${shown(parseValue(rest) as number)}`;
    })
    .sort();

describe.each([...scripts])('%s', (_, script) => {
  test.each(script.cases)('line $line: $expression', (given) => {
    if (given.fails) expect(() => answerTo(script, given)).toThrow(ToppleError);
    else expect(answerTo(script, given)).toEqual(expectedOf(given));
  });
});

test('every function and aggregation of the tables has a case', () => {
  const asked = [...scripts.values()].flatMap(({ cases }) => cases.map(({ expression }) => expression.toLowerCase()));
  const names = [...Object.keys(functions), ...Object.keys(aggregations)];
  const untested = names.filter((name) => !asked.some((expression) => new RegExp(`\\b${name}\\b`).test(expression)));
  expect(untested).toEqual([]);
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
