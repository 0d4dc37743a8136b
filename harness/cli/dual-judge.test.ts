/**
 * Two judges over the same samples: the evaluator of `harness/observe/promql/` and a real Prometheus, into which
 * promtool has loaded the `metrics.om` of a run. Both are asked every expression of the rules and of the board.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../binaries/find.ts';
import { readBoard } from '../observe/board.ts';
import { seriesText } from '../observe/labels.ts';
import { queryAt } from '../observe/promql/evaluate.ts';
import { childrenOf, openReader } from '../observe/promql/syntax.ts';
import { type Prometheus, type Reply, startPrometheus } from '../observe/promql/testdata/prometheus.ts';
import { createBlocks, storeOf } from '../observe/promql/testdata/recorded.ts';
import { parseRules } from '../observe/rules.ts';
import type { SampleStore, Series } from '../observe/store.ts';
import type { RunResult } from '../run/result.ts';
import { type Lab, runScenario } from '../run/run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { embedded } from '../worlds/embedded.ts';
import { inLab } from './compose.ts';
import { loadProject } from './load-config.ts';
import { scenarioCalled } from './lookup.ts';

/** Largest difference between two numbers that count as the same, as a share of theirs. NaN is the same as NaN. */
const shareMax = 1e-12;
/** How many samples of the run the judges are asked at; each also a millisecond before and after. */
const samplesAskedAt = 20;
const lookbackMs = 300_000;

const [prometheus, promtool] = await Promise.all([findProgram('prometheus'), findProgram('promtool')]);
const missing = [prometheus, promtool].flatMap((program) => (program.path === undefined ? [program.reason] : []));

/** An expression as it was written, and one whose answer is empty only where there is nothing to see. */
interface Question {
  readonly by: 'rule' | 'panel';
  readonly written: string;
  readonly seen: string;
}

/** A comparison is asked for its 0 or 1, and `absent` for what it looks at: their own answers are mostly empty. */
const seenBy = (written: string): string => {
  const { reader, top } = openReader(written);
  const parts = childrenOf(top).map(reader.textOf);
  if (top.name === 'BinaryExpr') return `${parts[0]} ${parts[1]} bool ${parts[2]}`;
  return parts[0] === 'absent' ? (parts[1] ?? '') : written;
};

const questionsOf = ({ watching: { rules, board, intervalMs } }: Lab): readonly Question[] => {
  const asked = parseRules(rules).flatMap((group) => group.rules.map(({ query }) => query.text));
  const drawn = readBoard(board, 4 * intervalMs).flatMap(({ queries }) => queries.map(({ query }) => query.text));
  return [
    ...asked.map((written) => ({ by: 'rule' as const, written, seen: seenBy(written) })),
    ...[...new Set(drawn)].map((written) => ({ by: 'panel' as const, written, seen: seenBy(written) })),
  ];
};

/** The samples of a run, before both judges. */
interface Case {
  readonly name: string;
  readonly finding: string;
  readonly store: SampleStore;
  readonly real: Prometheus;
}

const timesOf = (store: SampleStore): readonly number[] =>
  [...new Set(store.select([]).flatMap(({ points }) => points.map(({ timestampMs }) => timestampMs)))].sort(
    (a, b) => a - b,
  );

/** Evenly over the run, each a millisecond before, at and after a sample. */
const momentsOf = (times: readonly number[]): readonly number[] => {
  const spread = Array.from({ length: samplesAskedAt }, (_, index) => {
    return times[Math.floor(((index + 1) * (times.length - 1)) / samplesAskedAt)] ?? Number.NaN;
  });
  return [...new Set(spread.flatMap((atMs) => [atMs - 1, atMs, atMs + 1]))];
};

/** Before the run, and where its last samples become too old: hardly anything is to be seen there. */
const edgesOf = (times: readonly number[]): readonly number[] => {
  const tooOldMs = (times.at(-1) ?? Number.NaN) + lookbackMs;
  return [(times[0] ?? Number.NaN) - 1, tooOldMs - 1, tooOldMs, tooOldMs + 1];
};

const valuesOf = (reply: Reply): ReadonlyMap<string, number> => {
  if (reply.type === 'scalar') return new Map([['', reply.value]]);
  if (reply.type !== 'vector') throw new Error(`this is no answer: ${JSON.stringify(reply)}`);
  return new Map(reply.samples.map(({ labels, value }) => [seriesText(labels), value]));
};

const isSame = (ours: number | undefined, theirs: number | undefined): boolean =>
  Object.is(ours, theirs) ||
  ours === theirs ||
  (ours !== undefined && theirs !== undefined && Math.abs(ours - theirs) <= shareMax * Math.abs(theirs));

/** What one expression got at one moment. */
interface Comparison {
  readonly expression: string;
  /** How many series Prometheus told. */
  readonly told: number;
  /** Where the judges do not agree. */
  readonly differences: readonly string[];
}

const compare = async ({ store, real }: Case, expression: string, atMs: number): Promise<Comparison> => {
  const theirs = valuesOf(await real.ask(expression, atMs));
  const ours = valuesOf(queryAt(expression, { store, atMs }));
  const differences = [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((series) => !isSame(ours.get(series), theirs.get(series)))
    .map((series) => `${expression} at ${atMs}: ${series} is ${theirs.get(series)}, not ${ours.get(series)}`);
  return { expression, told: theirs.size, differences };
};

const compareAll = async (
  given: Case,
  questions: readonly Question[],
  momentsMs: readonly number[],
): Promise<readonly Comparison[]> => {
  const expressions = [...new Set(questions.flatMap(({ written, seen }) => [written, seen]))];
  const comparisons: Comparison[] = [];
  for (const atMs of momentsMs) {
    comparisons.push(...(await Promise.all(expressions.map((expression) => compare(given, expression, atMs)))));
  }
  return comparisons;
};

const runs = [
  { name: 'a sound run', variant: undefined, finding: 'holds' },
  { name: 'a run with a double credit', variant: 'credit-without-dedup', finding: 'violated' },
] as const;

const runOf = (lab: Lab, scenario: Scenario, variant: string | undefined): Promise<RunResult> => {
  return runScenario(lab, { scenario, seed: 7, settings: [], ...(variant === undefined ? {} : { variant }) });
};

describe('both judges', () => {
  let questions: readonly Question[] = [];
  const cases: Case[] = [];

  beforeAll(async () => {
    if (prometheus.path === undefined || promtool.path === undefined) return;
    const project = await loadProject(process.cwd());
    const scenario = scenarioCalled(project, 'duplicate-webhooks');
    const results = await inLab(project, embedded, (lab) => {
      questions = questionsOf(lab);
      return Promise.all(runs.map(({ variant }) => runOf(lab, scenario, variant)));
    });
    for (const [index, { signals, verdict }] of results.entries()) {
      const blocks = (data: string): void => createBlocks(promtool.path, signals.openMetrics, data);
      const real = await startPrometheus(prometheus.path, { prepare: blocks });
      const name = runs[index]?.name ?? '';
      cases.push({ name, finding: verdict.finding, store: storeOf(signals.openMetrics), real });
    }
  }, 300_000);

  afterAll(async () => {
    for (const { real } of cases) await real.stop();
  });

  describe.each(runs)('$name', ({ name, finding }) => {
    const own = (): Case => cases.find((one) => one.name === name) ?? expect.unreachable();

    test('ends as it should, and loses no sample on the way to Prometheus', async (context) => {
      if (missing.length > 0) return context.skip(missing.join('; '));
      const { store, real } = own();
      expect(own().finding).toBe(finding);
      const times = timesOf(store);
      const [firstMs, lastMs] = [times[0] ?? Number.NaN, times.at(-1) ?? Number.NaN];
      const found = await real.samplesOf('{__name__!=""}', lastMs, lastMs - firstMs + 1);
      const byText = (series: readonly Series[]) =>
        new Map(series.map(({ labels, points }) => [seriesText(labels), points]));
      expect(times.length).toBeGreaterThan(samplesAskedAt);
      expect(byText(found)).toEqual(byText(store.select([])));
    });

    test('every rule and panel has the same answer from both, at every moment', async (context) => {
      if (missing.length > 0) return context.skip(missing.join('; '));
      const times = timesOf(own().store);
      const moments = momentsOf(times);
      const within = await compareAll(own(), questions, moments);
      const outside = await compareAll(own(), questions, edgesOf(times));
      expect([...within, ...outside].flatMap(({ differences }) => differences)).toEqual([]);

      expect(moments.length).toBeGreaterThanOrEqual(50);
      const answers = (expression: string): number =>
        within.filter((comparison) => comparison.expression === expression && comparison.told > 0).length;
      const seen = questions.reduce((sum, question) => sum + answers(question.seen), 0);
      expect(seen / (questions.length * moments.length)).toBeGreaterThanOrEqual(0.9);
      const alarmed = questions.filter(({ by, written }) => by === 'rule' && answers(written) > 0);
      expect(alarmed.length > 0, 'some alert has something to say').toBe(finding === 'violated');
    }, 180_000);
  });
});
