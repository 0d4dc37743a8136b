import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scenarios } from '#scenarios/index';
import { topple } from './test-cli.ts';

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'cli test '));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

const setting = ['run', 'lost-webhook', '--set'];

describe('what cannot be used is answered with what can', () => {
  test.each([
    [['nonsense'], 'unknown-name: There is no verb "nonsense"', 'Known: cleanup, demo, doctor, explain'],
    [['nonsense'], 'unknown-name: There is no verb "nonsense"', '`topple help` describes them'],
    [['run', 'nonsense'], 'unknown-name: There is no scenario "nonsense"', scenarios.map(({ id }) => id).join(', ')],
    [['run'], 'positionals: `topple run` takes one scenario, not 0', 'Next:'],
    [['run', 'lost-webhook', '--sed', '1'], 'unknown-options: `topple run` has no --sed', '--seed, --set, --defect'],
    [['run', 'lost-webhook', '--seed', 'x'], 'bad-number: --seed x is not usable', 'whole number of at least 0'],
    [['run', 'lost-webhook', '--seed'], 'bad-arguments: The arguments of `topple run` cannot be read', 'Next:'],
    [['run', 'lost-webhook', '--set', 'x'], 'bad-setting: --set x cannot be read', 'Write for example --set'],
    [
      ['run', 'lost-webhook', '--set', 'orders.way=3'],
      'bad-setting: --set orders.way=3 cannot be read',
      'orders.cloud',
    ],
    [
      [...setting, 'drop-webhook.share=3'],
      'unknown-name: There is no parameter of drop-webhook "share"',
      'Known: sharePercent.\n  Next: Use one of the names above; `topple explain drop-webhook` describes them.',
    ],
    [[...setting, 'drop-webhook.sharePercent=101'], 'out-of-range: drop-webhook.sharePercent = 101', 'Allowed: 1..100'],
    [
      [...setting, 'latency.latencyMs=3'],
      'There is no fault or workload of lost-webhook "latency"',
      'drop-webhook, top-ups.\n  Next: Use one of the names above; `topple explain lost-webhook` describes them.',
    ],
    [['run', 'lost-webhook', '--defect', 'nope'], 'There is no defect or look-alike "nope"', 'credit-without-dedup'],
    [['history', 'nope', '--format', 'csv'], 'unknown-name: There is no format "csv"', 'jepsen-edn'],
    [
      ['history', 'nope', '--format', 'csv'],
      'unknown-name: There is no format "csv"',
      'docs/journal.md describes them',
    ],
    [['explain', 'nope'], 'unknown-name: There is no thing "nope"', 'Use one of those that `topple list` shows'],
    [['replay', 'nope'], 'no-such-run: The run "nope" cannot be replayed', 'Next:'],
    [['matrix', '--scenario', 'nope'], 'unknown-name: There is no scenario "nope"', 'duplicate-webhooks'],
    [
      ['matrix', '--world', 'attached', '--jobs', '2'],
      'too-many-jobs: --jobs 2 is too many for the world attached',
      '1',
    ],
    [['mocks', '--only', 'alipay,nope'], 'unknown-name: There is no provider "nope"', 'alibaba-cloud, alipay'],
    [['matrix', '--beside', './package.json'], 'not-a-matrix: ./package.json is no matrix', 'topple matrix --world'],
    [['matrix', '--seeds', '0'], 'bad-number: --seeds 0 is not usable', 'at least 1'],
  ])('topple %j', async (args, what, valid) => {
    const { code, stdout, stderr } = await topple(folder(), ...args);
    expect(stderr).toContain(what);
    expect(stderr).toContain(valid);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each([
    ['export const target = 7;', 'its `target` is not an object'],
    ['export const other = 7;', 'exports no `target`'],
    ['export const target = { id: "mine" };', 'target.roles is missing; target.apiRole is missing'],
    ['export const target = ;', 'topple.config.mts cannot be used: '],
  ])('a config %j', async (text, problem) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'topple.config.mts'), text);
    const { code, stderr } = await topple(cwd, 'run', 'lost-webhook');
    expect(stderr).toContain('bad-config: ');
    expect(stderr).toContain(problem);
    expect(stderr).toContain('Next:');
    expect(code).toBe(2);
  });

  test('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { code, stderr } = await topple(folder(), 'mocks', '--port', String(port), '--json');
    expect(stderr).toContain(String(port));
    expect(stderr).toContain('Next:');
    expect(code).not.toBe(0);
  });
});

test('list and help name everything, and explain knows each name', async () => {
  const cwd = folder();
  const { stdout } = await topple(cwd, 'list', '--json');
  const sections = JSON.parse(stdout) as Record<string, { id: string }[]>;
  const names = Object.entries(sections).flatMap(([title, rows]) =>
    title === 'worlds' ? [] : rows.map(({ id }) => id),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(['duplicate-webhooks', 'redeliver-webhook', 'no-double-credit', 'top-ups']),
  );
  const explained = await Promise.all(
    ['duplicate-webhooks', 'latency', 'no-double-credit', 'credit-without-dedup', 'C1'].map((name) =>
      topple(cwd, 'explain', name),
    ),
  );
  expect(explained.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(explained[4]?.stdout).toContain('anomaly C1, double credit: One captured payment raised wallets');
  expect(explained[0]?.stdout).toContain('--set redeliver-webhook.copies=2..5   (may be 2..20)');
  expect(explained[0]?.stdout.replaceAll(/\s+/g, ' ')).toContain(
    '--set orders.payment=ID (may be alipay, bank-transfer, standard-webhooks, stripe, wechat-pay)',
  );
  const help = (await topple(cwd, 'help')).stdout;
  expect(help).toContain('topple run SCENARIO');
  expect((await topple(cwd, 'mocks', '--help')).stdout).not.toContain('topple run SCENARIO');
  const long = [help, (await topple(cwd, 'list')).stdout, ...explained.map(({ stdout }) => stdout)]
    .join('\n')
    .split('\n')
    .filter((line) => line.length > 80);
  expect(long).toEqual([]);
});

test('a folder in which nothing can be written is refused before anything is started', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, '.topple'), 'in the way');
  const { code, stdout, stderr } = await topple(cwd, 'run', 'lost-webhook');
  expect(stderr).toContain('not-writable: ');
  expect(stderr).toContain('Next: Run topple in a folder in which you may write.');
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
});

test('a port that cannot exist is refused, and the version is told', async () => {
  const { code, stderr } = await topple(folder(), 'mocks', '--port', '70000');
  expect(stderr).toContain('out-of-range: --port = 70000');
  expect(code).toBe(2);
  expect((await topple(folder(), '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a violation exits 1, tells its story, writes its journal, and is reproduced by replay', async () => {
  const cwd = folder();
  const run = await topple(
    cwd,
    'run',
    'duplicate-webhooks',
    '--defect',
    'credit-without-dedup',
    '--set',
    'top-ups.payments=30',
  );
  expect(run.stderr).not.toContain('topple:'); // on a slow machine it says how far it is
  expect(run.code).toBe(1);
  expect(run.stdout).toMatch(/no-double-credit is violated: payment \d+ was captured\s+once and credited/);
  const id = /replay (\S+)$/m.exec(run.stdout)?.[1] ?? '';
  expect(readdirSync(join(cwd, '.topple', 'runs'))).toEqual([id]);
  const history = await topple(cwd, 'history', id, '--format', 'jepsen-json');
  const ops = JSON.parse(history.stdout) as { type: string; f: string }[];
  expect(ops.filter(({ type, f }) => type === 'ok' && f === 'pay')).toHaveLength(30);
  const replay = await topple(cwd, 'replay', id, '--repeat', '1', '--json');
  expect(replay.code).toBe(1);
  expect(JSON.parse(replay.stdout.trim().split('\n').at(-1) ?? '')).toEqual({ run: id, reproduced: 1, of: 1 });
});

test('a fault that hits nothing gives no verdict: exit 3', async () => {
  const { code, stdout } = await topple(folder(), 'run', 'lost-webhook', '--set', 'top-ups.payments=1', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    finding: 'unknown',
    reasons: [expect.stringContaining('too little evidence')],
  });
  expect(code).toBe(3);
});

test('a replay refuses a plan that this version does not make of the seed', async () => {
  const cwd = folder();
  const run = join(cwd, '.topple', 'runs', 'old');
  mkdirSync(run, { recursive: true });
  const choices = {
    version: 1,
    scenario: 'lost-webhook',
    seed: 1,
    variant: null,
    settings: [],
    faults: [],
    traffic: {},
  };
  writeFileSync(join(run, 'choices.json'), JSON.stringify(choices));
  writeFileSync(join(run, 'verdict.json'), JSON.stringify({ world: 'embedded', finding: 'holds', invariants: [] }));
  const { code, stderr } = await topple(cwd, 'replay', 'old');
  expect(stderr).toContain('plan-changed: The plan of run old is not what this version makes of its seed');
  expect(code).toBe(2);
});

test('generate writes what is missing, and --check says what is stale', async () => {
  const cwd = folder();
  const before = await topple(cwd, 'generate', '--check');
  expect(before.stderr).toContain('stale-files: Generated files are out of date: dashboards/generated/');
  expect(before.code).toBe(1);
  expect((await topple(cwd, 'generate')).stdout).toContain('wrote docs/reference.md');
  expect((await topple(cwd, 'generate', '--check')).code).toBe(0);
});
