import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cachedFolder, sweepCache } from './cache.ts';
import { useOwnTmp } from './fixtures/machine.ts';

useOwnTmp();

test('of several that fill one folder at once, one counts, and none sees a half of it', async () => {
  const home = path.join(os.tmpdir(), 'at once');
  const fill = (text: string) => async (part: string) => {
    await writeFile(path.join(part, 'first'), text);
    await readdir(home);
    await writeFile(path.join(part, 'second'), text);
  };
  const folders = await Promise.all(['a', 'b', 'c'].map((text) => cachedFolder(home, 'thing', fill(text))));
  const folder = path.join(home, 'thing');
  expect(folders).toEqual([folder, folder, folder]);
  expect(await readdir(home)).toEqual(['thing']);
  const [first, second] = ['first', 'second'].map((name) => readFile(path.join(folder, name), 'utf8'));
  expect(await first).toBe(await second);
});

test('a folder that could not be filled is no folder, and is filled by the next', async () => {
  const home = path.join(os.tmpdir(), 'refill');
  const fail = async (part: string) => {
    await writeFile(path.join(part, 'half'), '');
    throw new Error('no space left');
  };
  expect(await cachedFolder(home, 'thing', fail)).toBeUndefined();
  expect(await readdir(home)).toEqual([]);
  expect(await cachedFolder(home, 'thing', async () => undefined)).toBe(path.join(home, 'thing'));
});

test('a sweep removes what a dead process left half-filled, not what a live one fills', async () => {
  const home = path.join(os.tmpdir(), 'leftovers');
  let live = '';
  const seen: string[][] = [];
  await cachedFolder(home, 'thing', async (part) => {
    live = path.basename(part);
    const dead = live.replace(/^part-\d+-\d+/, 'part-4194304-1');
    await mkdir(path.join(home, dead, 'full'), { recursive: true });
    await mkdir(path.join(home, 'party'));
    seen.push(await readdir(home));
    await sweepCache(home);
    seen.push(await readdir(home));
  });
  expect(seen.map((names) => names.length)).toEqual([3, 2]);
  expect(seen[1]?.sort()).toEqual([live, 'party']);
  await sweepCache(path.join(home, 'absent'));
  await sweepCache(undefined);
});

test('where nothing can be written there is no cache', async () => {
  const file = path.join(os.tmpdir(), 'file');
  await writeFile(file, '');
  expect(await cachedFolder(path.join(file, 'home'), 'thing', async () => undefined)).toBeUndefined();
  expect(await cachedFolder(undefined, 'thing', async () => undefined)).toBeUndefined();
});
