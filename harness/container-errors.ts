/** The errors of everything that needs a container engine; the rest stands in errors.ts. */
import { ToppleError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

/** One function per error; the key is its code. */
export const containerErrors = {
  noEngine: (reason: string) =>
    new ToppleError('no-engine', exitCodes.environment, {
      what: 'There is no container engine here.',
      why: `${reason}.`,
      next: 'Start Docker, or set DOCKER_HOST to an engine that answers; `topple doctor` shows what was found.',
    }),
  noTestcontainers: (cause: unknown) =>
    new ToppleError(
      'no-testcontainers',
      exitCodes.environment,
      {
        what: 'The package testcontainers is not installed.',
        why: 'It drives the container engine, and topple does not bring it: only one of its worlds needs it.',
        next: 'Run `npm install --save-dev testcontainers@12.2.0` in your project.',
      },
      cause,
    ),
  noContainer: (title: string, image: string, cause: unknown) =>
    new ToppleError(
      'no-container',
      exitCodes.environment,
      {
        what: `The container of ${title} could not be started from the image ${image}.`,
        why: `The engine says: ${cause instanceof Error ? cause.message : String(cause)}`,
        next:
          'Build it in a clone of topple by `npm run images:local`, since the npm package has no images; or name ' +
          'another one by the variable that docs/containers.md lists for it.',
      },
      cause,
    ),
  cannotHost: (world: string, reason: string) =>
    new ToppleError('cannot-host', exitCodes.usage, {
      what: `The world ${world} cannot host this run.`,
      why: `${reason}.`,
      next: 'Run it in the world embedded, or take what stands in the way out of the run.',
    }),
  imageNotBuilt: (name: string, reason: string) =>
    new ToppleError('image-not-built', exitCodes.environment, {
      what: `The image ${name} could not be built.`,
      why: reason,
      next: 'Remove that cause and run `npm run images:local` again.',
    }),
} as const;
