/** One core of those that are allowed, for what is started from then on too; and all of them again. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { coresIn, keepOnOneCore } from './one-core.ts';

test('the list of Linux is read as it writes it', () => {
  expect(coresIn('0-2,5')).toEqual([0, 1, 2, 5]);
  expect(coresIn('7')).toEqual([7]);
  expect(coresIn('')).toEqual([]);
});

const allowedFor = (pid: number): readonly number[] =>
  coresIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '');

const hasTaskset = spawnSync('taskset', ['--version']).status === 0;

test.skipIf(!hasTaskset)(
  'a process is kept on one core, counting round, until that is taken back (needs taskset)',
  () => {
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill());
    const pid = child.pid ?? 0;
    const all = allowedFor(pid);
    const leave = keepOnOneCore(pid, all.length + 1);
    expect(allowedFor(pid)).toEqual([all[1 % all.length]]);
    leave();
    expect(allowedFor(pid)).toEqual(all);
  },
);

test('nothing happens to a process that is not there', () => {
  expect(() => keepOnOneCore(2 ** 22 + 1, 0)()).not.toThrow();
});
