/** What killed runs of this machine left on the container engine, for `topple cleanup`. */
import { existsSync } from 'node:fs';
import type { Leftover } from '../embedded/leftovers.ts';
import { findEngine } from './engine.ts';
import { leftContainerLeases, removeFrom } from './leftovers.ts';

/**
 * The leases that are known by their containers alone, because somebody deleted their folders; the others remove their
 * containers themselves. None where no engine answers.
 */
export const findLeftContainers = async (): Promise<readonly Leftover[]> => {
  const engine = await findEngine();
  if ('reason' in engine) return [];
  const dirs = await leftContainerLeases(engine);
  return dirs
    .filter((dir) => !existsSync(dir))
    .map((place) => ({
      place,
      what: 'containers of a killed run',
      remove: () =>
        removeFrom(engine, place).then(
          (names) => ({ what: `containers of a killed run: ${names.join(', ')}` }),
          (error: unknown) => ({ stuck: `${error instanceof Error ? error.message : error}.` }),
        ),
    }));
};
