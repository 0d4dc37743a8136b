/** The verdict of a load: the books, the script's own promises, and how hard the system tried. */
import type { K6Outcome } from '../k6/run-k6.ts';
import type { Finding } from './audit.ts';
import type { LoadOutcome } from './load-outcome.ts';
import { acceptedFactorMax } from './provider-effort.ts';
import { type Verdict, worstOf } from './verdict.ts';

/** A finding besides those of the books, and why. */
interface Further {
  readonly finding: Finding;
  readonly reasons: readonly string[];
}

const k6Finding = ({ end, exitCode, meaning, thresholds }: K6Outcome, who: string): Further => {
  if (end === 'passed') return { finding: 'holds', reasons: [] };
  const failed = thresholds.filter(({ passed }) => !passed).map(({ metric, condition }) => `${metric} ${condition}`);
  const which = failed.length === 0 ? meaning : `these thresholds failed: ${failed.join(', ')}`;
  const finding = end === 'failed' ? 'violated' : 'unknown';
  return { finding, reasons: [`${who}: ${which} (exit code ${exitCode ?? 'none'})`] };
};

const effortFinding = ({ amplification }: LoadOutcome): Further => {
  if (amplification === undefined || amplification.finding === 'holds') return { finding: 'holds', reasons: [] };
  const { provider, factor, finding } = amplification;
  const how = factor === undefined ? 'cannot be told' : `is ${factor.toFixed(2)}, accepted is ${acceptedFactorMax}`;
  return { finding, reasons: [`the retry amplification at ${provider} ${how}`] };
};

/** What the run without the timeline adds: it may be wrong even there. */
const calmFinding = ({ finding, reasons }: Verdict): Further =>
  finding === 'holds'
    ? { finding, reasons: [] }
    : { finding, reasons: [`without the faults of the timeline it is ${finding}: ${reasons[0]}`] };

/** `verdict` of the run with the timeline, and what k6, the effort and the calm run, if there was one, add to it. */
export const verdictWith = (verdict: Verdict, load: LoadOutcome, calm: Verdict | undefined): Verdict => {
  const further: readonly Further[] = [
    k6Finding(load.k6, 'k6'),
    effortFinding(load),
    ...(calm === undefined ? [] : [calmFinding(calm)]),
    ...(load.calmK6 === undefined ? [] : [k6Finding(load.calmK6, 'k6 without the faults of the timeline')]),
  ];
  const those = (wanted: Finding) => further.flatMap(({ finding, reasons }) => (finding === wanted ? reasons : []));
  const [breaches, doubts] = [those('violated'), those('unknown')];
  return {
    finding: worstOf([verdict.finding, ...further.map(({ finding }) => finding)]),
    reasons:
      verdict.finding === 'violated'
        ? [...verdict.reasons, ...breaches, ...doubts]
        : [...breaches, ...verdict.reasons, ...doubts],
  };
};
