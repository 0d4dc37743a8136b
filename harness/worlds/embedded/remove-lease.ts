/** What is done at the end of a lease, whoever ends it: its owner, its watchdog, or the next start. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hasContainers, removeContainers } from '../containers/leftovers.ts';
import { stopMarked } from './marked-processes.ts';
import { removeSharedMemory } from './shared-memory.ts';

/** What was found under a lease and ended. */
export interface Removed {
  /** Ids of the processes that were found. */
  readonly pids: readonly number[];
  /** Ids of the shared memory segments that were removed. */
  readonly segments: readonly string[];
  /** Names of the containers and networks that were removed; left out where there was none. */
  readonly containers?: readonly string[];
  /** A sentence that says what could not be removed; undefined when nothing is left. */
  readonly stuck?: string;
}

/**
 * Stops what runs under the lease `dir` and removes its traces; safe to run by several at once; never rejects. The
 * folder stays as long as anything else does: by it a later sweep finds the rest.
 */
export const removeLease = async (dir: string): Promise<Removed> => {
  const isContained = hasContainers(dir); // known before another sweep can remove the folder
  const { pids, stuck } = await stopMarked(dir);
  if (stuck.length > 0) return { pids, segments: [], stuck: `Processes ${stuck.join(', ')} outlived SIGKILL.` };
  let containers: readonly string[];
  try {
    containers = isContained ? await removeContainers(dir) : [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { pids, segments: [], stuck: `Its containers may still be there: ${why}` };
  }
  const { removed: segments, left } = await removeSharedMemory(dir, pids);
  const removed = { pids, segments, ...(containers.length === 0 ? {} : { containers }) };
  if (left.length > 0) {
    const commands = left.map((id) => `ipcrm -m ${id}`).join('; ');
    return { ...removed, stuck: `Its shared memory is still there; its owner or root removes it: ${commands}.` };
  }
  const failure = await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return existsSync(dir) ? { ...removed, stuck: `The folder is still there: ${failure}.` } : removed;
};
