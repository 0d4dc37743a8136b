/** What simulated worlds of one variant share: a prepared database with its sessions, emptied for each of them. */
import { errors } from '../../errors.ts';
import { type Gates, gatesOn, gatesOver, giveGate } from '../../simulate/gates.ts';
import { proveSchema, proveSession } from '../../simulate/prove.ts';
import { leaveDeadlocks, openSession, type Session } from '../../simulate/session.ts';
import { simSchema, virtualOptions } from '../../simulate/virtual-sql.ts';
import { type WaitStates, waitStatesOver } from '../../simulate/wait-states.ts';
import type { Target } from '../../target.ts';
import { type Ledger, openLedger } from '../embedded/ledger.ts';
import type { PostgresServer } from '../embedded/postgres.ts';

/** The moment at which every simulated world begins, in milliseconds since the epoch. */
export const beginMs = Date.UTC(2026, 0, 1);

const sessionsPerRole = 4;

/** A database that one world after the other may use. */
export interface Ground {
  readonly target: Target;
  readonly variant?: string;
  /** All sessions, and those of each role. */
  readonly sessions: readonly Session[];
  sessionsOf(role: string): readonly Session[];
  /** The session on which a role's metrics page reads; none where nobody looks. */
  onlookerOf(role: string): Session | undefined;
  readonly waitStates: WaitStates;
  /** Inserts into the target's tables can be stopped. */
  gates(): Gates;
  readonly ledger: Pick<Ledger, 'read'>;
  /** Runs SQL as superuser; for what cannot block. */
  asSuperuser(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * As after the migrations: empty tables without a page, because the order of rows in them decides what a query
   * without an order returns. `deep` gives the tables new files, indexes too, which takes ten times as long.
   */
  reset(how: 'quick' | 'deep'): Promise<void>;
  close(): Promise<void>;
}

const foreign = `nspname not in ('sim', 'information_schema', 'public') and nspname not like 'pg\\_%'`;

/** Tables that the migrations left empty: whatever is in them later comes from a world. */
const emptyTables = async (owner: Session): Promise<readonly string[]> => {
  const tables = await owner.run(`select c.oid::regclass::text as name from pg_class c
    join pg_namespace n on n.oid = relnamespace where relkind = 'r' and ${foreign} order by 1`);
  const empty: string[] = [];
  for (const { name } of tables) {
    const [row] = await owner.run(`select exists (select from ${name}) as filled`);
    if (row?.filled === false) empty.push(String(name));
  }
  return empty;
};

const sequencesOf = async (owner: Session): Promise<readonly string[]> => {
  const rows = await owner.run(`select c.oid::regclass::text as name from pg_class c
    join pg_namespace n on n.oid = relnamespace where relkind = 'S' and (${foreign} or nspname = 'sim') order by 1`);
  return rows.map(({ name }) => String(name));
};

/** Runs the migrations as they would run in production, but with `sim` already there. */
const migrate = async (owner: Session, target: Target, variant: string | undefined): Promise<void> => {
  await owner.run(`${leaveDeadlocks} ${simSchema}`);
  for (const [index, script] of target.database.migrations(variant).entries()) {
    await owner.run(script).catch((cause: unknown) => {
      throw errors.migrationFailed(variant, index + 1, cause);
    });
  }
  await proveSchema(owner);
};

const schemasOf = async (owner: Session): Promise<readonly string[]> =>
  (await owner.run(`select nspname as name from pg_namespace where ${foreign} order by 1`)).map(({ name }) =>
    String(name),
  );

const openSessions = async (postgres: PostgresServer, { roles, database }: Target, name: string, options: string) => {
  const byRole = new Map<string, readonly Session[]>();
  for (const role of roles) {
    const sessions: Session[] = [];
    for (let nth = 1; nth <= sessionsPerRole; nth += 1) {
      const session = await openSession(postgres.urlFor(database.userOf(role), name), `${role}-${nth}`, options);
      await proveSession(session);
      await giveGate(session);
      sessions.push(session);
    }
    byRole.set(role, sessions);
  }
  return byRole;
};

/** A page that wrote, drew chance or waited for a lock would have a part in the world; then it fails instead. */
const onlookerOptions = '-c default_transaction_read_only=on -c lock_timeout=1s';

const openOnlookers = async (
  postgres: PostgresServer,
  { roles, database }: Target,
  name: string,
  options: string,
): Promise<ReadonlyMap<string, Session>> => {
  const byRole = new Map<string, Session>();
  for (const role of roles) {
    const url = postgres.urlFor(database.userOf(role), name);
    const session = await openSession(url, `${role}-page`, `${options} ${onlookerOptions}`);
    await proveSession(session);
    byRole.set(role, session);
  }
  return byRole;
};

/**
 * Prepares the database `name` of `postgres` for worlds of this variant. Throws `migrationFailed`, and `realTimeInSql`
 * when the target's schema or one of its sessions would see another time than the world's.
 */
export const openGround = async (
  postgres: PostgresServer,
  target: Target,
  variant: string | undefined,
  name: string,
  watched?: 'watched',
): Promise<Ground> => {
  await postgres.dropDatabase(name);
  await postgres.createDatabase(name);
  const superuser = postgres.superuserUrl(name);
  const [control, owner] = [await openSession(superuser, 'control'), await openSession(superuser, 'owner')];
  await migrate(owner, target, variant);
  const [tables, sequences] = [await emptyTables(owner), await sequencesOf(owner)];
  await owner.run(gatesOn(tables));
  // Without it the triggers that keep a ledger append-only would refuse.
  await owner.run('set session_replication_role = replica');
  const restart = sequences.map((sequence) => `select setval('${sequence}', 1, false)`);
  const empty = [...tables.map((table) => `delete from ${table}`), ...restart].join('; ');
  const renew = [`truncate ${tables.join(', ')}`, ...restart].join('; ');
  const options = virtualOptions(beginMs, await schemasOf(owner));
  const byRole = await openSessions(postgres, target, name, options);
  const onlookers = await (watched ? openOnlookers(postgres, target, name, options) : new Map<string, Session>());
  const sessions = [...byRole.values()].flat();
  const own = [...sessions, ...onlookers.values()];
  const auditor = new URL(postgres.urlFor(target.database.auditor, name));
  auditor.searchParams.set('options', options);
  const ledger = openLedger(target, auditor.href);
  // Statistics are the same after both, so that plans are; and no plan of an earlier world is left, made for the size
  // that a table had there: each vacuum moves the table's `relfrozenxid`, and that makes all sessions plan anew.
  const vacuum = `vacuum (skip_database_stats true, process_toast false) ${tables.join(', ')}`;
  return {
    target,
    ...(variant === undefined ? {} : { variant }),
    sessions,
    sessionsOf: (role) => byRole.get(role) ?? [],
    onlookerOf: (role) => onlookers.get(role),
    waitStates: waitStatesOver(control),
    gates: () => gatesOver(control),
    ledger,
    asSuperuser: (sql) => control.run(sql),
    reset: async (how) => {
      await owner.run(how === 'deep' ? renew : empty);
      await owner.run(vacuum);
    },
    close: async () => {
      await ledger.close();
      for (const session of [...own, control, owner]) await session.end();
      await postgres.dropDatabase(name);
    },
  };
};
