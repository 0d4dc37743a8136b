import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { type Engine, findEngine } from '../worlds/containers/engine.ts';
import { images } from '../worlds/containers/images.ts';
import { topple } from './test-cli.ts';

// Starting a container is a matter of a tenth of a second or of ten, as busy as the machine is.
vi.setConfig({ testTimeout: 180_000 });

const names = [
  'topple-service:local',
  'topple-service-with-defects:local',
  ...Object.values(images).map(({ local }) => local),
];

/** The engine with all images on it; skips the test, with the reason, where something is missing. */
const engineFor = async (context: TestContext): Promise<Engine> => {
  const engine = await findEngine();
  if ('reason' in engine) return context.skip(engine.reason);
  for (const name of names) {
    const isThere = await engine.api
      .getImage(name)
      .inspect()
      .then(
        () => true,
        () => false,
      );
    if (!isThere) return context.skip(`the engine has no image ${name}: \`npm run images:local\` builds it`);
  }
  return engine;
};

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'containers test '));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};

/** Names of the containers and networks that the process `pid` has made and that are still there. */
const madeBy = async ({ api }: Engine, pid: number): Promise<readonly string[]> => {
  const containers = (await api.listContainers({ all: true })).map(({ Names }) => Names[0]?.slice(1) ?? '');
  const networks = (await api.listNetworks()).map(({ Name }) => Name);
  return [...containers, ...networks].filter((name) => name.startsWith(`topple-${pid}-`));
};

interface Verdict {
  readonly finding: string;
  readonly world: string;
  readonly evidence: readonly { readonly what: string; readonly count: number }[];
}

const verdictIn = (stdout: string): Verdict => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

test('a race under toxics of a real Toxiproxy holds, and its toxics were hit', async (context) => {
  await engineFor(context);
  const { code, stdout, stderr } = await topple(folder(), 'run', 'confirm-race', '--world', 'containers', '--json');
  expect(stderr).not.toContain('topple: ');
  const { finding, world, evidence } = verdictIn(stdout);
  expect({ finding, world, code }).toEqual({ finding: 'holds', world: 'containers', code: 0 });
  expect(evidence.filter(({ what, count }) => what.startsWith('latency hit') && count >= 4)).toHaveLength(2);
});

test('a top-up goes every way, also where the provider is told once where its webhooks go', async (context) => {
  await engineFor(context);
  const { code, stdout } = await topple(folder(), 'run', 'every-pair', '--world', 'containers', '--json');
  const { finding, evidence } = verdictIn(stdout);
  expect({ finding, code }).toEqual({ finding: 'holds', code: 0 });
  expect(evidence.filter(({ what }) => what.startsWith('redeliver-webhook hit')).length).toBeGreaterThanOrEqual(4);
});

test('a defect is found, and the log of every container is kept', async (context) => {
  await engineFor(context);
  const cwd = folder();
  const args = ['duplicate-webhooks', '--defect', 'credit-without-dedup', '--world', 'containers', '--json'];
  const { code, stdout } = await topple(cwd, 'run', ...args);
  const { finding, evidence } = verdictIn(stdout);
  expect({ finding, code }).toEqual({ finding: 'violated', code: 1 });
  expect(evidence.find(({ what }) => what === 'redeliver-webhook hit alipay')?.count).toBeGreaterThanOrEqual(15);
  const [run = ''] = readdirSync(join(cwd, '.topple/runs'));
  const logs = ['api', 'webhooks', 'provisioning', 'reconciliation', 'mocks', 'toxiproxy', 'postgres'];
  for (const log of logs) expect(readFileSync(join(cwd, '.topple/runs', run, `${log}.log`), 'utf8')).not.toBe('');
});

describe('nothing is left on the engine', () => {
  test('after the process that made it was killed', async (context) => {
    const engine = await engineFor(context);
    const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
    const cwd = folder(); // also for its lease, which another run on this machine would sweep
    const args = [entry, 'run', 'confirm-race', '--world', 'containers'];
    const owner = execFile(process.execPath, args, { cwd, env: { ...process.env, TMPDIR: cwd } });
    const pid = owner.pid ?? 0;
    const patience = { timeout: 120_000, interval: 100 };
    await expect.poll(() => madeBy(engine, pid).then(({ length }) => length), patience).toBeGreaterThan(2);
    owner.kill('SIGKILL');
    await expect.poll(() => madeBy(engine, pid), patience).toEqual([]);
  });
});
