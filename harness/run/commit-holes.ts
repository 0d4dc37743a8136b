/**
 * Holes in a link to the database, opened while a commit to the ledger is under way. A trigger of the harness's own,
 * which the database runs at the end of the transaction, makes those commits last long enough to be seen.
 */
import { type Clock, sleep } from '../clock.ts';
import { errors } from '../errors.ts';
import type { CommitHoles, PlannedFault, Toxic } from '../fault.ts';
import type { Span } from '../strike.ts';
import type { RunningWorld } from '../world.ts';
import type { Passing } from './toxic-windows.ts';

/** Where holes are to be, and how many. */
export interface PlannedHoles extends CommitHoles {
  readonly planned: PlannedFault;
  readonly link: string;
  readonly name: string;
}

/** SQL that slows commits to `table`, under names of this fault's own. */
const slowing = (table: string, name: string, delayMs: number): string => `
  create function public."topple ${name}"() returns trigger language plpgsql as
    $$ begin perform pg_sleep(${delayMs / 1_000}); return null; end $$;
  create constraint trigger "topple ${name}" after insert on ${table} deferrable initially deferred
    for each row execute function public."topple ${name}"()`;

const asBefore = (table: string, name: string): string => `
  drop trigger "topple ${name}" on ${table};
  drop function public."topple ${name}"()`;

/** Commits that wait in that trigger now; `PgSleep` is what PostgreSQL calls their waiting. */
const underWay = `select pid from pg_stat_activity
  where datname = current_database() and wait_event = 'PgSleep' and pid <> pg_backend_pid()`;

const lookEveryMs = 5;

/** Swallows what comes back; to remove it breaks the connections on which something was swallowed. */
const swallow: Toxic = { type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } };

/**
 * Starts to slow the commits to `table` and to open holes; resolves when the commits are slow. Throws `target-failed`
 * when the table is not there.
 */
export const digHoles = async (
  { link, name, times, delayMs }: PlannedHoles,
  table: string,
  world: Pick<RunningWorld, 'addToxic' | 'removeToxic' | 'asSuperuser'>,
  clock: Clock,
): Promise<Passing> => {
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
  await world.asSuperuser(slowing(table, name, delayMs)).catch((error: unknown) => {
    throw errors.targetFailed('database.ledgerTable', error);
  });
  const digging = dig();
  digging.catch(() => undefined); // told by stop()
  return {
    spans,
    stop: async () => {
      isStopped = true;
      try {
        await digging;
      } finally {
        await world.asSuperuser(asBefore(table, name));
      }
    },
  };
};
