import { describe, expect, test } from 'vitest';
import { findProgram } from '../binaries/find.ts';
import { answeredBy, scriptFiles } from '../observe/promql/testdata/answers.ts';
import {
  knownAggregations,
  knownConstructs,
  knownFunctions,
  knownOperators,
} from '../observe/promql/testdata/known-names.ts';
import { type Prometheus, startPrometheus } from '../observe/promql/testdata/prometheus.ts';

/** What the names that are experimental wait for. */
const features = ['promql-experimental-functions', 'promql-extended-range-selectors', 'promql-binop-fill-modifiers'];

/** The title names the version that wrote the file; a later one has to give the same answers. */
const belowTitle = (text: string): string => text.slice(text.indexOf('\n'));

describe('a real Prometheus', async () => {
  const prometheus = await findProgram('prometheus');

  test.for(scriptFiles().map(({ name }) => name))(
    'gives the answers in %s; if not, `npm run answers`',
    async (name, context) => {
      if (prometheus.path === undefined) return context.skip(prometheus.reason);
      const { text } = scriptFiles().find((file) => file.name === name) ?? expect.unreachable();
      expect(belowTitle(await answeredBy(prometheus.path, text))).toBe(belowTitle(text));
    },
  );

  const reasonsFrom = async ({ ask }: Prometheus, expressions: readonly string[]): Promise<readonly string[]> => {
    const replies = await Promise.all(expressions.map((expression) => ask(expression, 0)));
    return replies.map((reply) => (reply.type === 'refused' ? reply.reason : ''));
  };

  test('knows every name of which the evaluator is asked whether it refuses it', async (context) => {
    if (prometheus.path === undefined) return context.skip(prometheus.reason);
    const running = await startPrometheus(prometheus.path, { features });
    try {
      const calls = ['frobnicate', ...knownFunctions, ...knownAggregations].map((name) => `${name}(x)`);
      const unknown = (await reasonsFrom(running, calls)).map((reason) => /unknown function/.test(reason));
      expect(calls.filter((_, index) => unknown[index])).toEqual(['frobnicate(x)']);
      const whole = [...knownOperators.map((operator) => `x ${operator} x`), ...knownConstructs.map(([text]) => text)];
      expect((await reasonsFrom(running, whole)).filter((reason) => reason !== '')).toEqual([]);
    } finally {
      await running.stop();
    }
  });
});
