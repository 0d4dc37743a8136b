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
  notReached: (member: string, url: string, cause: unknown) =>
    new ToppleError(
      'not-reached',
      exitCodes.environment,
      {
        what: `Nothing usable answers at attachment.${member}, ${url}.`,
        why: `It says: ${cause instanceof Error ? cause.message : String(cause)}`,
        next: 'Start the system and what is around it (`docker compose up --wait`), or correct that address.',
      },
      cause,
    ),
  soundsLikeProduction: (signs: readonly string[]) =>
    new ToppleError('sounds-like-production', exitCodes.usage, {
      what: `This sounds like production, where topple does not run: ${signs.join('; ')}.`,
      why: "It pays, adds faults and breaks connections, which there would be customers' own.",
      next: 'Attach to a system that is made for tests, and call it so.',
    }),
} as const;
