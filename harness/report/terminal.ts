/** A run as text for people: 80 columns where names allow it; last what was not tested, and how to repeat the run. */
import { alertNameOf, type Witness } from '../invariant.ts';
import type { Testimony } from '../run/agreement.ts';
import type { RunResult } from '../run/result.ts';
import { effortLines, k6Lines, type LoadLine } from './load-lines.ts';
import { type Paint, plain } from './paint.ts';
import { harmless, wrapped } from './plain-text.ts';
import { storyOf } from './story.ts';
import { type Gap, untestedIn } from './untested.ts';
import { actualOf, composedOf, dashboardsOf, inWords, rerunOf } from './words.ts';

const evidenceLines = ({ evidence }: RunResult): string[] =>
  evidence.map(({ what, count, least }) =>
    wrapped(`  ${count < least ? 'too few ' : 'evidence'}  ${harmless(what)}: ${count} (needs ${least})`, 12),
  );

const loadLines = (lines: readonly LoadLine[], paint: Paint): string[] =>
  lines.map(({ label, text, look }) => {
    const shown = look === undefined ? label.padEnd(8) : paint(look, label.padEnd(8));
    return wrapped(`  ${shown}  ${harmless(text)}`, 12);
  });

/** Promised invariants, and the others that were violated or cried wolf. */
const worthALine = ({ request }: RunResult, { audit, agreement }: Testimony): boolean =>
  request.scenario.expect.some(({ id }) => id === audit.invariant.id) ||
  audit.finding === 'violated' ||
  agreement === 'false alarm';

const invariantLine = ({ audit, agreement }: Testimony, paint: Paint): string => {
  const { invariant, finding, exercised, witnesses } = audit;
  const count = finding === 'violated' ? `${witnesses.length} of ${exercised}` : `${exercised}`;
  const said = agreement === 'unwatched' ? 'unwatched' : `dashboards: ${agreement}`;
  return `  ${paint(finding, finding.padEnd(8))}  ${invariant.id.padEnd(22)} ${count.padStart(8)} checked   ${said}`;
};

const storyLines = (result: RunResult, witness: Witness, paint: Paint): string[] => {
  const { moments, leftOut } = storyOf(result, witness);
  const startMs = moments[0]?.atMs ?? 0;
  const lines = moments.map(({ atMs, text, weight }) => {
    const offset = `+${((atMs - startMs) / 1_000).toFixed(3)} s`;
    const proof = weight === 'proof' ? paint('violated', '   <- proof') : '';
    return `${wrapped(`  ${offset.padStart(9)}  ${harmless(text)}`, 13)}${proof}`;
  });
  return leftOut === 0 ? lines : [...lines, `             (${leftOut} more moments of this order in the report)`];
};

const breachLines = (result: RunResult, testimony: Testimony, paint: Paint): string[] => {
  const { invariant, witnesses } = testimony.audit;
  const [first] = witnesses;
  if (first === undefined) return [];
  const last = harmless(witnesses.at(-1)?.subject ?? '');
  return [
    '',
    paint('title', wrapped(`${invariant.id} is violated: ${harmless(`${first.subject} ${first.story}`)}.`, 2)),
    ...storyLines(result, first, paint),
    wrapped(`  Expected ${harmless(first.expected)}; found ${harmless(actualOf(first))}.`, 4),
    ...(witnesses.length > 1 ? [wrapped(`  The first of ${witnesses.length}; the last: ${last}.`, 4)] : []),
    wrapped(`  Dashboards: ${dashboardsOf(testimony, alertNameOf(invariant))}.`, 4),
  ];
};

/** So many names are told here; longer lists stand in the report. */
const namesMax = 4;

const gapWords = ({ what, names }: Gap): string =>
  names.length > namesMax ? `${names.length} ${what}` : `${what} (${names.map(harmless).join(', ')})`;

const untestedLines = (result: RunResult, paint: Paint): string[] => {
  const gaps = untestedIn(result).map(gapWords);
  return gaps.length === 0 ? [] : [paint('faint', wrapped(`  Not tested here: ${gaps.join('; ')}.`, 4))];
};

/** Where a run can be looked at again. */
export interface Whereabouts {
  /** The run's name for `replay`. */
  readonly runId: string;
  /** The HTML report, as a person would open it. */
  readonly reportPath: string;
}

/** The whole report. */
export const terminalReport = (result: RunResult, { runId, reportPath }: Whereabouts, paint: Paint = plain): string => {
  const { request, verdict, system, load } = result;
  const { finding, reasons } = verdict;
  const shown = result.testimonies.filter((testimony) => worthALine(result, testimony));
  return [
    paint('title', wrapped(`${request.scenario.id}, seed ${request.seed}, against ${composedOf(result)}`, 2)),
    wrapped(`  ${request.scenario.hypothesis}`, 2),
    ...(load === undefined ? [] : loadLines(k6Lines(load), paint)),
    ...evidenceLines(result),
    ...(load === undefined ? [] : loadLines(effortLines(load), paint)),
    ...shown.map((testimony) => invariantLine(testimony, paint)),
    ...shown.flatMap((testimony) => breachLines(result, testimony, paint)),
    ...(finding === 'holds' ? [] : ['', ...reasons.map((reason) => wrapped(`  because ${harmless(reason)}`, 4))]),
    `  ${paint(finding, finding.toUpperCase())} after ${inWords(result.tookMs)}`,
    ...untestedLines(result, paint),
    `  Report: ${reportPath}`,
    ...(load === undefined ? [`  Replay: ${system.command} replay ${runId}`] : []),
    `  Rerun: ${rerunOf(request, system.command)}`,
  ].join('\n');
};
