/** What a load run found out beyond the books, in words, for every report. */
import type { K6Outcome } from '../k6/run-k6.ts';
import type { Threshold } from '../k6/summary.ts';
import type { Amplification, LoadOutcome, Outing } from '../run/load-outcome.ts';
import { acceptedFactorMax } from '../run/provider-effort.ts';
import { inWords } from './words.ts';

/** A line of a report: a word for its kind, and what it says. `look` is how a finding of that kind is shown. */
export interface LoadLine {
  readonly label: string;
  readonly text: string;
  readonly look?: 'holds' | 'violated' | 'unknown';
}

const rounded = (value: number): string => String(Math.round(value * 1_000) / 1_000);

const thresholdLine = ({ metric, condition, passed, value }: Threshold): LoadLine => ({
  label: passed ? 'passed' : 'failed',
  text: `${metric} ${condition}${value === undefined ? '' : `: ${rounded(value)}`}`,
  look: passed ? 'holds' : 'violated',
});

const exitWords = ({ exitCode, signal, meaning, version }: K6Outcome): string =>
  `k6${version === undefined ? '' : ` ${version}`}, ${signal === null ? `exit code ${exitCode}` : signal}: ${meaning}`;

const linesOfK6 = (k6: K6Outcome): LoadLine[] => {
  const counted = k6.iterations === undefined ? 'it wrote no summary' : `${k6.iterations} iterations`;
  return [{ label: 'k6', text: `${k6.script}: ${exitWords(k6)}; ${counted}` }, ...k6.thresholds.map(thresholdLine)];
};

const outingLine = ({ fault, provider, fromMs, untilMs, perSecond, waiting, recoveredMs }: Outing): LoadLine[] => {
  const calm = perSecond.calm === undefined ? '' : `, ${perSecond.calm.toFixed(1)} at that time without it`;
  const rates = `${perSecond.before.toFixed(1)} calls/s before, ${perSecond.during.toFixed(1)} during${calm}`;
  const last =
    recoveredMs === undefined ? 'not all of them came to rest' : `the last came to rest ${inWords(recoveredMs)} later`;
  return [
    { label: 'effort', text: `${fault} at ${provider} for ${inWords(untilMs - fromMs)}: ${rates}` },
    { label: 'recovery', text: `${waiting} paid orders were under way at its end${waiting === 0 ? '' : `; ${last}`}` },
  ];
};

const amplificationLine = ({ provider, calm, disturbed, factor, finding }: Amplification): LoadLine => {
  const each = ({ calls, orders }: Amplification['calm']): string => `${calls} calls for ${orders} orders`;
  const how = `${factor === undefined ? 'cannot be told' : factor.toFixed(2)} (accepted ${acceptedFactorMax})`;
  const text = `retry amplification at ${provider}: ${how}, ${each(disturbed)}, ${each(calm)} without`;
  return { label: finding, text, look: finding };
};

const calmLines = (calmK6: K6Outcome | undefined): LoadLine[] => {
  if (calmK6 === undefined || calmK6.end === 'passed') return [];
  const look = calmK6.end === 'failed' ? 'violated' : 'unknown';
  return [{ label: 'k6', text: `in the run without the faults: ${exitWords(calmK6)}`, look }];
};

/** What k6 says, which is not the verdict. */
export const k6Lines = ({ k6, calmK6 }: LoadOutcome): readonly LoadLine[] => [...linesOfK6(k6), ...calmLines(calmK6)];

/** How hard the system tried to reach a provider that was away, and how soon it was itself again. */
export const effortLines = ({ outings, amplification }: LoadOutcome): readonly LoadLine[] => [
  ...outings.flatMap(outingLine),
  ...(amplification === undefined ? [] : [amplificationLine(amplification)]),
];
