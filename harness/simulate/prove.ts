/** Proofs before the first statement of a world: a fallback to real time would be silent, and a replay would differ. */
import { simulationErrors } from '../simulation-errors.ts';
import type { Session } from './session.ts';
import { type BoundExpression, boundExpressions, realTimePlaces } from './virtual-sql.ts';

const names = ['now()', 'transaction_timestamp()', 'gen_random_uuid()', 'random()'];

/** Throws `realTimeInSql` unless this session, as its own user, finds the functions of `sim` first. */
export const proveSession = async (session: Pick<Session, 'name' | 'run'>): Promise<void> => {
  const rows = await session.run(
    `select name, coalesce(nspname, 'none') as schema
     from unnest($1::text[]) as name
       left join pg_catalog.pg_proc as found on found.oid = pg_catalog.to_regprocedure(name)
       left join pg_catalog.pg_namespace as home on home.oid = pronamespace`,
    [names],
  );
  const real = rows.filter(({ schema }) => schema !== 'sim').map(({ name, schema }) => `${name} is of ${schema}`);
  if (real.length > 0) throw simulationErrors.realTimeInSql(`session ${session.name}`, real);
};

/** Throws `realTimeInSql` when a default, constraint, view or function of the database is bound to real time. */
export const proveSchema = async (superuser: Pick<Session, 'run'>): Promise<void> => {
  await superuser.run(`begin; set local search_path = ''`);
  try {
    const rows = await superuser.run(boundExpressions);
    const places = realTimePlaces(rows as unknown as readonly BoundExpression[]);
    if (places.length > 0) throw simulationErrors.realTimeInSql('the schema', places);
  } finally {
    await superuser.run('rollback');
  }
};
