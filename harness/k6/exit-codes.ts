/** What k6 says by its exit code, and what that means for a run; the numbers are those of its `errext/exitcodes`. */

/**
 * What is known after k6 ended this way. `passed`: it did all it was asked to. `failed`: a promise of the script is
 * broken. `unfinished`: less was asked of the system than was meant. `unusable`: the script or its options are wrong.
 */
export type K6End = 'passed' | 'failed' | 'unfinished' | 'unusable';

/** One exit code. */
interface K6ExitCode {
  readonly end: K6End;
  readonly meaning: string;
}

const code = (end: K6End, meaning: string): K6ExitCode => ({ end, meaning });

/** All exit codes that k6 2 has names for. */
const k6ExitCodes: Readonly<Record<number, K6ExitCode>> = {
  0: code('passed', 'every threshold passed'),
  97: code('failed', 'the cloud run failed'),
  98: code('unfinished', 'the cloud did not say how far it was'),
  99: code('failed', 'thresholds failed'),
  100: code('unfinished', 'setup took too long'),
  101: code('unfinished', 'teardown took too long'),
  102: code('unfinished', 'something took too long'),
  103: code('unfinished', 'it was stopped over its REST API'),
  104: code('unusable', 'its options are not valid'),
  105: code('unfinished', 'it was stopped by a signal'),
  106: code('unusable', 'its REST API could not be started'),
  107: code('unusable', 'the script threw an exception'),
  108: code('unusable', 'the script stopped the test'),
  109: code('unfinished', 'k6 itself crashed'),
  110: code('failed', 'the script marked the test as failed'),
  255: code('unusable', 'a flag or the script could not be read'),
};

/** What `exit` means; a signal, and a code that k6 has no name for, leave the load unfinished. */
export const endOf = ({ code: number, signal }: { readonly code: number | null; readonly signal: string | null }) =>
  (number === null ? undefined : k6ExitCodes[number]) ??
  code('unfinished', signal === null ? `exit code ${number} means nothing to topple` : `it was ended by ${signal}`);
