/** A verdict as a workflow command of GitHub Actions: it shows on the page of the run without opening the log. */
import type { RunResult } from '../run/result.ts';
import { harmless } from './plain-text.ts';
import { rerunOf } from './words.ts';

const commands = { holds: undefined, violated: 'error', unknown: 'warning' } as const;

/** What would end the command or one of its properties is written as the runner expects it. */
const escaped = (text: string, also: RegExp): string =>
  text.replace(also, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** One line, `::error …` for a violated run and `::warning …` for an unknown one; undefined for one that holds. */
export const annotationOf = (result: RunResult): string | undefined => {
  const { request, verdict, system } = result;
  const command = commands[verdict.finding];
  if (command === undefined) return undefined;
  const title = escaped(`${request.scenario.id}, seed ${request.seed}: ${verdict.finding}`, /[%:,]/g);
  const message = `${harmless(verdict.reasons.join('; '))}. Rerun: ${rerunOf(request, system.command)}`;
  return `::${command} title=${title}::${escaped(message, /%/g)}`;
};
