import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openJournal } from '../report/journal.ts';
import { runs, useOwnTmp } from '../worlds/embedded/fixtures/machine.ts';
import { startOwner } from '../worlds/embedded/fixtures/start-owner.ts';
import { removeLease } from '../worlds/embedded/remove-lease.ts';
import { verb } from './verbs/cleanup.ts';

// The real one, except where a test makes it fail.
vi.mock(import('../worlds/embedded/remove-lease.ts'), { spy: true });
useOwnTmp();
const patience = { timeout: 50_000, interval: 10 };

/** Runs the verb; its exit code and what it printed. */
const cleanUp = async (...args: string[]) => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const code = await verb.run(args);
    return { code, text: said.mock.calls.flat().join('\n') };
  } finally {
    said.mockRestore();
  }
};

/** A run that was killed together with its watchdog. */
const killedRun = async () => {
  const owner = await startOwner();
  process.kill(owner.watchdogPid, 'SIGKILL');
  owner.process.kill('SIGKILL');
  await expect.poll(() => runs(owner.process.pid as number), patience).toBe(false);
  return owner;
};

const kept = 'kept ';
/** Without the line about the cache, which a machine may have or not. */
const said = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith(kept));

test('says what is left, removes it, and then that there is nothing', async () => {
  const { dir, pids } = await killedRun();
  const { code, text } = await cleanUp('--dry-run');
  expect([code, ...said(text)]).toEqual([0, `left ${dir}: a killed run with 1 process`]);
  expect(existsSync(dir) && pids.every(runs)).toBe(true);
  const removed = [`removed ${dir}: a killed run with 1 process, 0 shared memory segments`];
  expect(said((await cleanUp()).text)).toEqual(removed);
  expect([existsSync(dir), ...pids.filter(runs)]).toEqual([false]);
  expect(said((await cleanUp()).text)).toEqual(['nothing is left of killed runs']);
  expect(await cleanUp('--dry-run', '--json')).toEqual({ code: 0, text: '{"left":[]}' });
});

test('removes journals of this folder that a killed run did not finish, and no others', async () => {
  const here = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'cleanup-'));
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(here);
    rmSync(folder, { recursive: true });
  });
  const alive = openJournal(folder, 1_000);
  const dead = alive.path.replace(/-\d+-(\d+)$/, '-1-$1');
  mkdirSync(dead);
  const what = 'the journal of a run that was not finished';
  expect(JSON.parse((await cleanUp('--dry-run', '--json')).text)).toEqual({ left: [{ place: dead, what }] });
  expect(said((await cleanUp()).text)).toEqual([`removed ${dead}: ${what}`]);
  expect(readdirSync(join(folder, '.topple', 'unfinished'))).toEqual([basename(alive.path)]);
});

test('leaves a run that is alive', async () => {
  const owner = await startOwner();
  expect(JSON.parse((await cleanUp('--json')).text)).toEqual({ removed: [], stuck: [] });
  expect([...owner.pids, owner.watchdogPid].every(runs)).toBe(true);
  owner.process.kill('SIGKILL');
  await expect.poll(() => existsSync(owner.dir), patience).toBe(false);
});

test('names what cannot be removed and why, and exits 5', async () => {
  const { dir } = await killedRun();
  const stuck = 'Processes 1 outlived SIGKILL.';
  vi.mocked(removeLease).mockResolvedValueOnce({ pids: [1], segments: [], stuck });
  await expect(cleanUp()).rejects.toMatchObject({ code: 'leftovers-stuck', exitCode: 5, why: stuck });
  expect(existsSync(dir)).toBe(true);
  expect((await cleanUp()).text).toContain(`removed ${dir}`);
});
