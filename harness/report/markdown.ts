/** A run as Markdown, short enough for the step summary of a pipeline. */
import type { RunResult } from '../run/result.ts';
import { composedOf, inWords, rerunOf } from './words.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The Markdown text. */
export const markdownReport = (result: RunResult): string => {
  const { request, verdict, system } = result;
  const rows = result.testimonies.map(({ audit, agreement, detectMs }) => {
    const first = audit.witnesses[0];
    const grounds = first === undefined ? (audit.reason ?? '') : `${first.subject} ${first.story}`;
    const detected = detectMs === undefined ? '' : inWords(detectMs);
    const cells = [audit.invariant.id, audit.finding, audit.exercised, agreement, detected, cell(grounds)];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${request.scenario.id}: ${verdict.finding}`,
    '',
    request.scenario.hypothesis,
    '',
    `Seed ${request.seed}, ${composedOf(result)}, ${inWords(result.tookMs)}.`,
    '',
    '| invariant | books | checked | alert | detected after | grounds |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...result.evidence.map(({ what, count, least }) => `- ${cell(what)}: ${count} (needs ${least})`),
    ...verdict.reasons.map((reason) => `- because ${cell(reason)}`),
    '',
    `Rerun: \`${rerunOf(request, system.command)}\``,
    '',
  ].join('\n');
};
