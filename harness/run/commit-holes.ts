/**
 * Holes in a link to the database, opened while a commit to the ledger is under way. A trigger of the harness's own,
 * which the database runs at the end of the transaction, makes those commits last long enough to be seen.
 */
import { type Clock, sleep } from '../clock.ts';
import type { CommitHoles, PlannedFault, Span, Toxic } from '../fault.ts';
import type { RunningWorld } from '../world.ts';

/** Where holes are to be, and how many. */
export interface PlannedHoles extends CommitHoles {
  readonly planned: PlannedFault;
  readonly link: string;
  readonly name: string;
}

/** A table's name as SQL reads it without quotes; anything else could be a statement. */
const tableName = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i;

const slowing = (table: string, delayMs: number): string => `
  create function public.topple_slow_commit() returns trigger language plpgsql as
    $$ begin perform pg_sleep(${delayMs / 1_000}); return null; end $$;
  create constraint trigger topple_slow_commit after insert on ${table} deferrable initially deferred
    for each row execute function public.topple_slow_commit()`;

const asBefore = (table: string): string => `
  drop trigger topple_slow_commit on ${table};
  drop function public.topple_slow_commit()`;

/** Commits that wait in that trigger now; `PgSleep` is what PostgreSQL calls their waiting. */
const underWay = `select pid from pg_stat_activity
  where datname = current_database() and wait_event = 'PgSleep' and pid <> pg_backend_pid()`;

const lookEveryMs = 5;

/** Swallows what comes back; to remove it breaks the connections on which something was swallowed. */
const swallow: Toxic = { type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } };

/** The holes of one fault, in the making. */
export interface Digging {
  /** The times during which nothing came back. */
  readonly spans: readonly Span[];
  /** Ends it, the last hole closed and commits as fast as before; rejects if that, or a hole, failed. */
  stop(): Promise<void>;
}

/** Starts to slow the commits to `table` and to open holes; resolves when the commits are slow. */
export const digHoles = async (
  { link, name, times, delayMs }: PlannedHoles,
  table: string,
  world: Pick<RunningWorld, 'addToxic' | 'removeToxic' | 'asSuperuser'>,
  clock: Clock,
): Promise<Digging> => {
  const spans: Span[] = [];
  let isStopped = false;
  const untilUnderWay = async (wanted: boolean): Promise<void> => {
    while (!isStopped && (await world.asSuperuser(underWay)).length > 0 !== wanted) await sleep(clock, lookEveryMs);
  };
  const dig = async (): Promise<void> => {
    while (!isStopped && spans.length < times) {
      await untilUnderWay(true);
      if (isStopped) return;
      await world.addToxic(link, name, swallow);
      const fromMs = clock.nowMs();
      await untilUnderWay(false);
      spans.push({ fromMs, untilMs: clock.nowMs() });
      await world.removeToxic(link, name);
    }
  };
  await world.asSuperuser(slowing(table, delayMs));
  const digging = dig();
  digging.catch(() => undefined); // told by stop()
  return {
    spans,
    stop: async () => {
      isStopped = true;
      try {
        await digging;
      } finally {
        await world.asSuperuser(asBefore(table));
      }
    },
  };
};

/** Whether commits to this table can be slowed: the target names one, and nothing but a name. */
export const isTableName = (table: string | undefined): table is string => table !== undefined && tableName.test(table);
