import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from './child.ts';
import { runs, useOwnTmp } from './fixtures/machine.ts';
import { type Lease, openLease } from './lease.ts';

useOwnTmp();
let lease: Lease;
beforeAll(async () => {
  lease = await openLease();
});
afterAll(() => lease.release());

const sh = (script: string, name = 'probe', env: Record<string, string> = {}) =>
  startChild({ lease, name, command: '/bin/sh', args: ['-c', script], env });
const limitMs = 30_000;
const patience = { timeout: limitMs, interval: 10 };

describe('a child', () => {
  test('sees the mark of its lease and its own variables, and little else', async () => {
    process.env.SECRET_OF_THE_CALLER = 'x';
    const child = await sh('env; echo done', 'env', { ORDER: '66' });
    await child.exited;
    expect(child.tail()).toContain(`TOPPLE_LEASE=${lease.dir}`);
    expect(child.tail()).toContain('ORDER=66');
    expect(child.tail()).not.toContain('SECRET_OF_THE_CALLER');
  });

  test('has its output kept: listeners get every line, the log all, the tail the last 200', async () => {
    const child = await sh(
      'i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done; printf "no newline" >&2',
      'talker',
    );
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    await child.exited;
    const counted = lines.filter((line) => line.startsWith('line '));
    expect(counted).toEqual(Array.from({ length: 300 }, (_, i) => `line ${i}`));
    expect(lines).toContain('no newline');
    expect(child.tail().split('\n')).toHaveLength(200);
    const log = () => readFile(path.join(lease.dir, 'logs', 'talker.log'), 'utf8');
    await expect.poll(log, patience).toMatch(/^line 0\n(line \d+\n|no newline)+$/);
  });

  test('is killed with its whole group', async () => {
    const child = await sh('sleep 1000 & echo $!; wait');
    const pid = await child.firstLine(Number, limitMs);
    child.kill('SIGKILL');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await expect.poll(() => runs(pid), patience).toBe(false);
    child.kill('SIGKILL');
  });

  test.each([
    { how: 'ends at once when it heeds SIGINT', script: 'trap "exit 7" INT', exit: { code: 7, signal: null } },
    { how: 'also while it is halted', script: 'trap "exit 7" INT; kill -STOP $$', exit: { code: 7, signal: null } },
    { how: 'is killed when it does not', script: 'trap "" INT', exit: { code: null, signal: 'SIGKILL' } },
  ])('that is stopped $how', async ({ script, exit }) => {
    const child = await sh(`echo ready; ${script}; while :; do sleep 0.02; done`);
    await child.firstLine((line) => line === 'ready' || undefined, limitMs);
    await child.stop(exit.code === null ? 50 : limitMs);
    expect(await child.exited).toEqual(exit);
    await child.stop(limitMs);
  });
});

describe('waiting for a line', () => {
  test('finds one that came before', async () => {
    const child = await sh('echo port 4711');
    await child.exited;
    expect(await child.firstLine((line) => /port (\d+)/.exec(line)?.[1], limitMs)).toBe('4711');
  });

  test('fails with the output when the child ends first', async () => {
    const child = await sh('echo cannot open the till >&2; exit 3', 'cashier');
    await expect(child.firstLine(() => undefined, limitMs)).rejects.toMatchObject({
      code: 'child-ended',
      message: 'cashier ended too early, with exit code 3.',
      why: expect.stringContaining('cannot open the till'),
      exitCode: 4,
    });
  });

  test('fails when the child stays silent', async () => {
    const child = await startChild({ lease, name: 'mute', command: 'sleep', args: ['1000'] });
    await expect(child.firstLine(() => undefined, 1)).rejects.toMatchObject({ code: 'child-silent', exitCode: 4 });
    await child.stop(limitMs);
  });
});

test('a program that does not exist is an error of the environment', async () => {
  const started = startChild({ lease, name: 'ghost', command: '/nowhere/ghost', args: [] });
  await expect(started).rejects.toMatchObject({ code: 'child-not-started', exitCode: 4 });
});
