import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayUse, read, unprivilegedUser } from './system-user.ts';

describe('unprivilegedUser', () => {
  const root = 'root:x:0:0:root:/root:/bin/bash';
  const nobody = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
  const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';
  test.each([
    { when: 'it exists', lines: [root, nobody, postgres], user: { name: 'postgres', uid: 101, gid: 104 } },
    { when: 'there is no postgres', lines: [root, nobody], user: { name: 'nobody', uid: 65534, gid: 65533 } },
    {
      when: 'postgres is root by another name',
      lines: ['postgres:x:0:0::/:/bin/sh', nobody],
      user: { name: 'nobody', uid: 65534, gid: 65533 },
    },
  ])('is $user.name when $when', ({ lines, user }) => expect(unprivilegedUser(0, lines.join('\n'))).toEqual(user));

  test.each([{ lines: [root, 'postgresql:x:5:5::/:'] }, { lines: [] }])('fails in a machine of $lines', ({ lines }) =>
    expect(() => unprivilegedUser(0, lines.join('\n'))).toThrow(
      expect.objectContaining({ code: 'no-user-for-postgres', exitCode: 4 }),
    ),
  );

  test('is nobody else for an ordinary user', () => expect(unprivilegedUser(1000, '')).toBeUndefined());
});

describe('mayUse', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'reach-'));
    await mkdir(path.join(folder, 'inner'));
    await writeFile(path.join(folder, 'inner', 'file'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));
  const me = { name: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const groupMate = { ...me, uid: me.uid + 4711 };
  const stranger = { ...groupMate, gid: me.gid + 4711 };
  test.each([
    { who: 'the owner', user: me, outer: 0o700, file: 0o400, may: true },
    { who: 'the owner whom the mode names last', user: me, outer: 0o700, file: 0o044, may: false },
    { who: 'a member of the group', user: groupMate, outer: 0o710, file: 0o640, may: true },
    { who: 'a member of a group that may not enter', user: groupMate, outer: 0o701, file: 0o644, may: false },
    { who: 'anyone', user: stranger, outer: 0o711, file: 0o604, may: true },
    { who: 'anyone before a closed parent', user: stranger, outer: 0o710, file: 0o644, may: false },
    { who: 'anyone before a folder that can be listed only', user: stranger, outer: 0o744, file: 0o644, may: false },
    { who: 'anyone before a closed file', user: stranger, outer: 0o755, file: 0o640, may: false },
  ])('$who: $may', async ({ user, outer, file, may }) => {
    await chmod(path.join(folder, 'inner', 'file'), file);
    await chmod(path.join(folder, 'inner'), 0o755);
    await chmod(folder, outer);
    expect(mayUse(user, path.join(folder, 'inner', 'file'), read)).toBe(may);
    await chmod(folder, 0o700);
  });

  test('what is not there cannot be used', () => expect(mayUse(me, path.join(folder, 'absent'), read)).toBe(false));
});
