/** What is done at the end of a lease, whoever ends it: its owner, its watchdog, or the next start. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { stopMarked } from './marked-processes.ts';
import { removeSharedMemory } from './shared-memory.ts';

/** What was found under a lease and ended. */
export interface Removed {
  /** Ids of the processes that were found. */
  readonly pids: readonly number[];
  /** Ids of the shared memory segments that were removed. */
  readonly segments: readonly string[];
  /** A sentence that says what could not be removed; undefined when nothing is left. */
  readonly stuck?: string;
}

/**
 * Stops what runs under the lease `dir` and removes its traces; safe to run by several at once; never rejects. The
 * folder stays as long as anything else does: by it a later sweep finds the rest.
 */
export const removeLease = async (dir: string): Promise<Removed> => {
  const { pids, stuck } = await stopMarked(dir);
  if (stuck.length > 0) return { pids, segments: [], stuck: `Processes ${stuck.join(', ')} outlived SIGKILL.` };
  const { removed: segments, left } = await removeSharedMemory(dir, pids);
  if (left.length > 0) {
    const commands = left.map((id) => `ipcrm -m ${id}`).join('; ');
    return { pids, segments, stuck: `Its shared memory is still there; its owner or root removes it: ${commands}.` };
  }
  const failure = await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return existsSync(dir) ? { pids, segments, stuck: `The folder is still there: ${failure}.` } : { pids, segments };
};
