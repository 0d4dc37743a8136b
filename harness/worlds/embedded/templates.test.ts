import { expect, inject, onTestFinished, test } from 'vitest';
import type { Target } from '../../target.ts';
import { openSql } from './sql.ts';
import { createTemplates } from './templates.ts';

/** As much of a server as templates use; its databases are removed after the test. */
const server = () => {
  const urlOf = (database: string) => Object.assign(new URL(inject('postgresUrl')), { pathname: database }).href;
  const run = async (database: string, sql: string) => {
    const door = openSql(urlOf(database));
    return door.query(sql).finally(door.close);
  };
  const dropDatabase = async (name: string) => void (await run('postgres', `DROP DATABASE IF EXISTS ${name}`));
  return {
    query: run,
    dropDatabase,
    createDatabase: async (name: string) => {
      onTestFinished(() => dropDatabase(name));
      await run('postgres', `CREATE DATABASE ${name}`);
    },
  };
};

const targetWith = (migrations: (variant?: string) => readonly string[]): Target => {
  const database: Partial<Target['database']> = { migrations };
  const target: Partial<Target> = { database: database as Target['database'] };
  return target as Target;
};

test('a migration that fails names its script and the error, and the next call starts from nothing', async () => {
  const postgres = server();
  const templates = createTemplates(postgres);
  let second = 'create tabel u ()';
  const target = targetWith(() => ['create table t (x int)', second]);
  const failure = {
    code: 'migration-failed',
    exitCode: 4,
    message: 'Migration script 2 of mended-late failed.',
    why: 'The database says: syntax error at or near "tabel"',
  };
  const calls = [templates.of(target, 'mended-late'), templates.of(target, 'mended-late')];
  for (const call of calls) await expect(call).rejects.toMatchObject(failure);
  await expect(templates.of(target, 'mended-late')).rejects.toMatchObject(failure);
  second = 'insert into t values (7)';
  const name = await templates.of(target, 'mended-late');
  expect(await postgres.query(name, 'select x from t')).toEqual([{ x: 7 }]);
});

test('a template is migrated once, however many ask for it at once', async () => {
  let asked = 0;
  const templates = createTemplates(server());
  const target = targetWith(() => {
    asked += 1;
    return ['select 1'];
  });
  const names = await Promise.all([templates.of(target, undefined), templates.of(target, undefined)]);
  expect([...names, await templates.of(target, undefined)]).toEqual(Array(3).fill('template_sound'));
  expect(asked).toBe(1);
});
