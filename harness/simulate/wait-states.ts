/** What PostgreSQL itself says about who waits for whom; asked over a connection of its own. */
import type { Session } from './session.ts';

/** The control connection. */
export interface WaitStates {
  /** Backends that hold, or queue for, the lock that `pid` waits for; empty when it waits for none. */
  blockersOf(pid: number): Promise<readonly number[]>;
  /** Ends the statement that `pid` runs with the error 57014. */
  cancel(pid: number): Promise<void>;
}

/** Asks over `control`, which must be a superuser's and have no other use while an answer is awaited. */
export const waitStatesOver = (control: Pick<Session, 'run'>): WaitStates => ({
  blockersOf: async (pid) => {
    const [row] = await control.run('select pg_catalog.pg_blocking_pids($1) as pids', [pid]);
    return row?.pids as number[];
  },
  cancel: async (pid) => {
    await control.run('select pg_catalog.pg_cancel_backend($1)', [pid]);
  },
});
