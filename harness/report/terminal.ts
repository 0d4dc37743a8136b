/** A run as text for people: at most 80 columns where names allow it, no colour, the verdict last but one line. */
import { alertNameOf, type Witness } from '../invariant.ts';
import type { Testimony } from '../run/agreement.ts';
import type { RunResult } from '../run/result.ts';
import { storyOf } from './story.ts';
import { composedOf, dashboardsOf, inWords, rerunOf } from './words.ts';

const evidenceLines = ({ evidence }: RunResult): string[] =>
  evidence.map(
    ({ what, count, least }) => `  ${count < least ? 'too few ' : 'evidence'}  ${what}: ${count} (needs ${least})`,
  );

/** Promised invariants, and the others that were violated or cried wolf. */
const worthALine = ({ request }: RunResult, { audit, agreement }: Testimony): boolean =>
  request.scenario.expect.some(({ id }) => id === audit.invariant.id) ||
  audit.finding === 'violated' ||
  agreement === 'false alarm';

const invariantLine = ({ audit, agreement }: Testimony): string => {
  const { invariant, finding, exercised, witnesses } = audit;
  const count = finding === 'violated' ? `${witnesses.length} of ${exercised}` : `${exercised}`;
  const said = agreement === 'unwatched' ? 'unwatched' : `dashboards: ${agreement}`;
  return `  ${finding.padEnd(8)}  ${invariant.id.padEnd(22)} ${count.padStart(8)} checked   ${said}`;
};

const storyLines = (result: RunResult, witness: Witness): string[] => {
  const { moments, leftOut } = storyOf(result, witness);
  const startMs = moments[0]?.atMs ?? 0;
  const lines = moments.map(({ atMs, text, weight }) => {
    const offset = `+${((atMs - startMs) / 1_000).toFixed(3)} s`;
    return `  ${offset.padStart(9)}  ${text}${weight === 'proof' ? '   <- proof' : ''}`;
  });
  return leftOut === 0 ? lines : [...lines, `             (${leftOut} more moments of this order in the journal)`];
};

const breachLines = (result: RunResult, testimony: Testimony): string[] => {
  const { invariant, witnesses } = testimony.audit;
  const [first] = witnesses;
  if (first === undefined) return [];
  return [
    '',
    `${invariant.id} is violated: ${first.subject} ${first.story}.`,
    ...storyLines(result, first),
    `  Expected ${first.expected}; found ${first.actual}.`,
    ...(witnesses.length > 1 ? [`  The first of ${witnesses.length}; the last: ${witnesses.at(-1)?.subject}.`] : []),
    `  Dashboards: ${dashboardsOf(testimony, alertNameOf(invariant))}.`,
  ];
};

/** The whole report; `runId` names the run for replay. */
export const terminalReport = (result: RunResult, runId: string): string => {
  const { request, verdict, system } = result;
  const shown = result.testimonies.filter((testimony) => worthALine(result, testimony));
  return [
    `${request.scenario.id}, seed ${request.seed}, against ${composedOf(result)}`,
    `  ${request.scenario.hypothesis}`,
    ...evidenceLines(result),
    ...shown.map(invariantLine),
    ...shown.flatMap((testimony) => breachLines(result, testimony)),
    ...(verdict.finding === 'holds' ? [] : ['', ...verdict.reasons.map((reason) => `  because ${reason}`)]),
    `  ${verdict.finding.toUpperCase()} after ${inWords(result.tookMs)}`,
    `  Rerun: ${rerunOf(request, system.command)}`,
    `  Replay: ${system.command} replay ${runId}`,
  ].join('\n');
};
