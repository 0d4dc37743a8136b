/** Looks at the database connections of a system at rest: a transaction that is still open then will not end. */
import { escapeLiteral } from 'pg';
import type { RestingConnection } from '../books.ts';
import type { Target } from '../target.ts';

/** What is looked with, and how long a transaction may take that was still under way at the first look. */
export interface Looking {
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Lets time pass between two looks. */
  pause(): Promise<void>;
  readonly looksMax: number;
}

/** All connections of these users; `open` tells one idle transaction from the next of the same connection. */
const connectionsOf = (users: readonly string[]): string => `
  select pid, usename as name, case when state like 'idle in transaction%' then xact_start::text end as open
  from pg_catalog.pg_stat_activity
  where datname = current_database() and usename in (${users.map(escapeLiteral).join(', ')}) order by usename, pid`;

/** The connections of the target's roles, and which of them have the same transaction open, idle, at every look. */
export const restingConnections = async (
  { roles, database }: Pick<Target, 'roles' | 'database'>,
  { query, pause, looksMax }: Looking,
): Promise<readonly RestingConnection[]> => {
  const sql = connectionsOf([...new Set(roles.map((role) => database.userOf(role)))]);
  const keysOf = (rows: Awaited<ReturnType<Looking['query']>>): ReadonlySet<string> =>
    new Set(rows.filter(({ open }) => open !== null).map(({ pid, open }) => `${pid} ${open}`));
  const first = await query(sql);
  let left = keysOf(first);
  for (let looks = 1; left.size > 0 && looks < looksMax; looks += 1) {
    await pause();
    left = left.intersection(keysOf(await query(sql)));
  }
  return first.map(({ pid, name, open }) => ({ name: String(name), isLeftOpen: left.has(`${pid} ${open}`) }));
};
