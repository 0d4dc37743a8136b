/** Plain SQL by one database user; the harness's only door to a database. */
import { Pool, types } from 'pg';

/** A small pool of connections. */
export interface Sql {
  /**
   * The rows of the last statement in `sql`, as objects: int8 as bigint, timestamptz as Date, numeric as text.
   * Rejects with the server's error.
   */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends all connections once their queries have ended. */
  close(): Promise<void>;
}

/** For a connection's `types`: int8 as bigint, the rest as `pg` reads it. */
export const typeParsers = {
  getTypeParser: ((oid, format) =>
    oid === types.builtins.INT8 ? BigInt : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** Connects when first asked to, with up to four connections, which do not keep this process running. */
export const openSql = (databaseUrl: string): Sql => {
  const pool = new Pool({ connectionString: databaseUrl, max: 4, types: typeParsers, allowExitOnIdle: true });
  // An idle connection that the server drops is no news: the next query tells. Unheard, it would end this process.
  pool.on('error', () => undefined);
  return {
    query: async (sql) => {
      // Several statements have several results, which the types of `pg` do not say.
      const result: unknown = await pool.query(sql);
      const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: Record<string, unknown>[] };
      return last.rows;
    },
    close: () => pool.end(),
  };
};
