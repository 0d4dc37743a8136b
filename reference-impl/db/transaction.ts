/** One database transaction. Nothing outside the database is called while it is open. */
import type { Db, Queryable } from '../ports.ts';

/** What the database itself refuses bears a SQLSTATE, which has a digit, as EPIPE has not. */
const isAnswer = (error: unknown): boolean => /^(?=.*\d)[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code));

/**
 * Commits what `work` did and returns its result; any error rolls back and is thrown again. An error of `commit` says
 * nothing about what is in the database: it may be done. A connection on which an answer is missing is discarded at
 * once, which rolls back what was open: whatever is sent after it would wait for that answer as well.
 */
export const inTransaction = async <T>(db: Db, work: (client: Queryable) => Promise<T>): Promise<T> => {
  const client = await db.connect();
  let broken: Error | undefined;
  const query: Queryable['query'] = async (sql, values) => {
    try {
      return await client.query(sql, values);
    } catch (error) {
      if (!isAnswer(error)) broken = error as Error;
      throw error;
    }
  };
  try {
    await query('begin');
    const result = await work({ query });
    await query('commit');
    return result;
  } catch (error) {
    if (broken === undefined) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
    }
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
