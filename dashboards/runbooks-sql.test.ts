import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadTarget } from '#harness/cli/load-config';
import { type Lease, openLease } from '#harness/worlds/embedded/lease';
import { type PostgresServer, startPostgres } from '#harness/worlds/embedded/postgres';
import { openSql, type Sql } from '#harness/worlds/embedded/sql';

const database = 'runbooks';
const folder = new URL('runbooks/', import.meta.url);
const queries = readdirSync(folder).flatMap((file) =>
  [...readFileSync(new URL(file, folder), 'utf8').matchAll(/```sql\n(.+?)```/gs)].map(([, sql = '']) => ({
    file,
    sql,
  })),
);

let lease: Lease;
let server: PostgresServer;
let auditor: Sql;
beforeAll(async () => {
  const target = await loadTarget(fileURLToPath(new URL('../', import.meta.url)));
  lease = await openLease();
  server = await startPostgres({ lease });
  await server.createDatabase(database);
  for (const script of target.database.migrations()) await server.query(database, script);
  auditor = openSql(server.urlFor(target.database.auditor, database));
});
afterAll(async () => {
  await auditor?.close();
  await lease?.release();
});

test('the runbooks hold queries', () => expect(queries.length).toBeGreaterThan(10));

test.each(queries)('$file: $sql', async ({ sql }) => {
  const isRead = /^(select|with)\b/.test(sql);
  await (isRead ? auditor.query(sql) : server.query(database, sql));
});
