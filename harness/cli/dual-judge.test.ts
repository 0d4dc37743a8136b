/**
 * Two judges over the same samples: the evaluator of `harness/observe/promql/` and a real Prometheus, into which
 * promtool has loaded the `metrics.om` of a run. Both are asked every expression of the rules and of the board.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../binaries/find.ts';
import { alertNameOf } from '../invariant.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { readBoard } from '../observe/board.ts';
import { labelOf, nameLabel, seriesText } from '../observe/labels.ts';
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
/** How many scrapes a rate looks at: as many as in a run, as slow as they were. */
const scrapesPerRateWindow = 4;

const [prometheus, promtool] = await Promise.all([findProgram('prometheus'), findProgram('promtool')]);
const missing = [prometheus, promtool].flatMap((program) => (program.path === undefined ? [program.reason] : []));

/** An expression as it was written, and one whose answer is empty only where there is nothing to see. */
interface Question {
  /** The rule's name, or the panel's title. */
  readonly by: string;
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

const question = (by: string, written: string): Question => ({ by, written, seen: seenBy(written) });

const rulesOf = ({ watching }: Lab): readonly Question[] =>
  parseRules(watching.rules).flatMap((group) => group.rules.map(({ name, query }) => question(name, query.text)));

const panelsOf = ({ watching }: Lab, scrapeMs: number): readonly Question[] =>
  readBoard(watching.board, scrapesPerRateWindow * scrapeMs).flatMap(({ title, queries }) =>
    queries.map(({ query }) => question(title, query.text)),
  );

/** The samples of a run, before both judges. */
interface Case {
  readonly name: string;
  /** The invariants that its books break. */
  readonly broken: readonly string[];
  /** The rules and the panels; the panels again with the window that the run had, be it too short for its scrapes. */
  readonly questions: readonly Question[];
  readonly asInRun: readonly Question[];
  readonly store: SampleStore;
  readonly real: Prometheus;
}

const timesOf = (store: SampleStore): readonly number[] =>
  [...new Set(store.select([]).flatMap(({ points }) => points.map(({ timestampMs }) => timestampMs)))].sort(
    (a, b) => a - b,
  );

/** The longest time between two scrapes of one target: on a busy machine, many times the interval. */
const longestScrapeGapMs = (store: SampleStore): number => {
  const gapsMs = store
    .select([])
    .filter(({ labels }) => labelOf(labels, nameLabel) === 'up')
    .flatMap(({ points }) =>
      points.map(({ timestampMs }, i) => timestampMs - (points[i - 1]?.timestampMs ?? Infinity)),
    );
  return Math.max(...gapsMs);
};

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
  { name: 'a sound run', variant: undefined, broken: [] },
  { name: 'a run with a double credit', variant: 'credit-without-dedup', broken: [noDoubleCredit.id] },
] as const;

const runOf = (lab: Lab, scenario: Scenario, variant: string | undefined): Promise<RunResult> => {
  return runScenario(lab, { scenario, seed: 7, settings: [], ...(variant === undefined ? {} : { variant }) });
};

const opened = async (name: string, lab: Lab, { signals, testimonies }: RunResult): Promise<Case> => {
  const { openMetrics } = signals;
  const store = storeOf(openMetrics);
  const audits = testimonies.map(({ audit }) => audit);
  return {
    name,
    broken: audits.filter(({ finding }) => finding === 'violated').map(({ invariant }) => invariant.id),
    questions: [...rulesOf(lab), ...panelsOf(lab, longestScrapeGapMs(store))],
    asInRun: panelsOf(lab, lab.watching.intervalMs),
    store,
    real: await startPrometheus(prometheus.path ?? '', {
      prepare: (data) => createBlocks(promtool.path ?? '', openMetrics, data),
    }),
  };
};

describe('both judges', () => {
  const cases: Case[] = [];

  beforeAll(async () => {
    if (missing.length > 0) return;
    const project = await loadProject(process.cwd());
    const scenario = scenarioCalled(project, 'duplicate-webhooks');
    await inLab(project, embedded, async (lab) => {
      const results = await Promise.all(runs.map(({ variant }) => runOf(lab, scenario, variant)));
      for (const [index, result] of results.entries()) cases.push(await opened(runs[index]?.name ?? '', lab, result));
    });
  }, 300_000);

  afterAll(async () => {
    for (const { real } of cases) await real.stop();
  });

  describe.each(runs)('$name', ({ name, broken }) => {
    const own = (): Case => cases.find((one) => one.name === name) ?? expect.unreachable();

    test('breaks what it should, and loses no sample on the way to Prometheus', async (context) => {
      if (missing.length > 0) return context.skip(missing.join('; '));
      const { store, real } = own();
      expect(own().broken).toEqual(broken);
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
      const { questions, asInRun, store } = own();
      const moments = momentsOf(timesOf(store));
      const all = [...questions, ...asInRun];
      const within = await compareAll(own(), all, moments);
      const outside = await compareAll(own(), all, edgesOf(timesOf(store)));
      expect([...within, ...outside].flatMap(({ differences }) => differences)).toEqual([]);

      expect(moments.length).toBeGreaterThanOrEqual(50);
      const answers = (expression: string): number =>
        within.filter((comparison) => comparison.expression === expression && comparison.told > 0).length;
      const seen = questions.reduce((sum, question) => sum + answers(question.seen), 0);
      expect(seen / (questions.length * moments.length)).toBeGreaterThanOrEqual(0.9);
      const alert = questions.find(({ by }) => by === alertNameOf(noDoubleCredit)) ?? expect.unreachable();
      expect(answers(alert.written) > 0, 'the alert on double credits speaks').toBe(broken.length > 0);
    }, 180_000);
  });
});
