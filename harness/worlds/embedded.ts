/**
 * The embedded world: a real PostgreSQL and the system's roles as child processes, mock providers on sockets, and a
 * built-in fault proxy on every link. Needs nothing but what npm installs.
 */
import { type Assignment, type Doors, defineWorld, type OpenWorld } from '../world.ts';
import { type Lease, openLease } from './embedded/lease.ts';
import { type PostgresServer, startPostgres } from './embedded/postgres.ts';
import { startRun } from './embedded/start-run.ts';
import { createTemplates } from './embedded/templates.ts';

/** Provider clocks and the system's thresholds run this many times faster than in production: 10 minutes in 1 s. */
const embeddedTimeScale = 600;

const openOn = (lease: Lease, postgres: PostgresServer, doors: Doors): OpenWorld => {
  const templates = createTemplates(postgres);
  let runs = 0;
  return {
    start: async (assignment: Assignment) => {
      runs += 1;
      const database = `run_${runs}`;
      const migrated = async (): Promise<void> =>
        postgres.createDatabase(database, await templates.of(assignment.target, assignment.variant));
      return startRun({ lease, postgres, doors, database, migrated, timeScale: embeddedTimeScale, ...assignment });
    },
    close: () => lease.release(),
  };
};

/** The world `embedded`. */
export const embedded = defineWorld({
  id: 'embedded',
  summary: 'Child processes per role, real PostgreSQL, mock providers, fault proxies; npm alone is enough.',
  open: async (doors) => {
    const lease = await openLease();
    try {
      return openOn(lease, await startPostgres({ lease }), doors);
    } catch (error) {
      await lease.release();
      throw error;
    }
  },
});
