import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { findProgram } from '../binaries/find.ts';
import { schemaProblems } from '../report/test-schemas.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
const k6 = await findProgram('k6');

const needsK6 = (context: TestContext): void =>
  context.skip(k6.path === undefined, k6.path === undefined ? k6.reason : '');

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'load test '));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** Runs `topple load` in `cwd`; resolves however it ends. */
const load = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: 300_000 };
    execFile(process.execPath, [entry, 'load', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });

/** The journal of the only run in `cwd`. */
const journalIn = (cwd: string) => {
  const runs = join(cwd, '.topple', 'runs');
  const [id = '', ...others] = existsSync(runs) ? readdirSync(runs) : [];
  expect(others).toEqual([]);
  const read = (name: string): string => readFileSync(join(runs, id, name), 'utf8');
  return { id, read, verdict: JSON.parse(read('verdict.json')) as Record<string, never> };
};

/** A script that knows nothing of topple but its environment: two buyers a second for three seconds. */
const ours = (threshold: string): string => `
import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
export const options = {
  scenarios: { all: { executor: 'constant-arrival-rate', rate: 2, duration: '3s', preAllocatedVUs: 8, exec: 'buy' } },
  thresholds: { iterations: ['${threshold}'], checks: ['rate==1'] },
};
console.log('hello from ' + __ENV.OURS);
const json = { 'content-type': 'application/json' };
export function buy() {
  const n = exec.scenario.iterationInTest;
  const headers = { ...json, ...JSON.parse(__ENV.TOPPLE_API_HEADERS), 'idempotency-key': 'ours-' + n };
  const body = { walletId: 'w' + n, cloudAccountId: '1000' + n, amountMinor: 500, currency: 'CNY' };
  const order = http.post(__ENV.TOPPLE_API_URL + '/v1/orders', JSON.stringify(body), { headers });
  let shown = order.json();
  for (let looks = 0; shown.payment.payBy === null && looks < 300; looks += 1) {
    sleep(0.1);
    shown = http.get(__ENV.TOPPLE_API_URL + '/v1/orders/' + shown.id, { headers }).json();
  }
  const reference = JSON.stringify({ reference: shown.payment.reference });
  const paid = http.post(__ENV.TOPPLE_PAY_URL, reference, { headers: json });
  check(paid, { paid: (r) => r.status === 200, tagged: () => exec.vu.tags.testid === __ENV.TOPPLE_RUN_ID });
}
`;

const scriptIn = (cwd: string, text: string): string => {
  writeFileSync(join(cwd, 'ours.k6.js'), text);
  return './ours.k6.js';
};

describe('refused before anything is started', () => {
  test.each([
    [['nope'], 'unknown-name: There is no load "nope"', 'flash-sale, retry-storm'],
    [['./nope.k6.ts'], 'no-such-script: There is no script', 'nope.k6.ts'],
    [['retry-storm', '--fault', 'provider-down'], 'bad-timed-fault: --fault provider-down', 'provider-down@30s..60s'],
    [['retry-storm', '--duration', 'long'], 'bad-duration: --duration long', 'Write for example'],
    [['retry-storm', '--set', 'latency.latencyMs=3'], 'There is no fault or workload of retry-storm', 'k6'],
  ])('topple load %j', async (args, what, valid) => {
    const { code, stdout, stderr } = await load(folder(), args);
    expect(stderr).toContain(what);
    expect(stderr).toContain(valid);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a k6 that is too old, with its version', async () => {
    const cwd = folder();
    const old = join(cwd, 'k6');
    writeFileSync(old, '#!/bin/sh\necho "k6 v1.7.1 (go1.24.1, linux/amd64)"\n');
    chmodSync(old, 0o755);
    const { code, stdout, stderr } = await load(cwd, ['retry-storm'], { TOPPLE_K6_BIN: old });
    expect(stderr).toContain('says that it is 1.7.1');
    expect(stderr).toContain('Version 2.2.0 or a newer one');
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });
});

const minutes = { timeout: 400_000 };

test('any script runs as it is, under a fault on the timeline, and leaves a journal', minutes, async (context) => {
  needsK6(context);
  const cwd = folder();
  const script = scriptIn(cwd, ours('count>=5'));
  const env = { OURS: 'our environment', K6_LOG_FORMAT: 'json' };
  const ended = await load(cwd, [script, '--fault', 'provider-down@1s..2s'], env);
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  expect(ended.stdout).toContain('passed    iterations count>=5');
  expect(ended.stdout).toContain('holds     no-double-credit');
  const { id, read, verdict } = journalIn(cwd);
  expect(schemaProblems('verdict', verdict)).toBe('');
  expect(schemaProblems('choices', JSON.parse(read('choices.json')))).toBe('');
  expect(verdict.load).toMatchObject({ k6: { exitCode: 0, end: 'passed' }, outings: [{ provider: 'alipay' }] });
  expect(JSON.parse(read('k6-summary.json'))).toHaveProperty('metrics.iterations');
  // What k6 is told by K6_… variables it does, and the script sees the environment that topple was started in.
  expect(read('k6.log')).toContain('"msg":"hello from our environment"');
  const again = await new Promise<string>((resolve) => {
    execFile(process.execPath, [entry, 'replay', id], { cwd }, (_error, _stdout, stderr) => resolve(stderr));
  });
  expect(again).toContain('load-not-replayed');
  expect(again).toContain('load ./ours.k6.js --seed 1 --fault provider-down@1s..2s');
});

test('a threshold that fails is a violation of the promise that the load makes itself', minutes, async (context) => {
  needsK6(context);
  const cwd = folder();
  const { code, stdout } = await load(cwd, [scriptIn(cwd, ours('count>=5000')), '--json']);
  const verdict = JSON.parse(stdout) as { reasons: string[]; finding: string; load: unknown; invariants: never[] };
  expect([code, verdict.finding]).toEqual([1, 'violated']);
  expect(verdict.reasons).toEqual(['k6: these thresholds failed: iterations count>=5000 (exit code 99)']);
  expect(verdict.invariants.filter(({ finding }) => finding === 'violated')).toEqual([]);
});

test('a script that cannot be run is an error of usage, with what k6 said', minutes, async (context) => {
  needsK6(context);
  const cwd = folder();
  const ended = await load(cwd, [scriptIn(cwd, 'throw new Error("of our own making");')]);
  expect(ended.stderr).toContain('unusable-load: k6 cannot run ours.k6.js: the script threw an exception');
  expect(ended.stderr).toContain('of our own making');
  expect([ended.code, ended.stdout]).toEqual([2, '']);
  expect(readdirSync(join(cwd, '.topple', 'runs'))).toEqual([]);
});

test('k6 is content with a system whose books are wrong', minutes, async (context) => {
  needsK6(context);
  const cwd = folder();
  const slow = ['--duration', '5s', '--set', 'k6.ordersPerSecond=4'];
  const ended = await load(cwd, ['retry-storm', ...slow, '--defect', 'credit-without-dedup']);
  expect(ended.code, ended.stdout + ended.stderr).toBe(1);
  expect(ended.stdout).toContain('exit code 0: every threshold passed');
  expect(ended.stdout).toContain('violated  no-double-credit');
  expect(ended.stdout).toContain('retry amplification at alipay');
});

test(
  'a service that repeats without a budget storms the provider that is away, and does not pass',
  minutes,
  async (context) => {
    needsK6(context);
    const cwd = folder();
    const slow = ['--duration', '8s', '--set', 'k6.ordersPerSecond=4'];
    const ended = await load(cwd, ['retry-storm', ...slow, '--defect', 'retry-without-budget']);
    // How hard it can storm is up to the machine; how much it may is not.
    expect([1, 3], ended.stdout + ended.stderr).toContain(ended.code);
    const { verdict } = journalIn(cwd);
    const finding = expect.stringMatching(/violated|unknown/);
    expect(verdict.load).toMatchObject({ amplification: { provider: 'alipay', finding } });
    // Nobody knows for which orders the calls were that never arrived, so an alarm about them is no false one.
    const judged = verdict.invariants as unknown as readonly { readonly id: string; readonly agreement: string }[];
    const agreement = judged.find(({ id }) => id === 'bounded-retries')?.agreement;
    expect(['quiet', 'caught', 'unproven']).toContain(agreement);
    expect(ended.stdout).toContain('because the retry amplification at alipay is');
  },
);

test('Ctrl-C ends k6 as well: exit 130, and nothing is left', minutes, async (context) => {
  needsK6(context);
  const cwd = folder();
  const script = scriptIn(cwd, ours('count>=0').replace(`'3s'`, `'300s'`));
  const child = spawn(process.execPath, [entry, 'load', script], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += String(chunk);
  });
  const ofK6 = (): string[] =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(join(cwd, 'ours.k6.js'));
      } catch {
        return false;
      }
    });
  await expect.poll(() => ofK6().length, { timeout: 120_000 }).toBe(1);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([130, null]);
  expect(told).toContain('interrupted, cleaning up');
  expect(ofK6()).toEqual([]);
});
