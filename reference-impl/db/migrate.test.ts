import { basename } from 'node:path';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { variants } from '../defects/index.ts';
import { legalMoves } from '../orders/states.ts';
import { testDatabase } from '../test-world.ts';
import { migrate, migrations } from './migrate.ts';

const database = testDatabase();

const migrateIn = async (pool: Pool, overlay?: URL): Promise<string[]> => {
  const client = await pool.connect();
  try {
    return await migrate(client, migrations(overlay));
  } finally {
    client.release();
  }
};

test('a second time, and two sessions at once, find nothing left to do', async () => {
  const pool = await database.another('twice');
  const [one, other] = await Promise.all([migrateIn(pool), migrateIn(pool)]);
  expect([...one, ...other].sort()).toEqual(migrations().map(({ name }) => name));
  expect(await migrateIn(pool)).toEqual([]);
});

test('four databases of one server can be migrated at once, though they share their roles', async () => {
  const pools = [];
  for (const name of ['a', 'b', 'c', 'd']) pools.push(await database.another(name));
  const applied = await Promise.all(pools.map((pool) => migrateIn(pool)));
  expect(applied.map((names) => names.length)).toEqual(pools.map(() => migrations().length));
});

test.each(variants.filter(({ overlay }) => overlay))('the overlay of $id applies', async ({ id, overlay }) => {
  const pool = await database.another(id.replaceAll('-', '_'));
  expect(await migrateIn(pool, overlay)).toContain(basename(overlay?.pathname ?? ''));
});

test('the database allows exactly the moves that the program knows', async () => {
  const { rows } = await database
    .as()
    .query('select from_state, to_state from topup.legal_transitions where from_state is not null');
  const inProgram = Object.entries(legalMoves).flatMap(([from, tos]) => tos.map((to) => `${from} ${to}`));
  expect(rows.map(({ from_state, to_state }) => `${from_state} ${to_state}`).sort()).toEqual(inProgram.sort());
});
