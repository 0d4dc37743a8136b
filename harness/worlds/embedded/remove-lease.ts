/** What is done at the end of a lease, whoever ends it: its owner, its watchdog, or the next start. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Stopped, stopMarked } from './marked-processes.ts';
import { removeSharedMemory } from './shared-memory.ts';

/** What was stopped, and whether nothing is left. */
export interface Removed extends Stopped {
  readonly isGone: boolean;
}

/**
 * Stops what runs under the lease `dir` and removes its traces; safe to run by several at once; never rejects. The
 * folder stays as long as a process does: without it no later sweep would look for either.
 */
export const removeLease = async (dir: string): Promise<Removed> => {
  const stopped = await stopMarked(dir);
  if (stopped.stuck.length > 0) return { ...stopped, isGone: false };
  await removeSharedMemory(dir).catch(() => undefined);
  await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }).catch(() => undefined);
  return { ...stopped, isGone: !existsSync(dir) };
};
