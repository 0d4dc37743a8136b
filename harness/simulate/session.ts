/** One real connection to PostgreSQL whose statements are sent one by one and whose state is always known. */
import type { EventEmitter } from 'node:events';
import pg from 'pg';
import type { SqlResult } from '../target.ts';

/** How a statement ended. */
export type Outcome = { readonly result: SqlResult<unknown> } | { readonly error: Error };

/** A statement that was sent; `outcome` appears when the server is ready for the next one. */
export interface Flight {
  outcome?: Outcome;
}

/** A session of one database user. */
export interface Session {
  /** User and number: the same in every run, unlike `pid`. */
  readonly name: string;
  readonly pid: number;
  /** `I` outside of a transaction, `T` in one, `E` in one that failed and waits for its rollback. */
  status(): 'I' | 'T' | 'E';
  /** For a statement that may block; it must not be sent while another is under way. */
  send(sql: string, values?: readonly unknown[]): Flight;
  /** Sends, waits and returns the rows; for statements that cannot block. Rejects with the server's error. */
  run(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  end(): Promise<void>;
}

/** SQL, for a superuser before sessions are opened: the scheduler decides deadlocks, and no one else may set this. */
export const leaveDeadlocks = `do $$ begin
  execute format('alter database %I set deadlock_timeout = ''1h''', current_database());
end $$;`;

// No plan may depend on how often a function ran before.
const fixedOptions = '-c statement_timeout=0 -c plan_cache_mode=force_generic_plan';

/** Connects as the user of `url`; `options` are further `-c name=value` settings. */
export const openSession = async (url: string, name: string, options = ''): Promise<Session> => {
  const client = new pg.Client({ connectionString: url, options: `${fixedOptions} ${options}` });
  client.on('error', () => undefined); // the statement that meets it tells
  await client.connect();
  // An error is told before the server is ready again; only then is the state of the transaction known.
  let becomesReady: () => void = () => undefined;
  const { connection } = client as unknown as { connection: EventEmitter };
  for (const signal of ['readyForQuery', 'end']) connection.on(signal, () => becomesReady());
  const outcomeOf = async (sql: string, values: readonly unknown[] = []): Promise<Outcome> => {
    const ready = new Promise<void>((resolve) => {
      becomesReady = resolve;
    });
    try {
      const result: unknown = await client.query(sql, values.length === 0 ? undefined : [...values]);
      await ready;
      return { result: result as SqlResult<unknown> };
    } catch (error) {
      await ready;
      return { error: error as Error };
    }
  };
  const run: Session['run'] = async (sql, values) => {
    const outcome = await outcomeOf(sql, values);
    if ('error' in outcome) throw outcome.error;
    return outcome.result.rows as Record<string, unknown>[];
  };
  const [row] = await run('select pg_backend_pid() as pid');
  return {
    name,
    pid: Number(row?.pid),
    status: () => client.getTransactionStatus() ?? 'I',
    send: (sql, values) => {
      const flight: Flight = {};
      void outcomeOf(sql, values).then((outcome) => {
        flight.outcome = outcome;
      });
      return flight;
    },
    run,
    end: () => client.end(),
  };
};
