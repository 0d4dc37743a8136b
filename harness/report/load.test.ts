import { expect, test } from 'vitest';
import type { K6Outcome } from '../k6/run-k6.ts';
import type { LoadOutcome } from '../run/load-outcome.ts';
import type { RunResult } from '../run/result.ts';
import { htmlReport } from './html/page.ts';
import { problemsIn, textOf } from './html/test-document.ts';
import { choicesOf, toJson, verdictDocument } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { terminalReport } from './terminal.ts';
import { sampleResult } from './test-result.ts';
import { schemaProblems } from './test-schemas.ts';
import { rerunOf } from './words.ts';

const k6: K6Outcome = {
  version: '2.2.0',
  script: 'retry-storm.k6.ts',
  exitCode: 0,
  signal: null,
  end: 'passed',
  meaning: 'every threshold passed',
  iterations: 60,
  thresholds: [{ metric: 'checks', condition: 'rate>0.99', passed: true, value: 0.99876 }],
  output: 'what k6 printed',
};

const load: LoadOutcome = {
  k6,
  outings: [
    {
      fault: 'provider-down',
      provider: 'alipay',
      fromMs: 1_000,
      untilMs: 4_000,
      perSecond: { before: 24, during: 30.5, calm: 25 },
      waiting: 12,
      recoveredMs: 900,
    },
  ],
  amplification: {
    provider: 'alipay',
    calm: { calls: 100, orders: 50 },
    disturbed: { calls: 120, orders: 50 },
    factor: 1.2,
    finding: 'holds',
  },
};

const loaded = (changes: Partial<LoadOutcome> = {}): RunResult => {
  const result = sampleResult(2);
  const request = { ...result.request, load: { faults: ['latency@1s..2s'], compare: true } };
  return { ...result, request, load: { ...load, ...changes } };
};

const whereabouts = { runId: 'abc', reportPath: 'report.html' };
const flowing = (report: string): string => report.replace(/\n +/g, ' ');

test('what k6 says stands beside the books, in lines of 80 columns', () => {
  const report = terminalReport(loaded(), whereabouts);
  const text = flowing(report);
  expect(text).toContain('retry-storm.k6.ts: k6 2.2.0, exit code 0: every threshold passed; 60 iterations');
  expect(report).toContain('  passed    checks rate>0.99: 0.999\n');
  expect(text).toContain(
    'effort    provider-down at alipay for 3.0 s: 24.0 calls/s before, 30.5 during, 25.0 at that time without it',
  );
  expect(text).toContain('12 paid orders were under way at its end; the last came to rest 900 ms later');
  expect(text).toContain('retry amplification at alipay: 1.20 (accepted 1.5), 120 calls for 50 orders, 100 calls for');
  expect(text).toContain('violated  no-double-credit');
  expect(report).not.toContain('Replay:');
  const wide = report.split('\n').filter((line) => line.length > 80 && !line.startsWith('  Rerun:'));
  expect(wide).toEqual([]);
});

test('what failed, what is not known and what did not recover is said', () => {
  const failed = { ...k6, exitCode: 99, end: 'failed', meaning: 'thresholds failed' } as const;
  const [outing] = load.outings;
  if (outing === undefined) expect.unreachable();
  const { recoveredMs: _, ...stuck } = outing;
  const { factor: __, ...unknown } = load.amplification ?? expect.unreachable();
  const thresholds = [{ metric: 'checks', condition: 'rate>0.99', passed: false }];
  const text = flowing(
    terminalReport(
      loaded({
        k6: { ...failed, thresholds },
        calmK6: failed,
        outings: [stuck],
        amplification: { ...unknown, finding: 'unknown' },
      }),
      whereabouts,
    ),
  );
  expect(text).toContain('failed    checks rate>0.99');
  expect(text).toContain('in the run without the faults: k6 2.2.0, exit code 99: thresholds failed');
  expect(text).toContain('12 paid orders were under way at its end; not all of them came to rest');
  expect(text).toContain('unknown   retry amplification at alipay: cannot be told');
});

test('Markdown and HTML say the same', () => {
  const text = textOf(htmlReport(loaded(), 'abc'));
  for (const report of [markdownReport(loaded()), text]) {
    expect(report).toContain('every threshold passed');
    expect(report).toContain('retry amplification at alipay: 1.20');
  }
  expect(problemsIn(htmlReport(loaded(), 'abc'))).toEqual([]);
  expect(text).toContain('1 top-up orders by retry-storm.k6.ts');
  expect(text).not.toContain('Replay:');
});

test('JUnit has a case for each threshold and for the amplification', () => {
  const thresholds = [...k6.thresholds, { metric: 'iterations', condition: 'count>=9', passed: false, value: 3 }];
  const report = junitReport(loaded({ k6: { ...k6, thresholds } }));
  expect(report).toContain('<testcase classname="sample" name="checks rate&#62;0.99">\n    <system-out>');
  expect(report).toContain(
    '<testcase classname="sample" name="iterations count&#62;=9">\n    <failure message="violated">',
  );
  expect(report).toContain(
    'name="retry amplification at alipay">\n    <system-out>retry amplification at alipay: 1.20',
  );
});

test.each([
  ['failed', 'failure message="violated"'],
  ['unfinished', 'error message="unknown"'],
] as const)('JUnit says of a calm run that %s what the verdict says', (end, outcome) => {
  const report = junitReport(loaded({ calmK6: { ...k6, exitCode: 99, end, meaning: 'it ended' } }));
  expect(report).toContain(`name="in the run without the faults">\n    <${outcome}>`);
});

test('the journal has it by its schemas, without what k6 printed', () => {
  const { request, plan } = loaded();
  const verdict = toJson(verdictDocument(loaded({ calmK6: k6 }), 'abc'));
  expect(schemaProblems('verdict', JSON.parse(verdict))).toBe('');
  expect(verdict).toContain('"factor":1.2');
  expect(verdict).not.toContain('what k6 printed');
  expect(schemaProblems('choices', JSON.parse(toJson(choicesOf(request, plan))))).toBe('');
});

test('the command that runs it again is that of a load', () => {
  expect(rerunOf({ ...loaded().request, file: './ours.k6.ts' }, 'topple')).toBe(
    'topple load ./ours.k6.ts --seed 7 --defect credit-without-dedup --fault latency@1s..2s --compare',
  );
});
