/** What is raced without a scheduler: sent at once, side by side, on the world's time. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openJournal } from './journal.ts';
import { openSession, type Session } from './session.ts';
import { testSessions } from './test-sessions.ts';
import { UnscheduledStatements } from './unscheduled.ts';

const database = testSessions(0, 'create table wallet (id int primary key, balance int not null)');
const clock = { nowMs: () => Date.UTC(2026, 0, 1) };
const journal = openJournal();
let [first, second] = [] as unknown as [Session, Session];

beforeAll(async () => {
  [first, second] = [await openSession(database.url(), 's1'), await openSession(database.url(), 's2')];
});

afterAll(async () => {
  for (const session of [first, second]) await session.end();
});

beforeEach(() => database.sql('truncate wallet; insert into wallet values (1, 0)'));

const open = (): UnscheduledStatements => new UnscheduledStatements([first, second], journal, clock);

test('a statement is sent when it is asked for, and runs at the time of the world', async () => {
  const statements = open();
  const { rows } = await statements.ask(first, `select current_setting('sim.now') as now`);
  expect(rows).toEqual([{ now: '2026-01-01T00:00:00.000Z' }]);
  expect(statements.counts.statements).toBe(1);
  await expect(statements.ask(first, 'select 1 / 0')).rejects.toMatchObject({ code: '22012' });
  expect(statements.steps()).toEqual([]);
});

test('two statements are under way at once; the step of the world is to wait for one of them', async () => {
  const statements = open();
  await statements.ask(first, 'begin');
  await statements.ask(first, 'update wallet set balance = 1');
  const waiting = statements.ask(second, 'update wallet set balance = balance + 10');
  const [step] = statements.steps();
  const stepped = step?.take();
  await statements.ask(first, 'commit');
  await Promise.all([stepped, waiting]);
  expect(await database.sql('select balance from wallet')).toEqual([{ balance: 11 }]);
  expect(statements.steps()).toEqual([]);
});

test('what a client that is gone had begun is rolled back, and so is all at the end', async () => {
  const statements = open();
  for (const session of [first, second]) await statements.ask(session, 'begin');
  await statements.ask(first, 'update wallet set balance = 5');
  await statements.abandon(first);
  expect([first.status(), second.status()]).toEqual(['I', 'T']);
  await statements.end();
  expect(second.status()).toBe('I');
  expect(await database.sql('select balance from wallet')).toEqual([{ balance: 0 }]);
});
