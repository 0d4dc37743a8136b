import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sweepLeftovers } from '../worlds/embedded/lease.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
const patience = { timeout: 60_000, interval: 5 };

/** Starts a run in a folder of its own, and tells the folder of its lease as soon as there is one. */
const startRun = async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'interrupt-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const child = spawn(process.execPath, [entry, 'run', 'duplicate-webhooks'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const lease = () => readdirSync(tmpdir()).find((name) => name.startsWith(`topple-${child.pid}-`));
  await expect.poll(lease, patience).toBeDefined();
  return { child, exited, output, leaseDir: join(tmpdir(), lease() ?? '') };
};

/** Ids of processes whose environment or command line names the lease. */
const processesOf = (leaseDir: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return ['environ', 'cmdline'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(leaseDir));
    } catch {
      return false;
    }
  });

const moments = [
  { moment: 'its lease has just begun', isWatched: false, reached: () => true },
  {
    moment: 'PostgreSQL is being started',
    isWatched: true,
    reached: (leaseDir: string) => existsSync(join(leaseDir, 'postgres')),
  },
  {
    moment: 'the service runs',
    isWatched: true,
    reached: (leaseDir: string) => existsSync(join(leaseDir, 'logs', 'run_1-api.log')),
  },
];

describe.each(moments)('when $moment', ({ reached, isWatched }) => {
  test('Ctrl-C exits 130 and leaves nothing', async () => {
    const { child, exited, leaseDir, output } = await startRun();
    await expect.poll(() => reached(leaseDir), patience).toBe(true);
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(output.join('')).toContain('interrupted, cleaning up');
    expect(output.join('')).not.toContain('bug of topple');
    await expect.poll(() => [existsSync(leaseDir), ...processesOf(leaseDir)], patience).toEqual([false]);
  });

  test('SIGKILL leaves nothing: the watchdog cleans up, or the next start where there was none yet', async () => {
    const { child, exited, leaseDir } = await startRun();
    await expect.poll(() => reached(leaseDir), patience).toBe(true);
    child.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
    if (!isWatched) await sweepLeftovers();
    await expect.poll(() => [existsSync(leaseDir), ...processesOf(leaseDir)], patience).toEqual([false]);
  });
});
