/**
 * Statements that nobody puts in order: each is sent when it is asked for, and PostgreSQL runs them side by side, as it
 * does for requests that `Promise.all` starts together. A search has to beat it; nothing in it can be repeated.
 */
import { type Clock, systemClock } from '../clock.ts';
import { simulationErrors } from '../simulation-errors.ts';
import type { SqlResult } from '../target.ts';
import { type Journal, shortSql } from './journal.ts';
import type { Outcome, Session } from './session.ts';
import type { StatementCounts, Statements } from './statements.ts';
import type { Step } from './steps.ts';
import { timeStatement } from './virtual-sql.ts';

/** Longer than any statement of a world takes: what lasts for longer waits for a deadlock to end. */
const patienceMs = 30_000;

/** The statements of all sessions of one world; its only step is to wait for the first that ends. */
export class UnscheduledStatements implements Statements {
  readonly counts: StatementCounts = { statements: 0, waits: 0, parked: 0, deadlocks: 0 };
  readonly #sessions: readonly Session[];
  readonly #journal: Journal;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #running = new Map<Session, Promise<void>>();

  constructor(sessions: readonly Session[], journal: Journal, clock: Pick<Clock, 'nowMs'>) {
    this.#sessions = sessions;
    this.#journal = journal;
    this.#clock = clock;
  }

  async ask(session: Session, sql: string, values: readonly unknown[] = []): Promise<SqlResult<unknown>> {
    this.counts.statements += 1;
    this.#journal.note(`${session.name} ${shortSql(sql)}`);
    const ahead = session.status() === 'I' ? [timeStatement(this.#clock.nowMs())] : [];
    const flight = session.send({ sql, values }, ahead);
    this.#running.set(session, flight.ended);
    await flight.ended;
    this.#running.delete(session);
    const outcome = flight.outcome as Outcome;
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  }

  async abandon(session: Session): Promise<void> {
    await this.#running.get(session);
    if (session.status() !== 'I') await session.run('rollback');
  }

  steps(): readonly Step[] {
    return this.#running.size === 0 ? [] : [{ label: 'database goes on', take: () => this.#wait() }];
  }

  async end(): Promise<void> {
    for (const session of this.#sessions) await this.abandon(session);
  }

  async #wait(): Promise<void> {
    let stop: () => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      stop = systemClock.after(patienceMs, () => reject(simulationErrors.worldStuck(this.#journal.lines)));
    });
    await Promise.race([late, ...this.#running.values()]).finally(stop);
  }
}
