/** Time and chance of SQL are the world's, and whatever could bring in the real ones is refused before it is used. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { sleep } from '../clock.ts';
import { randomFrom } from '../seed.ts';
import { uniformly } from './choices.ts';
import { openJournal } from './journal.ts';
import { proveSchema, proveSession } from './prove.ts';
import { leaveDeadlocks, openSession, type Session } from './session.ts';
import { StatementScheduler } from './statements.ts';
import { runSteps } from './steps.ts';
import { virtualClock } from './virtual-clock.ts';
import { realTimeIn, simSchema, virtualOptions } from './virtual-sql.ts';
import { waitStatesOver } from './wait-states.ts';

const startMs = Date.UTC(2031, 4, 6, 7, 8, 9, 10);
const name = `virtual_sql_${process.pid}`;
const role = `${name}_role`;
const options = virtualOptions(startMs, ['app']);
let server: pg.Client;
let owner: Session;
let session: Session;

const urlOf = (user: string): string =>
  Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}`, username: user }).href;

beforeAll(async () => {
  server = new pg.Client(inject('postgresUrl'));
  await server.connect();
  await server.query(`create database ${name} template template0`);
  await server.query(`create role ${role} login`);
  owner = await openSession(urlOf('postgres'), 'owner', options);
  await owner.run(`${leaveDeadlocks} ${simSchema}`);
  await owner.run(`create schema app; grant usage, create on schema app to ${role}`);
  session = await openSession(urlOf(role), 's1', options);
});

afterEach(async () => {
  await owner.run('drop schema app cascade; create schema app');
  await owner.run(`grant usage, create on schema app to ${role}; grant usage on schema sim to public`);
});

afterAll(async () => {
  await session.end();
  await owner.end();
  await server.query(`drop database ${name} with (force)`);
  await server.query(`drop role ${role}`);
  await server.end();
});

/** Runs one actor on `session`; the clock moves when nothing else can happen. */
const run = async <T>(
  actor: (ask: StatementScheduler['ask'], clock: ReturnType<typeof virtualClock>) => Promise<T>,
): Promise<T> => {
  const clock = virtualClock(startMs);
  const journal = openJournal();
  const scheduler = new StatementScheduler({ sessions: [session], waitStates: waitStatesOver(owner), journal, clock });
  const chooser = uniformly(randomFrom(1));
  try {
    const goal = actor((...asked) => scheduler.ask(...asked), clock);
    return await runSteps({ sources: [scheduler], lastResort: clock, chooser, journal }, goal);
  } finally {
    await scheduler.end();
  }
};

test('now() is the time of the world at the beginning of the transaction, in defaults too', async () => {
  await owner.run(
    'create table app.fact (id int, at timestamptz default now()); grant select, insert on app.fact to public',
  );
  const times = await run(async (ask, clock) => {
    await ask(session, 'insert into app.fact (id) values (1)');
    await sleep(clock, 60_000);
    await ask(session, 'begin');
    await sleep(clock, 60_000);
    await ask(session, 'insert into app.fact (id) values (2)');
    await ask(session, 'commit');
    const { rows } = await ask(session, 'select at from app.fact union all select now() order by 1');
    return (rows as { at: Date }[]).map(({ at }) => at.getTime() - startMs);
  });
  expect(times).toEqual([0, 60_000, 120_000]);
});

test('chance repeats once its sequence was set back', async () => {
  const draw = async (): Promise<unknown> => {
    await owner.run(`select setval('sim.draws', 1, false)`);
    return session.run('select gen_random_uuid() as id, random() as share');
  };
  const first = await draw();
  expect(await draw()).toEqual(first);
  expect(first).toEqual([{ id: expect.stringMatching(/^.{14}4.{4}8/), share: expect.any(Number) }]);
  expect(await session.run('select random() as share')).not.toEqual(await session.run('select random() as share'));
});

describe('a session', () => {
  test('that finds sim first is proven', async () => {
    await expect(proveSession(session)).resolves.toBeUndefined();
  });

  test('without USAGE would fall back to real time in silence, and is refused', async () => {
    await owner.run('revoke usage on schema sim from public');
    await expect(proveSession(session)).rejects.toMatchObject({
      code: 'real-time-in-sql',
      message: expect.stringContaining('now() is of pg_catalog'),
    });
  });

  test('with another search_path is refused', async () => {
    const other = await openSession(urlOf(role), 'other', '-c search_path=app');
    await expect(proveSession(other)).rejects.toMatchObject({ code: 'real-time-in-sql' });
    await other.end();
  });

  test('that asks for real time in a statement ends the world, even if the program would catch an error', async () => {
    const asking = run(async (ask) => {
      await ask(session, 'select current_timestamp').catch(() => undefined);
    });
    await expect(asking).rejects.toMatchObject({
      code: 'real-time-in-sql',
      message: expect.stringContaining('a statement of s1: current_timestamp in select current_timestamp'),
    });
  });
});

describe('the schema', () => {
  test('whose expressions are bound to sim is proven, whatever real-looking names stand in texts', async () => {
    await owner.run(`create table app.fact (at timestamptz default now(), id uuid default gen_random_uuid());
      create function app.since(timestamptz) returns interval language sql as 'select now() - $1';
      create view app.late as select 'now()' as text, now() as at from app.fact`);
    await expect(proveSchema(owner)).resolves.toBeUndefined();
  });

  test.each([
    ['a default bound past sim', 'create table app.t (at timestamptz default pg_catalog.now())', 'default of app.t.at'],
    ['current_timestamp', 'create table app.t (at timestamptz default current_timestamp)', 'CURRENT_TIMESTAMP'],
    ['uuidv7', 'create table app.t (id uuid default uuidv7())', 'uuidv7'],
    ['a check', 'create table app.t (at timestamptz check (at < pg_catalog.now()))', 'constraint t_at_check'],
    ['a view', 'create view app.v as select clock_timestamp() as at', 'view app.v'],
    ['a SQL body', 'create function app.f() returns timestamptz return pg_catalog.now()', 'function app.f()'],
    [
      'a PL/pgSQL body',
      `create function app.f() returns timestamptz language plpgsql as 'begin return current_timestamp; end'`,
      'function app.f()',
    ],
    [
      'a search_path of its own',
      `create function app.f() returns timestamptz language sql set search_path = pg_catalog as 'select now()'`,
      'search_path=pg_catalog',
    ],
  ])('with %s is refused', async (_what, sql, place) => {
    await owner.run(sql);
    await expect(proveSchema(owner)).rejects.toMatchObject({
      code: 'real-time-in-sql',
      message: expect.stringContaining(place),
    });
  });
});

test.each([
  ['select now(), gen_random_uuid(), random()', undefined],
  ['select at from t -- as current_timestamp would be', undefined],
  [`insert into t values ('current_timestamp', 'now')`, undefined],
  ['select nowhere, my_current_date from t', undefined],
  ['select CURRENT_DATE', 'CURRENT_DATE'],
  ['select pg_catalog . now()', 'pg_catalog . now'],
  ['select random(1, 6)', 'random('],
  [`select 'now'::timestamptz`, `'now'::timestamp`],
  [`select timestamp 'today'`, `timestamp 'today'`],
  ['set local search_path = app', 'search_path'],
  ['select pg_sleep(1)', 'pg_sleep'],
])('%s: %s', (sql, found) => {
  expect(realTimeIn(sql)).toBe(found);
});
