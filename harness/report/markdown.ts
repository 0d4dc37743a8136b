/** A run as Markdown, short enough for the step summary of a pipeline. */
import { alertNameOf } from '../invariant.ts';
import type { Testimony } from '../run/agreement.ts';
import type { RunResult } from '../run/result.ts';
import { effortLines, k6Lines } from './load-lines.ts';
import { harmless } from './plain-text.ts';
import { untestedIn } from './untested.ts';
import { classOf, composedOf, dashboardsOf, inWords, rerunOf } from './words.ts';

/** Text that stays text: what Markdown or HTML would take for its own is written so that it is shown. */
const shown = (text: string): string =>
  harmless(text)
    .replaceAll('&', '&amp;')
    .replace(/[\\`*~|[\]<>]|(?<!\w)_|_(?!\w)/g, (letter) => `\\${letter}`);

const rowOf = (testimony: Testimony): string => {
  const { audit, agreement, detectMs } = testimony;
  const first = audit.witnesses[0];
  const grounds = first === undefined ? (audit.reason ?? '') : `${first.subject} ${first.story}${classOf(first)}`;
  const isTelling = agreement !== 'quiet' && agreement !== 'unwatched';
  const said = dashboardsOf(testimony, alertNameOf(audit.invariant));
  const cells = [
    shown(audit.invariant.id),
    audit.finding,
    audit.exercised,
    agreement,
    detectMs === undefined ? '' : inWords(detectMs),
    shown([grounds, ...(isTelling ? [said] : [])].filter(Boolean).join('; ')),
  ];
  return `| ${cells.join(' | ')} |`;
};

/** The Markdown text. */
export const markdownReport = (result: RunResult): string => {
  const { request, verdict, system } = result;
  return [
    `## ${shown(request.scenario.id)}: ${verdict.finding}`,
    '',
    shown(request.scenario.hypothesis),
    '',
    `Seed ${request.seed}, ${shown(composedOf(result))}, ${inWords(result.tookMs)}.`,
    '',
    ...verdict.reasons.map((reason) => `- because ${shown(reason)}`),
    ...(verdict.reasons.length === 0 ? [] : ['']),
    ...(result.load === undefined
      ? []
      : [...k6Lines(result.load), ...effortLines(result.load)].map(({ label, text }) => `- ${label}: ${shown(text)}`)),
    ...(result.load === undefined ? [] : ['']),
    '| promise | books | checked | dashboards | told after | grounds |',
    '| --- | --- | --- | --- | --- | --- |',
    ...result.testimonies.map(rowOf),
    '',
    ...result.evidence.map(({ what, count, least }) => `- evidence: ${shown(what)}: ${count} (needs ${least})`),
    '',
    'Not tested in this run:',
    '',
    ...untestedIn(result).map(({ what, names }) => `- ${what}: ${names.map(shown).join(', ')}`),
    '',
    `Rerun: \`${rerunOf(request, system.command)}\``,
    '',
  ].join('\n');
};
