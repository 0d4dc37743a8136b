/** Runs a k6 script beside a system, and says what came of it. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FoundProgram } from '../binaries/find.ts';
import type { Outside } from '../world.ts';
import { endOf, type K6End } from './exit-codes.ts';
import { readSummary, type Threshold } from './summary.ts';

/** What is to be run. */
export interface K6Job {
  readonly k6: FoundProgram;
  /** Path of the script. */
  readonly script: string;
  /** Bound to every sample as the tag `testid`. */
  readonly testId: string;
  /** What the script can read in `__ENV`, and k6 itself for its `K6_…`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where k6 writes its summary. */
  readonly summaryFile: string;
}

/** What came of it. */
export interface K6Outcome {
  readonly version: string | undefined;
  /** Name of the script's file. */
  readonly script: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly end: K6End;
  /** What the exit code means, in words. */
  readonly meaning: string;
  /** None where k6 wrote no summary. */
  readonly iterations?: number;
  readonly thresholds: readonly Threshold[];
  /** The last lines of its output: its summary, and what the script said. */
  readonly output: string;
}

/** Resolves however k6 ends. */
export const runK6 = async (
  { k6, script, testId, env, summaryFile }: K6Job,
  outside: Pick<Outside, 'start'>,
): Promise<K6Outcome> => {
  const quiet = ['--quiet', '--no-color', '--no-usage-report'];
  const started = await outside.start({
    name: 'k6',
    command: k6.path,
    args: ['run', ...quiet, '--tag', `testid=${testId}`, '--summary-export', summaryFile, script],
    env,
  });
  const exit = await started.exited;
  const summary = readSummary(contentOf(summaryFile));
  return {
    version: k6.version,
    script: basename(script),
    exitCode: exit.code,
    signal: exit.signal,
    ...endOf(exit),
    ...(summary === undefined ? {} : { iterations: summary.iterations }),
    thresholds: summary?.thresholds ?? [],
    output: started.tail(),
  };
};

const contentOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a k6 that failed early has written none
  }
};
