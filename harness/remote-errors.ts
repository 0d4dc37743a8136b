/** The errors of parts of a world that run elsewhere; the rest stands in errors.ts. */
import { ToppleError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

/** One function per error; the key is its code. */
export const remoteErrors = {
  mockRefused: (asked: string, cause: unknown) =>
    new ToppleError(
      'mock-refused',
      exitCodes.environment,
      {
        what: `A mock did not do what was asked of it: ${asked}.`,
        why: `It says: ${cause instanceof Error ? cause.message : String(cause)}`,
        next: 'Start the mocks of this very version of topple there, and call them by an address of loopback.',
      },
      cause,
    ),
} as const;
