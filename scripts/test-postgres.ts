/** One PostgreSQL for all test files of a run; each file makes a database of its own on it. */
import type { TestProject } from 'vitest/node';
import { openLease } from '#harness/worlds/embedded/lease';
import { startPostgres } from '#harness/worlds/embedded/postgres';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `postgres://…` of the superuser; ends with the name of an existing database. */
    postgresUrl: string;
  }
}

/** Starts the server and tells the tests where it is; the result ends it. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const lease = await openLease();
  const server = await startPostgres({ lease });
  project.provide('postgresUrl', server.superuserUrl('postgres'));
  return () => lease.release();
};
