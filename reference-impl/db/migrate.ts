/** Brings a database to the current schema. Plain SQL files, applied in the order of their names, each exactly once. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Queryable } from '../ports.ts';

const folder = new URL('./migrations/', import.meta.url);

/** Defaults and functions bind what this path finds first, so a schema `sim` decides what now() means to them. */
const searchPath = 'set local search_path = sim, pg_catalog, topup;';

/** One step from schema to schema. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** All migrations in order; `overlay` is the path of a further SQL file that comes last. */
export const migrations = (overlay?: URL): readonly Migration[] => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const steps = files.sort().map((name) => ({ name, url: new URL(name, folder) }));
  if (overlay) steps.push({ name: overlay.pathname.split('/').at(-1) ?? '', url: overlay });
  return steps.map(({ name, url }) => ({ name, sql: `${searchPath}\n${readFileSync(url, 'utf8')}` }));
};

/** Two migrations of one database wait for each other here; the number is this program's own. */
const lock = 7_001_001;

const applyOnce = async (connection: Queryable, { name, sql }: Migration): Promise<boolean> => {
  const seen = 'insert into public.topup_migrations (name) values ($1) on conflict do nothing';
  await connection.query('begin');
  try {
    const { rowCount } = await connection.query(seen, [name]);
    if (rowCount === 1) await connection.query(sql);
    await connection.query('commit');
    return rowCount === 1;
  } catch (error) {
    await connection.query('rollback');
    throw error;
  }
};

/** Applies what `connection`, one session of the database's owner, has not seen yet; returns the names. */
export const migrate = async (connection: Queryable, steps: readonly Migration[] = migrations()): Promise<string[]> => {
  const applied: string[] = [];
  await connection.query('select pg_advisory_lock($1)', [lock]);
  try {
    await connection.query('create table if not exists public.topup_migrations (name text primary key)');
    for (const step of steps) if (await applyOnce(connection, step)) applied.push(step.name);
  } finally {
    await connection.query('select pg_advisory_unlock($1)', [lock]);
  }
  return applied;
};
