import type { ExitCode } from '../exit-codes.ts';

/** One verb of the command line. */
export interface Verb {
  /** Its arguments, as help prints them. */
  readonly usage: string;
  readonly summary: string;
  run(args: readonly string[]): Promise<ExitCode>;
}
