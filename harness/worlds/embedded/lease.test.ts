import { existsSync, statSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startChild } from './child.ts';
import { runs, useOwnTmp } from './fixtures/machine.ts';
import { startOwner } from './fixtures/start-owner.ts';
import { openLease, sweepLeftovers } from './lease.ts';
import { removeLease } from './remove-lease.ts';

// The real one, except where a test makes it fail: no test can make a process that outlives SIGKILL.
vi.mock(import('./remove-lease.ts'), { spy: true });
useOwnTmp();
const patience = { timeout: 50_000, interval: 10 };

/** A child that says when it is set up, then waits. */
const startShell = async (lease: Awaited<ReturnType<typeof openLease>>, script: string) => {
  const args = ['-c', `${script}; echo ready; while :; do sleep 0.05; done`];
  const child = await startChild({ lease, name: 'shell', command: '/bin/sh', args });
  await child.firstLine((line) => line === 'ready' || undefined, 10_000);
  return child;
};

describe('release', () => {
  test('stops what runs under the lease, removes the folder, and ends the watchdog', async () => {
    const lease = await openLease();
    const child = await startShell(lease, ':');
    expect(statSync(lease.dir).mode & 0o777).toBe(0o711);
    expect(runs(lease.watchdogPid)).toBe(true);
    await Promise.all([lease.release(), lease.release()]);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGINT' });
    expect(existsSync(lease.dir)).toBe(false);
    expect(runs(lease.watchdogPid)).toBe(false);
  });

  test.each([
    { that: 'ignores SIGINT', script: "trap '' INT", signal: 'SIGKILL' },
    { that: 'left its process group', script: 'setsid sleep 1000 & echo $!', signal: 'SIGINT' },
  ])('ends a process that $that', async ({ script, signal }) => {
    const lease = await openLease();
    const child = await startShell(lease, script);
    const lost = child
      .tail()
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
    await lease.release();
    expect((await child.exited).signal).toBe(signal);
    expect(lost.filter(runs)).toEqual([]);
  });

  test('ends a process that was stopped, and lets it end by itself', async () => {
    const lease = await openLease();
    const child = await startShell(lease, 'trap "exit 7" INT');
    child.kill('SIGSTOP');
    await lease.release();
    expect(await child.exited).toEqual({ code: 7, signal: null });
  });

  test('says so when a process cannot be ended', async () => {
    const lease = await openLease();
    vi.mocked(removeLease).mockResolvedValueOnce({
      pids: [4711],
      segments: [],
      stuck: 'Processes 4711 outlived SIGKILL.',
    });
    await expect(lease.release()).rejects.toMatchObject({
      code: 'lease-not-removed',
      why: 'Processes 4711 outlived SIGKILL.',
      exitCode: 5,
    });
    expect(runs(lease.watchdogPid)).toBe(true);
    process.kill(lease.watchdogPid, 'SIGKILL');
    await removeLease(lease.dir);
  });

  test('leaves the processes of another lease alone', async () => {
    const [ended, kept] = [await openLease(), await openLease()];
    const child = await startShell(kept, ':');
    await ended.release();
    expect(runs(child.pid)).toBe(true);
    expect(existsSync(kept.dir)).toBe(true);
    await kept.release();
  });
});

test('a temporary folder that is not there is an error of the environment', async () => {
  const tmp = os.tmpdir();
  onTestFinished(() => {
    process.env.TMPDIR = tmp;
  });
  process.env.TMPDIR = path.join(tmp, 'none');
  await expect(openLease()).rejects.toMatchObject({ code: 'no-temporary-folder', exitCode: 4 });
  expect(await sweepLeftovers()).toEqual([]);
});

describe('an owner that is killed', () => {
  test('is cleaned up after by its watchdog', async () => {
    const owner = await startOwner();
    expect([...owner.pids, owner.watchdogPid].every(runs)).toBe(true);
    owner.process.kill('SIGKILL');
    await expect.poll(() => existsSync(owner.dir), patience).toBe(false);
    await expect.poll(() => [...owner.pids, owner.watchdogPid].filter(runs), patience).toEqual([]);
  });

  test('is cleaned up after by the next start when its watchdog was killed too', async () => {
    const owner = await startOwner();
    process.kill(owner.watchdogPid, 'SIGKILL');
    owner.process.kill('SIGKILL');
    await expect.poll(() => runs(owner.process.pid as number), patience).toBe(false);
    expect(owner.pids.every(runs)).toBe(true);
    const lease = await openLease();
    expect(lease.swept).toEqual([{ dir: owner.dir, pids: owner.pids, segments: [] }]);
    expect(existsSync(owner.dir)).toBe(false);
    expect(owner.pids.filter(runs)).toEqual([]);
    await lease.release();
  });
});

describe('sweepLeftovers', () => {
  test('does not touch a live owner', async () => {
    const owner = await startOwner();
    expect(await sweepLeftovers()).toEqual([]);
    expect(existsSync(owner.dir)).toBe(true);
    expect([...owner.pids, owner.watchdogPid].every(runs)).toBe(true);
    owner.process.kill('SIGKILL');
    await expect.poll(() => existsSync(owner.dir), patience).toBe(false);
  });

  test('may run several times at once', async () => {
    const owners = await Promise.all([startOwner(), startOwner()]);
    for (const owner of owners) {
      process.kill(owner.watchdogPid, 'SIGKILL');
      owner.process.kill('SIGKILL');
      await expect.poll(() => runs(owner.process.pid as number), patience).toBe(false);
    }
    const sweeps = await Promise.all([sweepLeftovers(), sweepLeftovers(), sweepLeftovers()]);
    expect(sweeps.flat().filter(({ stuck }) => stuck !== undefined)).toEqual([]);
    expect(owners.filter(({ dir }) => existsSync(dir))).toEqual([]);
    expect(owners.flatMap(({ pids }) => pids).filter(runs)).toEqual([]);
  });

  test('ends what goes on although somebody deleted its folder', async () => {
    const owner = await startOwner();
    process.kill(owner.watchdogPid, 'SIGKILL');
    await rm(owner.dir, { recursive: true });
    expect(await sweepLeftovers()).toEqual([]);
    owner.process.kill('SIGKILL');
    await expect.poll(() => runs(owner.process.pid as number), patience).toBe(false);
    expect(await sweepLeftovers()).toEqual([{ dir: owner.dir, pids: owner.pids, segments: [] }]);
    expect(owner.pids.filter(runs)).toEqual([]);
  });

  test('finds the folder by another name of the temporary folder, and what runs there', async () => {
    const tmp = os.tmpdir();
    const link = `${tmp} link`;
    await symlink(tmp, link);
    onTestFinished(async () => {
      process.env.TMPDIR = tmp;
      await rm(link);
    });
    process.env.TMPDIR = link;
    const owner = await startOwner();
    process.kill(owner.watchdogPid, 'SIGKILL');
    owner.process.kill('SIGKILL');
    await expect.poll(() => runs(owner.process.pid as number), patience).toBe(false);
    process.env.TMPDIR = tmp;
    expect((await sweepLeftovers()).map(({ pids }) => pids)).toEqual([owner.pids]);
    expect([existsSync(owner.dir), ...owner.pids.filter(runs)]).toEqual([false]);
  });

  test.each([
    { whose: 'of somebody else', name: 'topple-notes' },
    { whose: 'made in another namespace', name: `topple-${process.pid}-1-1-abcdef` },
  ])('leaves a folder $whose', async ({ name }) => {
    const folder = path.join(os.tmpdir(), name);
    await mkdir(folder);
    expect(await sweepLeftovers()).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });
});
