/** One real connection to PostgreSQL whose statements are sent one by one and whose state is always known. */
import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import pg from 'pg';
import type { SqlResult } from '../target.ts';

/** How a statement ended. */
export type Outcome = { readonly result: SqlResult<unknown> } | { readonly error: Error };

/** A statement that was sent; `outcome` appears when the server is ready for the next one. */
export interface Flight {
  outcome?: Outcome;
  /** Resolves with `outcome` set; never rejects. */
  readonly ended: Promise<void>;
}

/** A statement with its parameters. */
export interface Sql {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** A session of one database user. */
export interface Session {
  /** User and number: the same in every run, unlike `pid`. */
  readonly name: string;
  readonly pid: number;
  /** `I` outside of a transaction, `T` in one, `E` in one that failed and waits for its rollback. */
  status(): 'I' | 'T' | 'E';
  /**
   * For a statement that may block; it must not be sent while another is under way. What has to be done just before
   * travels `ahead` of it in the same message, must not block, and tells nothing but by the outcome when it fails.
   */
  send(statement: Sql, ahead?: readonly Sql[]): Flight;
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

/** Statements that a session keeps parsed; one with a literal of its own each time would fill the server's memory. */
const preparedMax = 500;

/** Gives texts of single statements a name, by which the server finds them parsed the next time. */
const namesOfStatements = (): ((sql: string) => { name?: string }) => {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined) return { name: known };
    if (sql.includes(';') || names.size === preparedMax) return {};
    const name = `topple_${names.size + 1}`;
    names.set(sql, name);
    return { name };
  };
};

/** Connects as the user of `url`; `options` are further `-c name=value` settings. */
export const openSession = async (url: string, name: string, options = ''): Promise<Session> => {
  const client = new pg.Client({ connectionString: url, options: `${fixedOptions} ${options}`, pipeline: true });
  client.on('error', () => undefined); // the statement that meets it tells
  await client.connect();
  const { connection } = client as unknown as { connection: EventEmitter & { stream: Writable } };
  // An error is told before the server is ready again; only then is the state of the transaction known.
  const awaitingReady: (() => void)[] = [];
  let isOver = false;
  connection.on('readyForQuery', () => awaitingReady.shift()?.());
  connection.on('end', () => {
    isOver = true;
    for (const ready of awaitingReady.splice(0)) ready();
  });
  const named = namesOfStatements();
  const outcomeOf = async ({ sql, values = [] }: Sql): Promise<Outcome> => {
    const ready = isOver ? Promise.resolve() : new Promise<void>((resolve) => awaitingReady.push(resolve));
    try {
      const result: unknown = await client.query({ ...named(sql), text: sql, values: [...values] });
      await ready;
      return { result: result as SqlResult<unknown> };
    } catch (error) {
      await ready;
      return { error: error as Error };
    }
  };
  const run: Session['run'] = async (sql, values = []) => {
    const outcome = await outcomeOf({ sql, values });
    if ('error' in outcome) throw outcome.error;
    return outcome.result.rows as Record<string, unknown>[];
  };
  const inOneMessage = <Sent>(send: () => Sent): Sent => {
    connection.stream.cork();
    const sent = send();
    connection.stream.uncork();
    return sent;
  };
  const [row] = await run('select pg_backend_pid() as pid');
  return {
    name,
    pid: Number(row?.pid),
    status: () => client.getTransactionStatus() ?? 'I',
    send: (statement, ahead = []) => {
      const outcomes = inOneMessage(() => [...ahead, statement].map(outcomeOf));
      const flight = {} as { outcome?: Outcome; ended: Promise<void> };
      flight.ended = Promise.all(outcomes).then((all) => {
        const outcome = all.find((one) => 'error' in one) ?? all.at(-1);
        if (outcome) flight.outcome = outcome;
      });
      return flight;
    },
    run,
    end: () => client.end(),
  };
};
