import { expect, test } from 'vitest';
import type { K6Outcome } from '../k6/run-k6.ts';
import type { LoadOutcome } from './load-outcome.ts';
import { verdictWith } from './load-verdict.ts';
import type { Verdict } from './verdict.ts';

const held: Verdict = { finding: 'holds', reasons: [] };
const broken: Verdict = { finding: 'violated', reasons: ['no-double-credit is violated (3)', 'and more'] };
const unclear: Verdict = { finding: 'unknown', reasons: ['too little evidence'] };

const k6: K6Outcome = {
  version: '2.2.0',
  script: 'ours.k6.ts',
  exitCode: 0,
  signal: null,
  end: 'passed',
  meaning: 'every threshold passed',
  thresholds: [
    { metric: 'checks', condition: 'rate>0.99', passed: true },
    { metric: 'iterations', condition: 'count>=9', passed: false },
  ],
  output: '',
};
const failed: K6Outcome = { ...k6, exitCode: 99, end: 'failed', meaning: 'thresholds failed' };
const marked: K6Outcome = { ...k6, exitCode: 110, end: 'failed', meaning: 'it was marked as failed', thresholds: [] };
const killed: K6Outcome = {
  ...k6,
  exitCode: null,
  end: 'unfinished',
  meaning: 'it was ended by SIGKILL',
  thresholds: [],
};

const effort = { calls: 10, orders: 5 };
const amplified = (factor: number, finding: 'violated' | 'unknown') =>
  ({ amplification: { provider: 'alipay', calm: effort, disturbed: effort, factor, finding } }) as const;

const load = (changes: Partial<LoadOutcome> = {}): LoadOutcome => ({ k6, outings: [], ...changes });

const threshold = 'k6: these thresholds failed: iterations count>=9 (exit code 99)';

test.each<[string, Verdict, LoadOutcome, Verdict | undefined, Verdict]>([
  ['all is well', held, load(), held, held],
  ['a threshold fails', held, load({ k6: failed }), undefined, { finding: 'violated', reasons: [threshold] }],
  [
    'the script marks itself',
    held,
    load({ k6: marked }),
    undefined,
    { finding: 'violated', reasons: ['k6: it was marked as failed (exit code 110)'] },
  ],
  [
    'k6 is killed',
    held,
    load({ k6: killed }),
    undefined,
    { finding: 'unknown', reasons: ['k6: it was ended by SIGKILL (exit code none)'] },
  ],
  [
    'the system storms',
    held,
    load(amplified(4.25, 'violated')),
    held,
    { finding: 'violated', reasons: ['the retry amplification at alipay is 4.25, accepted is 1.5'] },
  ],
  [
    'the system may storm',
    held,
    load(amplified(2, 'unknown')),
    held,
    { finding: 'unknown', reasons: ['the retry amplification at alipay is 2.00, accepted is 1.5'] },
  ],
  [
    'the books are wrong, also without the outage, and a threshold fails',
    broken,
    load({ k6: failed }),
    broken,
    {
      finding: 'violated',
      reasons: [
        ...broken.reasons,
        threshold,
        'without the faults of the timeline it is violated: no-double-credit is violated (3)',
      ],
    },
  ],
  [
    'the calm run alone is wrong',
    held,
    load({ calmK6: failed }),
    unclear,
    {
      finding: 'violated',
      reasons: [
        'k6 without the faults of the timeline: these thresholds failed: iterations count>=9 (exit code 99)',
        'without the faults of the timeline it is unknown: too little evidence',
      ],
    },
  ],
  [
    'what is broken comes before what is not known',
    unclear,
    load({ k6: failed }),
    undefined,
    { finding: 'violated', reasons: [threshold, ...unclear.reasons] },
  ],
])('when %s', (_when, verdict, outcome, calm, expected) => {
  expect(verdictWith(verdict, outcome, calm)).toEqual(expected);
});
