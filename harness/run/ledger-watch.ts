/** Looks at the ledger again and again during a run, so that a row that changes or vanishes later is known. */
import type { BookedEntry, LedgerView } from '../books.ts';
import { type Clock, sleep } from '../clock.ts';
import type { RunningWorld } from '../world.ts';

/** A watch in progress. */
export interface LedgerWatch {
  /** Stops looking; resolves with each row as it was when it was first seen. */
  stop(): Promise<readonly BookedEntry[]>;
}

/** Reads the ledger every `everyMs`; a read that fails is left out, because the final one decides. */
export const watchLedger = (world: RunningWorld, clock: Clock, everyMs: number): LedgerWatch => {
  const firstSeen = new Map<string, BookedEntry>();
  let stop = (): void => {};
  const stopped = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
  });
  const look = async (): Promise<void> => {
    do {
      const view: LedgerView | undefined = await world.readLedger().catch(() => undefined);
      for (const entry of view?.entries ?? []) if (!firstSeen.has(entry.entryId)) firstSeen.set(entry.entryId, entry);
    } while ((await Promise.race([stopped, sleep(clock, everyMs)])) !== 'stopped');
  };
  const looking = look();
  return {
    stop: async () => {
      stop();
      await looking;
      return [...firstSeen.values()];
    },
  };
};
