import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sweepLeftovers } from '../worlds/embedded/lease.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
const patience = { timeout: 60_000, interval: 5 };

/** Starts a run in a folder of its own, with `config` there, and tells the folder of its lease once there is one. */
const startRun = async (config?: string, args: readonly string[] = ['duplicate-webhooks']) => {
  const cwd = mkdtempSync(join(tmpdir(), 'interrupt-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  if (config !== undefined) writeFileSync(join(cwd, 'topple.config.mts'), config);
  const child = spawn(process.execPath, [entry, 'run', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const lease = () => readdirSync(tmpdir()).find((name) => name.startsWith(`topple-${child.pid}-`));
  await expect.poll(lease, patience).toBeDefined();
  return { child, exited, output, cwd, leaseDir: join(tmpdir(), lease() ?? '') };
};

/** Journals below `cwd`, finished or not. */
const journalsIn = (cwd: string): string[] =>
  ['runs', 'unfinished'].flatMap((name) => {
    const folder = join(cwd, '.topple', name);
    return existsSync(folder) ? readdirSync(folder) : [];
  });

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
    const { child, exited, leaseDir, output, cwd } = await startRun();
    await expect.poll(() => reached(leaseDir), patience).toBe(true);
    child.kill('SIGINT');
    await expect.poll(() => output.join(''), patience).toContain('interrupted, cleaning up');
    child.kill('SIGINT'); // as from a terminal, where the launcher passes on what came here already
    expect(await exited).toEqual([130, null]);
    expect(output.join('').match(/interrupted, cleaning up/g)).toHaveLength(1);
    expect(output.join('')).not.toContain('bug of topple');
    expect(journalsIn(cwd)).toEqual([]);
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

/** The states of the role's processes, as the kernel has them: `S`, or `T` for one that is halted. */
const statesOf = (leaseDir: string, role: string): string[] =>
  processesOf(leaseDir).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`--role\0${role}`)) return [];
      return /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? [];
    } catch {
      return []; // it has just ended
    }
  });

/** The number of the database server; none while it is away. */
const serverOf = (leaseDir: string): string[] => {
  try {
    const [pid = ''] = readFileSync(join(leaseDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    return existsSync(`/proc/${pid}`) ? [pid] : [];
  } catch {
    return [];
  }
};

/** Each strike lasts so much longer than its run that nothing but the interruption can end it. */
const strikes = [
  {
    strike: 'a role was killed',
    args: ['worker-killed-mid-grant', '--set', 'kill-process.downMs=60000'],
    there: (leaseDir: string) => statesOf(leaseDir, 'provisioning'),
    struck: [],
  },
  {
    strike: 'a role stands still',
    args: ['webhook-worker-killed', '--set', 'pause-process.pauseMs=60000', '--set', 'pause-process.sharePercent=100'],
    there: (leaseDir: string) => statesOf(leaseDir, 'webhooks'),
    struck: ['T'],
  },
  {
    strike: 'PostgreSQL was killed',
    args: ['database-restarts', '--set', 'restart-postgres.downMs=60000'],
    there: serverOf,
    struck: [],
  },
];

test.each(strikes)('Ctrl-C while $strike exits 130, starts nothing again, and leaves nothing', async (given) => {
  const { args, there, struck } = given;
  const { child, exited, leaseDir, output, cwd } = await startRun(undefined, args);
  await expect.poll(() => there(leaseDir), patience).toHaveLength(1);
  await expect.poll(() => there(leaseDir), patience).toEqual(struck);
  child.kill('SIGINT');
  expect(await exited).toEqual([130, null]);
  expect(output.join('')).toContain('interrupted, cleaning up');
  expect(output.join('')).not.toContain('bug of topple');
  expect(journalsIn(cwd)).toEqual([]);
  await expect.poll(() => [existsSync(leaseDir), ...processesOf(leaseDir)], patience).toEqual([false]);
});

describe.each([
  ['a timer', `setTimeout(() => { throw new Error('the adapter tripped'); }, 0)`],
  ['a promise that nobody waits for', `void Promise.reject(new Error('the adapter tripped'))`],
])('an error in %s', (_where, stumble) => {
  test('is told, exits 70 and leaves nothing', async () => {
    const packaged = pathToFileURL(join(process.cwd(), 'topple.config.ts')).href;
    const { exited, leaseDir, output } = await startRun(`
      import { target as sound } from ${JSON.stringify(packaged)};
      const argsFor = (role) => { ${stumble}; return sound.process.argsFor(role); };
      export const target = { ...sound, process: { ...sound.process, argsFor } };
    `);
    expect(await exited).toEqual([70, null]);
    expect(output.join('').match(/Error: the adapter tripped/g)).toHaveLength(1);
    expect(output.join('')).toContain('bug of topple');
    expect([existsSync(leaseDir), ...processesOf(leaseDir)]).toEqual([false]);
  });
});

test('a role that is killed from outside is named, and the run does not hold', async () => {
  const { exited, output, leaseDir } = await startRun();
  const log = join(leaseDir, 'logs', 'run_1-webhooks.log');
  await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8').includes('listening'), patience).toBe(true);
  const isWebhooks = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('--role\0webhooks');
  const [pid] = processesOf(leaseDir).filter(isWebhooks);
  process.kill(Number(pid), 'SIGKILL');
  const [code] = await exited;
  expect(output.join('')).toContain('role webhooks ended by itself, by SIGKILL');
  expect(code).toBeGreaterThan(0);
});

test('a database that dies in the middle is named, and there is no verdict: exit 4', async () => {
  const { exited, output, leaseDir } = await startRun();
  const log = join(leaseDir, 'logs', 'run_1-webhooks.log');
  await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8').includes('listening'), patience).toBe(true);
  const [pid] = readFileSync(join(leaseDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
  expect(await exited).toEqual([4, null]);
  expect(output.join('')).toContain('world-ended: There is no verdict: PostgreSQL ended by itself, by SIGKILL');
});
