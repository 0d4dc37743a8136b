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

const lieOf = ({ audit, agreement, liars }: Testimony): string[] => {
  const who = liars.map((voice) => `its ${voice}`).join(' and ');
  if (agreement === 'missed') return [`${who} did not tell that ${audit.invariant.id} is violated`];
  if (agreement !== 'false alarm') return [];
  const when = audit.finding === 'violated' ? 'when the books were right' : 'although the books are right';
  return [`${who} told of a breach of ${audit.invariant.id} ${when} (false alarm)`];
};

const breachesOf = (testimony: Testimony): string[] => {
  const { invariant, finding, witnesses } = testimony.audit;
  return [
    ...(finding === 'violated' ? [`${invariant.id} is violated (${witnesses.length})`] : []),
    ...lieOf(testimony),
  ];
};

/** Why a voice could not see, each reason once. */
const blindnessOf = ({ agreement, alert, panel }: Testimony): readonly string[] =>
  agreement === 'blind'
    ? [...new Set([alert, panel].flatMap((voice) => (voice.said === 'blind' ? [voice.because] : [])))]
    : [];

const doubtsOf = (testimony: Testimony, promised: boolean): string[] => {
  const { invariant, finding, reason } = testimony.audit;
  const unclear = finding === 'unknown' && (promised || reason?.startsWith('its oracle'));
  const blindness = promised ? blindnessOf(testimony) : [];
  return [
    ...(unclear ? [`${invariant.id}: ${reason}`] : []),
    ...(blindness.length > 0 ? [`${invariant.id}: silence means nothing: ${blindness.join('; ')}`] : []),
  ];
};

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
