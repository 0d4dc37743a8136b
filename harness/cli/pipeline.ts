/** Tells the pipeline in which topple runs, if it is in one that listens. */
import { appendFileSync } from 'node:fs';
import { annotationOf } from '../report/annotation.ts';
import { markdownReport } from '../report/markdown.ts';
import type { RunResult } from '../run/result.ts';

/**
 * In GitHub Actions: the Markdown report is added to the step summary, and a run that did not hold is annotated.
 * Annotations go to standard error, where the runner reads them as well: standard output may be JSON. A summary that
 * cannot be written is told there too, and changes no verdict.
 */
export const tellPipeline = (result: RunResult, environment: Readonly<Record<string, string | undefined>>): void => {
  const { GITHUB_ACTIONS: isActions, GITHUB_STEP_SUMMARY: summary } = environment;
  if (summary) {
    try {
      appendFileSync(summary, `${markdownReport(result)}\n`);
    } catch (error) {
      console.error(`topple: GITHUB_STEP_SUMMARY was not written: ${error instanceof Error ? error.message : error}`);
    }
  }
  const annotation = isActions === 'true' ? annotationOf(result) : undefined;
  if (annotation !== undefined) console.error(annotation);
};
