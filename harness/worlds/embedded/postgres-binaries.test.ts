import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { startChild } from './child.ts';
import { createCluster } from './cluster.ts';
import { useOwnTmp } from './fixtures/machine.ts';
import { openLease } from './lease.ts';
import { findPostgres, postgresPackage } from './postgres-binaries.ts';
import { unprivilegedUser } from './system-user.ts';

useOwnTmp();
const isRoot = process.getuid?.() === 0;
const stranger = { name: 'stranger', uid: 4711, gid: 4711 };
let at: string;
let cache: string;
let spare: string;
let count = 0;

/** A package in miniature, as npm leaves it when install scripts are off: the link is missing. */
const makePackage = async (): Promise<string> => {
  const folder = path.join(at, 'node_modules', 'pg');
  const files = [
    'bin/postgres',
    'bin/initdb',
    'lib/libpq.so.5.18',
    'lib/postgresql/plpgsql.so',
    'share/postgresql/postgres.bki',
  ];
  for (const file of files) {
    await mkdir(path.dirname(path.join(folder, 'native', file)), { recursive: true });
    await writeFile(path.join(folder, 'native', file), file, { mode: file.startsWith('share') ? 0o600 : 0o700 });
  }
  const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };
  await writeFile(path.join(folder, 'native', 'pg-symlinks.json'), JSON.stringify([link]));
  await writeFile(path.join(folder, 'package.json'), '{ "version": "18.4.0" }');
  return folder;
};

beforeEach(async () => {
  count += 1;
  at = path.join(os.tmpdir(), `case ${count}`);
  await mkdir(at);
  cache = path.join(at, 'cache');
  spare = path.join(at, 'spare');
});

test('a package that is not installed is an error of the environment', async () => {
  const found = postgresPackage('amiga-m68k');
  await expect(found).rejects.toMatchObject({ code: 'no-postgres-package', exitCode: 4 });
});

describe('the programs', () => {
  test('run in place, with the missing link made, where the user is the own one', async () => {
    const folder = await makePackage();
    const found = await findPostgres(folder, undefined, { cache, spare });
    expect(found).toMatchObject({ postgres: `${folder}/native/bin/postgres`, version: `18.4.0-${process.arch}` });
    expect((await lstat(`${folder}/native/lib/libpq.so.5`)).isSymbolicLink()).toBe(true);
    expect(await readdir(at)).toEqual(['node_modules']);
    expect(await findPostgres(folder, undefined, { cache, spare })).toEqual(found);
  });

  test('run from one copy in the cache where the user cannot read them', async () => {
    const folder = await makePackage();
    const find = () => findPostgres(folder, stranger, { cache, spare });
    const found = await Promise.all([find(), find()]);
    expect(found.map(({ initdb }) => path.relative(cache, initdb).split(path.sep).slice(1).join('/'))).toEqual([
      'native/bin/initdb',
      'native/bin/initdb',
    ]);
    expect(await readdir(cache)).toHaveLength(1);
    expect((await lstat(found[0].initdb)).mode & 0o777).toBe(0o755);
  });

  test('run from a copy of this lease alone where there is no cache', async () => {
    const found = await findPostgres(await makePackage(), stranger, { cache: undefined, spare });
    expect(found.postgres).toBe(`${spare}/native/bin/postgres`);
  });

  test('cannot be run by a user who can enter no place', async () => {
    const folder = await makePackage();
    await chmod(at, 0o700);
    const found = findPostgres(folder, stranger, { cache, spare });
    await expect(found).rejects.toMatchObject({ code: 'postgres-out-of-reach', exitCode: 4 });
  });

  test('run from a copy where the link leads nowhere and cannot be replaced', async () => {
    const folder = await makePackage();
    await symlink('nowhere', path.join(folder, 'native', 'lib', 'libpq.so.5'));
    const found = await findPostgres(folder, undefined, { cache, spare });
    expect(found.postgres.startsWith(cache)).toBe(true);
    expect(existsSync(path.join(path.dirname(found.postgres), '..', 'lib', 'libpq.so.5'))).toBe(true);
  });
});

test('a checkout that only root can enter, with a space in its path, serves PostgreSQL', async (context) => {
  context.skip(!isRoot, 'needs root: another user runs PostgreSQL under the user who owns the checkout');
  const closed = path.join(at, 'closed');
  await mkdir(closed, { mode: 0o700 });
  await cp(await postgresPackage(), path.join(closed, 'the package'), { recursive: true, verbatimSymlinks: true });
  const lease = await openLease();
  const user = unprivilegedUser(0, await readFile('/etc/passwd', 'utf8'));
  const binaries = await findPostgres(path.join(closed, 'the package'), user, { cache, spare });
  expect(binaries.postgres.startsWith(cache)).toBe(true);
  await createCluster(lease, binaries, path.join(lease.dir, 'postgres'), undefined);
  const ids = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const args = ['--single', '-D', path.join(lease.dir, 'postgres'), 'postgres'];
  const single = await startChild({ lease, name: 'single', command: binaries.postgres, args, cwd: lease.dir, ...ids });
  expect(await single.exited).toEqual({ code: 0, signal: null });
  expect(single.tail()).toContain('stand-alone backend');
  await lease.release();
});
