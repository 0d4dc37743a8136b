/** Tries out, for `topple doctor`, what the embedded world stands on. */
import { openLease } from './lease.ts';
import { startPostgres } from './postgres.ts';

/** What was found, a line per part. Throws what a run would throw where a part is missing. */
export const examineEmbedded = async (): Promise<readonly (readonly [part: string, found: string])[]> => {
  const lease = await openLease();
  try {
    const postgres = await startPostgres({ lease });
    const [row] = await postgres.query('postgres', 'SHOW server_version');
    const processes = lease.swept.flatMap(({ pids }) => pids).length;
    return [
      ['temporary folder', lease.dir],
      ['leftovers removed', `${lease.swept.length} folders, ${processes} processes of killed runs`],
      ['PostgreSQL', `${String(row?.server_version)}, started on port ${postgres.port}`],
    ];
  } finally {
    await lease.release();
  }
};
