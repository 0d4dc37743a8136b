/** Errors of load, reported like those of `harness/errors.ts`. */
import { ToppleError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

const quotedLines = 12;

/** The end of what a program printed, indented. */
const lastLines = (output: string): string =>
  output
    .trimEnd()
    .split('\n')
    .slice(-quotedLines)
    .map((line) => `    ${line}`)
    .join('\n');

/** One function per error; the key is its code. */
export const loadErrors = {
  unusableLoad: (
    script: string,
    { exitCode, meaning, output }: { exitCode: number | null; meaning: string; output: string },
  ) =>
    new ToppleError('unusable-load', exitCodes.usage, {
      what: `k6 cannot run ${script}: ${meaning} (its exit code is ${exitCode}).`,
      why: `So nothing was tested. The last that k6 said:\n${lastLines(output)}`,
      next: `Mend the script, or the options and K6_… variables that it is run with.`,
    }),
  noSuchScript: (path: string) =>
    new ToppleError('no-such-script', exitCodes.usage, {
      what: `There is no script ${path}.`,
      why: '`topple load` takes the name of a load, or the file of a k6 script.',
      next: 'Write the path of the script, relative to this folder.',
    }),
  noOutside: () =>
    new ToppleError('no-outside', exitCodes.usage, {
      what: 'This world has no place for k6.',
      why: 'A load is a program beside the system, and here nothing can be started beside it.',
      next: 'Run it in the world `embedded`.',
    }),
  badTimedFault: (given: string) =>
    new ToppleError('bad-timed-fault', exitCodes.usage, {
      what: `--fault ${given} cannot be read.`,
      why: 'It is fault@from..to, or fault:link@from..to: when it is on the link, counted from the start of k6.',
      next: 'Write for example --fault provider-down@30s..60s; `topple list` names the faults.',
    }),
  notOnLink: (fault: string, known: readonly string[]) =>
    new ToppleError('not-on-link', exitCodes.usage, {
      what: `${fault} cannot be switched on and off.`,
      why: `Those that can are on a link: ${known.join(', ')}.`,
      next: 'Use one of these with --fault; scenarios plan the others.',
    }),
  loadNotReplayed: (id: string, rerun: string) =>
    new ToppleError('load-not-replayed', exitCodes.usage, {
      what: `The run "${id}" is a load, which cannot be replayed.`,
      why: 'k6 decides when each request leaves, and no seed holds that.',
      next: `Run it again: ${rerun}`,
    }),
} as const;
