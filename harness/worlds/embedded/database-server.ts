/** The databases of one PostgreSQL server, wherever it runs: made from templates, asked as superuser, dropped. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import { sleep, systemClock } from '../../clock.ts';
import { openSql, type Sql } from './sql.ts';

/** A server as seen by its superuser. */
export interface DatabaseServer {
  /** `postgres://…` of a database user; `address` (`host:port`) replaces the server's own, for a proxy before it. */
  urlFor(user: string, database: string, address?: string): string;
  superuserUrl(database: string): string;
  /** Runs `sql` as superuser: see `Sql.query`. */
  query(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** Copies `template`, to which nobody may be connected; without one the database is empty. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Removes a database, if it is there, and ends all connections to it. */
  dropDatabase(name: string): Promise<void>;
  /** Ends the connections of this process. */
  disconnect(): Promise<void>;
}

/** The server at `ownAddress` (`host:port`), where everybody may log in without a password. */
export const databaseServer = (ownAddress: string): DatabaseServer => {
  const doors = new Map<string, Sql>();
  const urlFor = (user: string, database: string, address = ownAddress): string =>
    `postgres://${encodeURIComponent(user)}@${address}/${encodeURIComponent(database)}`;
  const superuserUrl = (database: string): string => urlFor('postgres', database);
  const query = (database: string, sql: string): Promise<Record<string, unknown>[]> => {
    const door = doors.get(database) ?? openSql(superuserUrl(database));
    doors.set(database, door);
    return door.query(sql);
  };
  const leave = async (database: string): Promise<void> => {
    const door = doors.get(database);
    doors.delete(database);
    await door?.close();
  };
  /** A session ends a moment after its connection, and CREATE DATABASE looks only every 100 ms. */
  const awaitEmpty = async (database: string): Promise<void> => {
    const sessions = `select from pg_stat_activity where datname = ${escapeLiteral(database)}`;
    for (let tries = 0; tries < 25 && (await query('postgres', sessions)).length > 0; tries += 1) {
      await sleep(systemClock, 2);
    }
  };
  return {
    urlFor,
    superuserUrl,
    query,
    createDatabase: async (name, template = 'template0') => {
      await leave(template);
      await awaitEmpty(template);
      await query('postgres', `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`);
    },
    dropDatabase: async (name) => {
      await leave(name);
      await query('postgres', `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    },
    disconnect: async () => {
      await Promise.all([...doors.keys()].map(leave));
    },
  };
};
