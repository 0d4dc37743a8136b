/** The end of a process takes with it what a pipe has not yet taken: who reads slowly would miss the rest. */
import type { Writable } from 'node:stream';

const emptied = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed) return resolve();
    stream.once('error', () => resolve()); // whoever read has gone away
    stream.write('', () => resolve());
  });

/** Resolves once each stream has passed on all that was written to it, or has nobody who reads. */
export const drained = async (...streams: readonly Writable[]): Promise<void> => {
  await Promise.all(streams.map(emptied));
};
