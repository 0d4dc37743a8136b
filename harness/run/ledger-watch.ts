/** Looks at the ledger again and again during a run, so that a row that changes or vanishes later is known. */
import type { EarlierEntry, LedgerView } from '../books.ts';
import { type Clock, sleep } from '../clock.ts';
import type { RunningWorld } from '../world.ts';

/** A watch in progress. */
export interface LedgerWatch {
  /** Stops looking; resolves with each row as it was when it was first seen, and until when it was seen like that. */
  stop(): Promise<readonly EarlierEntry[]>;
}

/** What was seen so far. A row that was once seen changed is no longer dated, even if it looks right again. */
const openRecord = () => {
  const firstSeen = new Map<string, EarlierEntry>();
  const changed = new Set<string>();
  const note = ({ entries }: Pick<LedgerView, 'entries'>, lookedMs: number): void => {
    for (const entry of entries) {
      const first = firstSeen.get(entry.entryId) ?? entry;
      if (entry.isRewritten || entry.digest !== first.digest) changed.add(entry.entryId);
      firstSeen.set(entry.entryId, changed.has(entry.entryId) ? first : { ...first, intactMs: lookedMs });
    }
  };
  return { note, rows: () => [...firstSeen.values()] };
};

/** A long ledger is read less often: reading takes no more than a fifth of the time of the system that writes it. */
const pausePerLook = 4;

/**
 * Reads the ledger every `everyMs`, or less often where that takes long; a read that fails is left out, because the
 * final one decides.
 */
export const watchLedger = (world: Pick<RunningWorld, 'readLedger'>, clock: Clock, everyMs: number): LedgerWatch => {
  const record = openRecord();
  let stop = (): void => {};
  const stopped = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
  });
  const look = async (): Promise<void> => {
    let pauseMs: number;
    do {
      const lookedMs = clock.nowMs(); // the snapshot is younger, so what it shows intact was so until then
      const view = await world.readLedger().catch(() => undefined);
      if (view !== undefined) record.note(view, lookedMs);
      pauseMs = Math.max(everyMs, pausePerLook * (clock.nowMs() - lookedMs));
    } while ((await Promise.race([stopped, sleep(clock, pauseMs)])) !== 'stopped');
  };
  const looking = look();
  return {
    stop: async () => {
      stop();
      await looking;
      return record.rows();
    },
  };
};
