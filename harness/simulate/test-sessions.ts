/** A database per test file with some sessions of its superuser, and worlds on them. */
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import type { SqlResult } from '../target.ts';
import type { Chooser } from './choices.ts';
import { gatesOver, giveGate } from './gates.ts';
import { openJournal } from './journal.ts';
import { leaveDeadlocks, openSession, type Session } from './session.ts';
import { type StatementCounts, StatementScheduler } from './statements.ts';
import { runSteps } from './steps.ts';
import { waitStatesOver } from './wait-states.ts';

/** Runs one statement of an actor, once the scheduler lets it. */
export type Ask = (sql: string, values?: readonly unknown[]) => Promise<SqlResult<Record<string, unknown>>>;

/** What an actor does; its session is its own. `leave` is its end: the session is abandoned. */
export type Actor = (ask: Ask, leave: () => Promise<void>) => Promise<unknown>;

/** What a world came to. */
export interface TestWorld {
  readonly outcomes: readonly PromiseSettledResult<unknown>[];
  readonly counts: StatementCounts;
  readonly lines: readonly string[];
  readonly digest: string;
}

/** The database of a test file. */
export interface TestSessions {
  /** Runs SQL at once, beside the scheduler. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
  run(actors: readonly Actor[], chooser: Chooser, gates?: 'gates'): Promise<TestWorld>;
  url(): string;
}

/** Call it at the top of a test file; `schema` is run once. */
export const testSessions = (count: number, schema: string): TestSessions => {
  const name = `simulate_${process.pid}`; // a process per test file
  const sessions: Session[] = [];
  let url = '';
  let server: pg.Client;
  let control: Session;
  beforeAll(async () => {
    server = new pg.Client(inject('postgresUrl'));
    await server.connect();
    await server.query(`create database ${name} template template0`);
    url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href;
    control = await openSession(url, 'control');
    await control.run(`${leaveDeadlocks} ${schema}`);
    for (let nth = 1; nth <= count; nth += 1) {
      const session = await openSession(url, `s${nth}`);
      await giveGate(session);
      sessions.push(session);
    }
  });
  afterAll(async () => {
    for (const session of [...sessions, control]) await session.end();
    await server.query(`drop database ${name} with (force)`);
    await server.end();
  });
  return {
    sql: (text) => control.run(text),
    url: () => url,
    run: async (actors, chooser, gates) => {
      const journal = openJournal();
      const scheduler = new StatementScheduler({
        sessions,
        waitStates: waitStatesOver(control),
        journal,
        gates: gates && gatesOver(control),
      });
      const begin = (actor: Actor, index: number): Promise<unknown> =>
        actor(
          (sql, values) => scheduler.ask(sessions[index] as Session, sql, values) as ReturnType<Ask>,
          () => scheduler.abandon(sessions[index] as Session),
        );
      const goal = Promise.allSettled(actors.map(begin));
      try {
        const outcomes = await runSteps({ sources: [scheduler], chooser, journal }, goal);
        return { outcomes, counts: scheduler.counts, lines: journal.lines, digest: journal.digest() };
      } finally {
        await scheduler.end();
      }
    },
  };
};
