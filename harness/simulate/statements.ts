/**
 * Decides the order of SQL statements on a real PostgreSQL. One statement runs at a time. One session at most waits for
 * a lock inside the server; whoever would be the second is taken back to where its statement began and asks again.
 */
import { type Clock, systemClock } from '../clock.ts';
import { simulationErrors } from '../simulation-errors.ts';
import type { SqlResult } from '../target.ts';
import type { Gates } from './gates.ts';
import { type Journal, shortSql, textOf } from './journal.ts';
import { remembered } from './remembered.ts';
import { currentRequest } from './requests.ts';
import type { Flight, Outcome, Session, Sql } from './session.ts';
import { quiescence, type Step, type StepSource } from './steps.ts';
import { realTimeIn, timeStatement } from './virtual-sql.ts';
import { closesCycle } from './wait-graph.ts';
import type { WaitStates } from './wait-states.ts';

interface Statement extends Sql {
  readonly request: string | undefined;
  readonly resolve: (result: SqlResult<unknown>) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly statement: Statement;
  readonly flight: Flight;
  /** A savepoint was set before it, so that it can be taken back. */
  readonly guarded: boolean;
  /** It was sent into an open transaction. */
  readonly inside: boolean;
}

interface Seat {
  readonly session: Session;
  asked?: Statement | undefined;
  running?: Running | undefined;
  /** Whom it met when it was taken back; it asks again once one of them may have let go. */
  parkedBehind?: readonly Seat[] | undefined;
  /** Its statement has read and not yet written. */
  atGate?: boolean;
  /** The time that the session was told last. */
  toldMs?: number;
}

/** What happened, for evidence that a race was a race. */
export interface StatementCounts {
  statements: number;
  /** Statements that waited for a lock inside the server. */
  waits: number;
  /** Statements that would have been a second waiter, and were taken back. */
  parked: number;
  deadlocks: number;
}

/** PostgreSQL is asked for whom a statement waits after so long: nothing but the cost of asking depends on it. */
const patienceMs = { whenOthersHoldLocks: 1, otherwise: 1_000 } as const;
const foreignPollsMax = 500;
const isControl = (sql: string): boolean =>
  /^\s*(begin|start|commit|end|rollback|abort|savepoint|release|prepare|set\s+transaction)\b/i.test(sql);
const mayLocksGo = (sql: string): boolean => /^\s*(rollback|abort|release)\b|advisory_unlock/i.test(sql);

const realTimeOf = remembered(realTimeIn);

/** Throws `realTimeInSql` when a statement of `session` asks for what only the real clock could answer. */
export const refuseRealTime = (session: string, sql: string): void => {
  const found = realTimeOf(sql);
  if (found !== undefined)
    throw simulationErrors.realTimeInSql(`a statement of ${session}`, [`${found} in ${shortSql(sql)}`]);
};

const deadlock = (): Error =>
  Object.assign(new Error('deadlock detected'), { code: '40P01', severity: 'ERROR', routine: 'DeadLockReport' });

/** What a world's statements run on. */
export interface StatementWorld {
  readonly sessions: readonly Session[];
  readonly waitStates: WaitStates;
  readonly journal: Journal;
  /** Given: inserts stop between what they read and what they write. */
  readonly gates?: Gates | undefined;
  /** Given: transactions begin at its time, and statements that would see another time are refused. */
  readonly clock?: Pick<Clock, 'nowMs'>;
}

/** Who runs what the sessions of one world are asked. */
export interface Statements extends StepSource {
  readonly counts: StatementCounts;
  /** The application's request; a session asks one thing at a time. Rejects with the server's error. */
  ask(session: Session, sql: string, values?: readonly unknown[]): Promise<SqlResult<unknown>>;
  /**
   * The client of `session` is gone: what was not sent never is, what runs ends as it would have, and what it had begun
   * is rolled back. Resolves when the session can serve another client.
   */
  abandon(session: Session): Promise<void>;
  /** Ends whatever is under way, also after an error: then all sessions are idle and outside of a transaction. */
  end(): Promise<void>;
}

/** The statements of all sessions of one world; nothing is sent until its step is taken. */
export class StatementScheduler implements Statements {
  readonly counts: StatementCounts = { statements: 0, waits: 0, parked: 0, deadlocks: 0 };
  readonly #seats: readonly Seat[];
  readonly #waitStates: WaitStates;
  readonly #journal: Journal;
  readonly #gates: Gates | undefined;
  readonly #clock: Pick<Clock, 'nowMs'> | undefined;
  #waiter: Seat | undefined;

  constructor({ sessions, waitStates, journal, gates, clock }: StatementWorld) {
    this.#gates = gates;
    this.#clock = clock;
    this.#seats = sessions.map((session) => ({ session }));
    this.#waitStates = waitStates;
    this.#journal = journal;
  }

  ask(session: Session, sql: string, values: readonly unknown[] = []): Promise<SqlResult<unknown>> {
    const seat = this.#seats.find((one) => one.session === session);
    if (seat === undefined || seat.asked || seat.running) throw new RangeError(`${session.name} cannot ask now`);
    return new Promise((resolve, reject) => {
      seat.asked = { sql, values, request: currentRequest(), resolve, reject };
    });
  }

  async abandon(session: Session): Promise<void> {
    const seat = this.#seats.find((one) => one.session === session);
    if (seat === undefined) throw new RangeError(`${session.name} is no session of this world`);
    seat.asked = undefined;
    seat.parkedBehind = undefined;
    const { running } = seat;
    if (running !== undefined) {
      await new Promise<void>((ended) => {
        const statement = { ...running.statement, resolve: () => ended(), reject: () => ended() };
        seat.running = { ...running, statement };
      });
    }
    if (session.status() !== 'I') await this.ask(session, 'rollback');
  }

  /** Throws `realTimeInSql` when a session asks for what only the real clock could answer. */
  steps(): readonly Step[] {
    if (this.#clock) for (const { session, asked } of this.#seats) if (asked) refuseRealTime(session.name, asked.sql);
    return this.#seats.flatMap((seat) => {
      const { session, asked, parkedBehind, atGate } = seat;
      if (atGate) return [{ label: `${session.name} passes its gate`, take: () => this.#passGate(seat) }];
      if (asked === undefined || parkedBehind) return [];
      const { sql, request } = asked;
      return [{ label: `${session.name} ${shortSql(sql)}`, sql, request, take: () => this.#take(seat) }];
    });
  }

  async end(): Promise<void> {
    for (const { session, running } of this.#seats) {
      await this.#gates?.open(session);
      if (running) await this.#waitStates.cancel(session.pid);
      await running?.flight.ended;
      if (session.status() !== 'I') await session.run('rollback');
    }
  }

  async #take(seat: Seat): Promise<void> {
    const { session, asked: statement } = seat;
    if (statement === undefined) return;
    seat.asked = undefined;
    this.counts.statements += 1;
    const hasGate = this.#gates?.stops(statement.sql) ?? false;
    if (hasGate) await this.#gates?.close(session);
    const inside = session.status() === 'T';
    // Without a waiter it would be the first, unless it stands at its gate while another one begins to wait.
    const mayBeSecond = this.#waiter !== undefined || hasGate;
    const guarded = inside && mayBeSecond && !isControl(statement.sql);
    const ahead = guarded ? [{ sql: 'savepoint topple' }] : this.#timeFor(seat);
    seat.running = { statement, guarded, inside, flight: session.send(statement, ahead) };
    await this.#follow(seat);
  }

  /** Tells the session the time unless it knows; inside of a transaction `now()` stays what it was when that began. */
  #timeFor(seat: Seat): readonly Sql[] {
    const atMs = this.#clock?.nowMs();
    if (atMs === undefined || atMs === seat.toldMs || seat.session.status() !== 'I') return [];
    seat.toldMs = atMs;
    return [timeStatement(atMs)];
  }

  async #passGate(seat: Seat): Promise<void> {
    seat.atGate = false;
    await this.#gates?.open(seat.session);
    await this.#follow(seat);
  }

  /** Until the statement of `seat` has ended or stands still; if locks may have gone, the same for the waiter. */
  async #follow(seat: Seat): Promise<void> {
    const stop = await this.#settle(seat);
    if (stop === 'gate') return this.#letStand(seat);
    if (stop === 'end') {
      if (await this.#finish(seat)) await this.#lookAtWaiter();
      return;
    }
    if (this.#waiter === undefined) return this.#letWait(seat, stop);
    await this.#takeBack(seat, stop);
    await this.#lookAtWaiter();
  }

  /** Resolves once the statement has ended or stands at its gate, or PostgreSQL says for whom it waits. */
  async #settle(seat: Seat): Promise<'end' | 'gate' | readonly Seat[]> {
    const { session, running } = seat;
    for (let polls = 0; polls < foreignPollsMax; polls += 1) {
      await this.#patiently(seat, polls);
      if (running === undefined || running.flight.outcome) return 'end';
      const pids = await this.#waitStates.blockersOf(session.pid);
      if (running.flight.outcome) return 'end';
      if (this.#gates && pids.includes(this.#gates.keeperPid)) return 'gate';
      const blockers = this.#seats.filter((one) => pids.includes(one.session.pid));
      if (blockers.length > 0) return blockers;
      if (pids.length === 0) polls = 0;
    }
    throw simulationErrors.blockedFromOutside(session.name, shortSql(running?.statement.sql ?? ''));
  }

  /** Resolves when the statement has ended, or when it is time to ask PostgreSQL why it has not. */
  async #patiently(seat: Seat, polls: number): Promise<void> {
    const { session, running } = seat;
    if (running === undefined || running.flight.outcome) return;
    if (polls === 0 && this.#gates?.isClosed(session)) return;
    const isAlone = this.#seats.every((one) => one === seat || (one.session.status() === 'I' && !one.running));
    const waitMs = isAlone && polls === 0 ? patienceMs.otherwise : patienceMs.whenOthersHoldLocks;
    await new Promise<void>((resolve) => {
      const stop = systemClock.after(waitMs, resolve);
      void running.flight.ended.then(() => {
        stop();
        resolve();
      });
    });
  }

  #letStand(seat: Seat): void {
    seat.atGate = true;
    this.#journal.note(`${seat.session.name} stands at its gate`);
  }

  #letWait(seat: Seat, blockers: readonly Seat[]): void {
    this.#waiter = seat;
    this.counts.waits += 1;
    this.#journal.note(`${seat.session.name} waits for ${blockers.map(({ session }) => session.name)}`);
  }

  /** Leaves nothing of the statement, as if it had not been sent; or it closes a cycle and is the victim. */
  async #takeBack(seat: Seat, blockers: readonly Seat[]): Promise<void> {
    const { session, running } = seat;
    if (running === undefined) return;
    const isVictim = await this.#isDeadlock(seat, blockers);
    await this.#waitStates.cancel(session.pid);
    await running.flight.ended;
    if (isVictim) {
      this.counts.deadlocks += 1;
      running.flight.outcome = { error: deadlock() };
      await this.#finish(seat);
      return;
    }
    if (running.guarded) await session.run('rollback to savepoint topple; release savepoint topple');
    else if (running.inside) throw simulationErrors.cannotTakeBack(session.name, shortSql(running.statement.sql));
    seat.running = undefined;
    seat.asked = running.statement;
    seat.parkedBehind = blockers;
    this.counts.parked += 1;
    this.#journal.note(`${session.name} stays behind ${blockers.map((one) => one.session.name)}`);
  }

  async #isDeadlock(seat: Seat, blockers: readonly Seat[]): Promise<boolean> {
    const waitsFor = new Map<Seat, readonly Seat[]>([[seat, blockers]]);
    for (const one of this.#seats) if (one.parkedBehind) waitsFor.set(one, one.parkedBehind);
    const waiter = this.#waiter;
    if (waiter) {
      const pids = await this.#waitStates.blockersOf(waiter.session.pid);
      waitsFor.set(
        waiter,
        this.#seats.filter((one) => pids.includes(one.session.pid)),
      );
    }
    return closesCycle(waitsFor, seat);
  }

  /** A failed statement ends all locks of its transaction at once, which the guard's savepoint would have delayed. */
  async #dropGuard(session: Session, outcome: Outcome): Promise<void> {
    if ('result' in outcome) {
      await session.run('release savepoint topple');
      return;
    }
    await session.run('rollback to savepoint topple; release savepoint topple');
    await session.run('rollback to savepoint topple_fails').catch(() => undefined);
  }

  /** Tells the application; true when locks may have gone, so that others may go on. */
  async #finish(seat: Seat): Promise<boolean> {
    const { session, running } = seat;
    const outcome = running?.flight.outcome;
    if (running === undefined || outcome === undefined) return false;
    if (running.guarded) await this.#dropGuard(session, outcome);
    seat.running = undefined;
    const mayLocksBeGone = session.status() !== 'T' || mayLocksGo(running.statement.sql);
    if (mayLocksBeGone) this.#unpark();
    if ('result' in outcome) {
      const { rowCount, rows } = outcome.result;
      this.#journal.note(`${session.name} = ${rowCount} ${textOf(rows)}`);
      running.statement.resolve(outcome.result);
    } else {
      const { code, message } = outcome.error as Error & { code?: string };
      this.#journal.note(`${session.name} ! ${code ?? message}`);
      running.statement.reject(outcome.error);
    }
    await quiescence();
    return mayLocksBeGone;
  }

  #unpark(): void {
    for (const seat of this.#seats) seat.parkedBehind = undefined;
  }

  /** Whatever just ended may have let the waiter go on; nothing else is sent before it waits again or has ended. */
  async #lookAtWaiter(): Promise<void> {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const stop = await this.#settle(waiter);
    if (stop !== 'end' && stop !== 'gate') return;
    this.#waiter = undefined;
    this.#unpark();
    if (stop === 'gate') this.#letStand(waiter);
    else await this.#finish(waiter);
  }
}
