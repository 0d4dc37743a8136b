/** One verdict out of all findings. Violated beats unknown beats holds; reasons are kept, the worst first. */
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Scenario } from '../scenario.ts';
import type { Testimony } from './agreement.ts';
import type { Finding } from './audit.ts';
import type { Evidence } from './evidence.ts';

/** The outcome of a run. */
export interface Verdict {
  readonly finding: Finding;
  /** Why it is not `holds`; empty when it is. */
  readonly reasons: readonly string[];
}

/** Violated beats unknown beats holds; nothing at all is unknown. */
export const worstOf = (findings: readonly Finding[]): Finding => {
  if (findings.includes('violated')) return 'violated';
  return findings.includes('unknown') || findings.length === 0 ? 'unknown' : 'holds';
};

/** Exit code of a finding. */
export const exitCodeOf = (finding: Finding): ExitCode =>
  ({ holds: exitCodes.pass, violated: exitCodes.violated, unknown: exitCodes.unknown })[finding];

const breachesOf = ({ audit: { invariant, finding, witnesses }, agreement }: Testimony): string[] => [
  ...(finding === 'violated' ? [`${invariant.id} is violated (${witnesses.length})`] : []),
  ...(agreement === 'missed' ? [`${invariant.id} is violated and its alert stayed silent`] : []),
  ...(agreement === 'false alarm' ? [`the alert of ${invariant.id} fired although the books are right`] : []),
];

const doubtsOf = ({ audit: { invariant, finding, reason }, blindBecause }: Testimony, promised: boolean): string[] => [
  ...(finding === 'unknown' && (promised || reason?.startsWith('its oracle')) ? [`${invariant.id}: ${reason}`] : []),
  ...(promised && blindBecause !== undefined ? [`${invariant.id}: a quiet alert means nothing: ${blindBecause}`] : []),
];

/** Judges a run. `unfinished` says what ended by itself, what had not come to rest, which answers make no sense. */
export const verdictOf = (
  scenario: Scenario,
  testimonies: readonly Testimony[],
  evidence: readonly Evidence[],
  unfinished: readonly string[],
): Verdict => {
  const breaches = testimonies.flatMap(breachesOf);
  const promised = new Set(scenario.expect.map((invariant) => invariant.id));
  const doubts = [
    ...testimonies.flatMap((testimony) => doubtsOf(testimony, promised.has(testimony.audit.invariant.id))),
    ...evidence
      .filter(({ count, least }) => count < least)
      .map(({ what, count, least }) => `too little evidence: ${what}: ${count}, needed ${least}`),
    ...unfinished.slice(0, 3),
    ...(unfinished.length > 3 ? [`and ${unfinished.length - 3} more things of that kind`] : []),
  ];
  const finding: Finding = breaches.length > 0 ? 'violated' : doubts.length > 0 ? 'unknown' : 'holds';
  return { finding, reasons: [...breaches, ...doubts] };
};
