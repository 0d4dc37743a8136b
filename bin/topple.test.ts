import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

/** Makes the Node that starts the launcher pass for one that is too old; what the launcher starts is not affected. */
const old =
  '--import=data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';
const packaged = `node-${process.platform}-${process.arch}`;
const stub = `
const [verb, value]: string[] = process.argv.slice(2);
if (verb === 'code') process.exit(Number(value));
if (verb === 'kill') process.kill(process.pid, 'SIGKILL');
if (verb === 'wait') {
  setInterval(() => {}, 1_000);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(7));
  console.log(process.pid);
} else console.log(JSON.stringify(process.argv.slice(2)));
`;

const folder = mkdtempSync(join(tmpdir(), 'launcher test '));
const launcher = join(folder, 'bin', 'topple.js');
const environment = (extra: Record<string, string> = {}) => ({ PATH: process.env.PATH, ...extra });
const run = (flags: string[], args: string[], extra?: Record<string, string>) =>
  spawnSync(process.execPath, [...flags, launcher, ...args], {
    cwd: folder,
    env: environment(extra),
    encoding: 'utf8',
  });

beforeAll(() => {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'harness', 'cli'), { recursive: true });
  cpSync(join(import.meta.dirname, 'topple.js'), launcher);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'harness', 'cli', 'main.ts'), stub);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Puts a platform package into the folder that holds the Node of this test. */
const install = (version = '24.21.0') => {
  mkdirSync(join(folder, 'node_modules', packaged, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', packaged, 'package.json'), JSON.stringify({ version }));
  symlinkSync(process.execPath, join(folder, 'node_modules', packaged, 'bin', 'node'));
};

test('an old Node with nothing newer at hand is told what to do, in one line', () => {
  const { status, stderr } = run([old], ['list']);
  expect(status).toBe(4);
  expect(stderr).toMatch(
    /^topple: needs Node 24 .* 20\.1\.0: run npm ci with optional dependencies, .* TOPPLE_NODE .*\n$/,
  );
});

/** A program that runs this very Node and tells by a line that it was asked to. */
const ownNode = (): string => {
  const file = join(folder, 'own-node');
  writeFileSync(file, `#!/bin/sh\n[ "$1" = -p ] || echo own node\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 });
  return file;
};

test('TOPPLE_NODE is used where there is no package', () => {
  expect(run([old], ['list'], { TOPPLE_NODE: ownNode() }).stdout).toBe('own node\n["list"]\n');
});

describe.each([
  { under: 'a fitting Node', flags: [] },
  { under: 'an old Node, through the platform package', flags: [old] },
])('under $under', ({ flags }) => {
  beforeAll(() => existsSync(join(folder, 'node_modules', packaged)) || install());

  test.each([
    { args: ['run', 'x', '--seed', '1 2'], status: 0, stdout: '["run","x","--seed","1 2"]\n' },
    { args: ['exec', 'harness/cli/main.ts', 'a'], status: 0, stdout: '["a"]\n' },
    { args: ['code', '3'], status: 3, stdout: '' },
    { args: ['exec'], status: 2, stdout: '' },
    { args: ['exec', 'none.ts'], status: 2, stdout: '' },
  ])('topple $args ends with $status', ({ args, status, stdout }) => {
    expect(run(flags, args)).toMatchObject({ status, stdout });
  });

  test('compiled code is kept in node_modules/.cache', () => {
    run(flags, ['list']);
    expect(existsSync(join(folder, 'node_modules', '.cache', 'topple'))).toBe(true);
  });
});

/** False once the process is gone or only waits to be collected. */
const isRunning = (pid: number): boolean => {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
};

/** Starts the waiting stub below a launcher under an old Node; resolves with the launcher and the stub's process id. */
const startWaiting = async (...flags: string[]): Promise<{ launched: ChildProcess; pid: number }> => {
  const launched = spawn(process.execPath, [old, ...flags, launcher, 'wait'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await new Promise<string>((resolve) => launched.stdout.once('data', (data) => resolve(String(data))));
  const pid = Number(line);
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return { launched, pid };
};

const ended = (launched: ChildProcess) =>
  new Promise<number | string | null>((resolve) => launched.once('exit', (code, signal) => resolve(code ?? signal)));

describe('TOPPLE_NODE', () => {
  beforeAll(() => existsSync(join(folder, 'node_modules', packaged)) || install());

  test('goes before the platform package', () => {
    expect(run([old], ['list'], { TOPPLE_NODE: ownNode() }).stdout).toBe('own node\n["list"]\n');
  });

  test.each([join(folder, 'none'), '/bin/false'])('%s is refused, in one line', (node) => {
    const { status, stderr } = run([old], ['list'], { TOPPLE_NODE: node });
    expect(stderr).toBe(`topple: TOPPLE_NODE is ${node}, which is not a Node 24 or newer: mend or unset it.\n`);
    expect(status).toBe(4);
  });
});

test('a process that dies by a signal gives 128 plus its number', () => {
  expect(run([old], ['kill']).status).toBe(137);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the process below, whose exit code counts', async (signal) => {
  const { launched } = await startWaiting();
  const exit = ended(launched);
  launched.kill(signal);
  expect(await exit).toBe(7);
});

test('SIGINT to the launcher alone is passed on although there is a terminal', async () => {
  const terminal = '--import=data:text/javascript,import tty from "node:tty"; tty.isatty = () => true';
  const { launched } = await startWaiting(terminal);
  const exit = ended(launched);
  launched.kill('SIGINT');
  expect(await exit).toBe(7);
});

test('a killed launcher leaves nothing running', async () => {
  const { launched, pid } = await startWaiting();
  launched.kill('SIGKILL');
  await vi.waitUntil(() => !isRunning(pid), { timeout: 20_000 });
});
