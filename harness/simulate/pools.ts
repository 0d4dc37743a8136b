/** The database port of a role in a simulated world: sessions lent one by one, and what may happen to a statement. */
import type { InProcessPorts, SqlResult } from '../target.ts';
import type { Chooser } from './choices.ts';
import { type Journal, shortSql } from './journal.ts';
import type { Session } from './session.ts';
import type { Statements } from './statements.ts';

/** What a pool works with. */
export interface PoolWorld {
  readonly role: string;
  readonly scheduler: Pick<Statements, 'ask'>;
  readonly chooser: Chooser;
  readonly journal: Journal;
  /** Statements come to harm only while this is true. */
  readonly isHarmful: () => boolean;
  /** The process whose pool this is: once it is over, nothing that its code asks for is done or comes back. */
  readonly life: { readonly isOver: boolean; end(): void };
  /** Commits after a statement that matches may lose their answers, this many of them: a fault that was planned. */
  readonly commitFault?: { readonly after: RegExp; times: number };
}

type Db = InProcessPorts['db'];
type Client = Awaited<ReturnType<Db['connect']>>;

const lost = (): Error => new Error('Connection terminated unexpectedly');

const never = <T>(): Promise<T> => new Promise(() => undefined);

const raiseDeadlock = `do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$`;
const fates = ['runs', 'is lost', 'loses its answer', 'ends with its process', 'is a deadlock victim'] as const;

/** A deadlock is met by statements that take locks, inside a transaction. */
const fatesOf = (isInside: boolean, sql: string): readonly (typeof fates)[number][] =>
  isInside && /^\s*(insert|update|delete|with|select.*for )/i.test(sql) ? fates : fates.slice(0, 4);

/** One borrowed session; a lost connection stays lost, as that of a real client does. */
const clientOf = (session: Session, world: PoolWorld, giveBack: () => void): Client => {
  const { scheduler, chooser, journal, isHarmful, life, commitFault } = world;
  let isBroken = false;
  let isBack = false;
  let isExposed = false;
  const endTransaction = async (): Promise<void> => {
    if (session.status() !== 'I') await scheduler.ask(session, 'rollback');
  };
  const breakOff = async (): Promise<never> => {
    isBroken = true;
    await endTransaction();
    throw lost();
  };
  /** Whether the planned fault strikes at this statement. */
  const isStruck = (sql: string): boolean => {
    if (commitFault === undefined || !isHarmful()) return false;
    if (commitFault.after.test(sql)) isExposed = true;
    if (!isExposed || commitFault.times === 0 || !/^\s*commit\b/i.test(sql)) return false;
    isExposed = false;
    const options = [`${session.name} commits`, `${session.name} commits unheard`];
    const strikes = chooser.choose({ kind: 'fault', options }) === 1;
    if (strikes) commitFault.times -= 1;
    return strikes;
  };
  const fateOf = (sql: string): (typeof fates)[number] => {
    if (isStruck(sql)) return 'loses its answer';
    if (!isHarmful()) return 'runs';
    const options = fatesOf(session.status() === 'T', sql).map((fate) => `${session.name} ${fate}`);
    const of = { subject: session.name, what: `${world.role} ${shortSql(sql)}` };
    return fates[chooser.choose({ kind: 'statement', options, of })] ?? 'runs';
  };
  const query = async (sql: string, values?: unknown[]): Promise<SqlResult<unknown>> => {
    if (life.isOver) return never();
    if (isBroken) throw lost();
    const fate = fateOf(sql);
    if (fate !== 'runs') journal.note(`${session.name} ${fate}`);
    if (fate === 'ends with its process') {
      life.end();
      return never();
    }
    if (fate === 'is lost') return breakOff();
    if (fate === 'is a deadlock victim') return scheduler.ask(session, raiseDeadlock);
    const result = await scheduler.ask(session, sql, values);
    return fate === 'loses its answer' ? breakOff() : result;
  };
  return {
    query: query as Client['query'],
    release: () => {
      if (isBack || life.isOver) return;
      isBack = true;
      void endTransaction().then(() => life.isOver || giveBack());
    },
  };
};

/** Lends `sessions`, in their order; who finds none waits until one is given back, first come first served. */
export const poolOver = (sessions: readonly Session[], world: PoolWorld): Db => {
  const free = [...sessions];
  const waiting: ((session: Session) => void)[] = [];
  const giveBack = (session: Session): void => {
    const next = waiting.shift();
    if (next) next(session);
    else free.unshift(session); // the one that has just worked knows the time and most statements
  };
  const connect = async (): Promise<Client> => {
    if (world.life.isOver) return never();
    const session = free.shift() ?? (await new Promise<Session>((resolve) => waiting.push(resolve)));
    return clientOf(session, world, () => giveBack(session));
  };
  const query = async (sql: string, values?: unknown[]): Promise<SqlResult<unknown>> => {
    const client = await connect();
    try {
      return await client.query(sql, values);
    } finally {
      client.release();
    }
  };
  return { connect, query: query as Db['query'] };
};
