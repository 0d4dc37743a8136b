/** One database transaction. Nothing outside the database is called while it is open. */
import type { Db, DbClient } from '../ports.ts';

/** Commits what `work` did and returns its result; any error rolls back and is thrown again. */
export const inTransaction = async <T>(db: Db, work: (client: DbClient) => Promise<T>): Promise<T> => {
  const client = await db.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
};

/** Milliseconds as the SQL expression of an interval; `parameter` is the placeholder that holds them. */
export const interval = (parameter: `$${number}`): string =>
  `(${parameter}::double precision * interval '1 millisecond')`;

/** A timestamptz column as whole milliseconds since the epoch. */
export const epochMs = (column: string): string => `(extract(epoch from ${column}) * 1000)::bigint`;
