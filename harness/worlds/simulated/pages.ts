/**
 * The metrics pages of a simulated world. They are got beside its steps, while time passes: no choice is made for them,
 * and what they ask the database is read on a session of their own that can change nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../clock.ts';
import type { FetchPage } from '../../observe/scrape-target.ts';
import type { Sentinel } from '../../simulate/sentinel.ts';
import type { Session } from '../../simulate/session.ts';
import { refuseRealTime } from '../../simulate/statements.ts';
import { quiescence } from '../../simulate/steps.ts';
import { timeStatement } from '../../simulate/virtual-sql.ts';
import type { InProcessPorts, SqlResult } from '../../target.ts';
import type { RoleProcess } from './role-process.ts';

/** What the pages of one world are got from. */
export interface PagesWorld {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly sentinel: Sentinel;
  readonly roles: ReadonlyMap<string, RoleProcess>;
  onlookerOf(role: string): Session | undefined;
}

/** The pages of one world. */
export class Pages {
  readonly #world: PagesWorld;
  readonly #looking = new AsyncLocalStorage<true>();
  readonly #underWay = new Set<Promise<void>>();
  #failure: unknown;

  constructor(world: PagesWorld) {
    this.#world = world;
  }

  /** Gets a page of the role that is the host's first label; rejects while its process is not there. */
  readonly fetchPage: FetchPage = async (url) => {
    const role = this.#world.roles.get(new URL(url).hostname.split('.', 1)[0] ?? '');
    if (role === undefined) throw new Error('there is no such role');
    const answer = await this.#looking.run(true, () => role.fetch(new Request(url)));
    return { status: answer.status, body: await answer.text() };
  };

  /** Resolves when no page waits for the database. Throws `realTimeInSql` when one asked for the real time. */
  async settled(): Promise<void> {
    do {
      await Promise.all(this.#underWay);
      await quiescence();
    } while (this.#underWay.size > 0);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The ports of `role`, but for what its page asks: that goes to its own session, and no call leaves. */
  portsOf(role: string, { db, http, ...ports }: InProcessPorts): InProcessPorts {
    const onlooker = this.#world.onlookerOf(role);
    if (onlooker === undefined) return { ...ports, db, http };
    const isLooking = (): boolean => this.#looking.getStore() === true;
    const query = <Row>(sql: string, values?: unknown[]): Promise<SqlResult<Row>> =>
      this.#ask(onlooker, sql, values) as Promise<SqlResult<Row>>;
    return {
      ...ports,
      http: (...call) =>
        isLooking() ? Promise.reject(new Error('a metrics page calls nobody in a simulated world')) : http(...call),
      db: {
        query: (sql, values) => (isLooking() ? query(sql, values) : db.query(sql, values)),
        connect: async () => (isLooking() ? { query, release: () => undefined } : db.connect()),
      },
    };
  }

  async #ask(session: Session, sql: string, values: readonly unknown[] = []): Promise<SqlResult<unknown>> {
    try {
      refuseRealTime(session.name, sql);
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
    const ahead = session.status() === 'I' ? [timeStatement(this.#world.clock.nowMs())] : [];
    const flight = this.#world.sentinel.outside(() => session.send({ sql, values }, ahead));
    this.#underWay.add(flight.ended);
    await flight.ended;
    this.#underWay.delete(flight.ended);
    const { outcome } = flight;
    if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
    return outcome.result;
  }
}
