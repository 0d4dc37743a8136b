/**
 * Stops an INSERT between what its statement has read and what it writes, so that a race inside one statement becomes a
 * matter of choice. A gate is a row trigger that takes an advisory lock, which the control connection holds.
 */
import type { Session } from './session.ts';

/** SQL, for the owner of the tables: every insert into `tables` may be stopped at its first row. Needs schema `sim`. */
export const gatesOn = (tables: readonly string[]): string =>
  `create or replace function sim.stop_at_gate() returns trigger language plpgsql as $$
   begin
     if pg_catalog.current_setting('sim.gate', true) <> '' then
       perform pg_catalog.pg_advisory_lock_shared(7001002, pg_catalog.current_setting('sim.gate', true)::int),
         pg_catalog.pg_advisory_unlock_shared(7001002, pg_catalog.current_setting('sim.gate', true)::int);
     end if;
     return new;
   end $$;
   ${tables
     // Triggers fire in the order of their names, and this one comes first.
     .map(
       (table) => `create trigger "!gate" before insert on ${table} for each row execute function sim.stop_at_gate();`,
     )
     .join('\n')}`;

/** Gives an idle session its gate, for good: inside a transaction it would lose it again with a rollback. */
export const giveGate = async (session: Session): Promise<void> => {
  await session.run(`select pg_catalog.set_config('sim.gate', $1, false)`, [String(session.pid)]);
};

/** The gates of some sessions; they are open at first. */
export interface Gates {
  /** The backend for which a statement at its gate waits. */
  readonly keeperPid: number;
  /** True for a statement that a gate may stop. */
  stops(sql: string): boolean;
  /** True from `close` to `open`. */
  isClosed(session: Session): boolean;
  /** The next insert of this session stops. */
  close(session: Session): Promise<void>;
  /** The statement at the gate goes on, and meets no other gate. */
  open(session: Session): Promise<void>;
}

/** Gates whose locks `control` holds; each session was given its own. */
export const gatesOver = (control: Session): Gates => {
  const closed = new Set<Session>();
  return {
    keeperPid: control.pid,
    stops: (sql) => /\binsert\b/i.test(sql),
    isClosed: (session) => closed.has(session),
    close: async (session) => {
      if (closed.has(session)) return;
      closed.add(session);
      await control.run('select pg_catalog.pg_advisory_lock(7001002, $1)', [session.pid]);
    },
    open: async (session) => {
      if (!closed.delete(session)) return;
      await control.run('select pg_catalog.pg_advisory_unlock(7001002, $1)', [session.pid]);
    },
  };
};
