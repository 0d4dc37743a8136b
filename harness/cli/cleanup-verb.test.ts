import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
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

test('says what is left, removes it, and then that there is nothing', async () => {
  const { dir, pids } = await killedRun();
  expect(await cleanUp('--dry-run')).toEqual({ code: 0, text: `left: ${dir}` });
  expect(existsSync(dir) && pids.every(runs)).toBe(true);
  expect(await cleanUp()).toEqual({ code: 0, text: `removed: ${dir}\nremoved 1 runs and 1 processes` });
  expect([existsSync(dir), ...pids.filter(runs)]).toEqual([false]);
  expect(await cleanUp()).toEqual({ code: 0, text: 'nothing was left of killed runs' });
  expect(await cleanUp('--dry-run', '--json')).toEqual({ code: 0, text: '{"left":[]}' });
});

test('leaves a run that is alive', async () => {
  const owner = await startOwner();
  expect(JSON.parse((await cleanUp('--json')).text)).toEqual({ removed: [], processes: 0, stuck: [] });
  expect([...owner.pids, owner.watchdogPid].every(runs)).toBe(true);
  owner.process.kill('SIGKILL');
  await expect.poll(() => existsSync(owner.dir), patience).toBe(false);
});

test('names what cannot be removed, and exits 5', async () => {
  const { dir } = await killedRun();
  vi.mocked(removeLease).mockResolvedValueOnce({ count: 1, stuck: [1], isGone: false });
  await expect(cleanUp()).rejects.toMatchObject({ code: 'leftovers-stuck', exitCode: 5 });
  expect(existsSync(dir)).toBe(true);
  expect((await cleanUp()).text).toContain(`removed: ${dir}`);
});
