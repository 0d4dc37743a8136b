/** Scenarios, invariants and configs of the user's own, as the command line meets them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { topple } from './test-cli.ts';

/** A new folder with these files. */
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'own items '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

const scenario = (changes = '', id = 'mine'): string => `
  import { alibabaCloud, alipay, defineInvariant, defineScenario, dropWebhook, exactly, noDoubleCredit, topUps }
    from 'topple';
  const two = exactly(2);
  const mine = defineInvariant({ id: 'my-rule', covers: 'M1', claim: 'Mine.', meaning: 'Mine.', severity: 'warning',
    unit: 'orders', bound: 0, exercised: (books) => books.orders.length, witnesses: () => [] });
  export const scenario = defineScenario({ id: '${id}', hypothesis: 'It holds.', covers: [],
    providers: [alipay, alibabaCloud],
    workload: topUps({ payments: two, concurrency: two, amountMinor: exactly(100), confirms: exactly(0) }),
    faults: [dropWebhook(alipay, { sharePercent: exactly(100) })],
    expect: [noDoubleCredit, mine], settleMsMax: 10_000, ${changes} });`;

describe('a scenario file that cannot be run is answered with what to mend', () => {
  test.each([
    ['nothing there', undefined, 'there is no such file'],
    ['no program', 'export const =', 'bad-scenario'],
    ['no scenario in it', 'export const a = 1;', 'it exports 0 scenarios, not one'],
    ['two in it', `${scenario()} export const b = { ...scenario };`, 'it exports 2 scenarios, not one'],
    ['a workload that was not called', scenario('workload: topUps'), 'scenario.workload is not planned'],
    ['a fault that was not called', scenario('faults: [dropWebhook]'), 'scenario.faults[0] is not planned'],
    ['no promise', scenario('expect: []'), 'scenario.expect names no invariant'],
    [
      'a promise without a judge',
      scenario('expect: [{ ...mine, witnesses: 1 }]'),
      'expect[0].witnesses is not a function',
    ],
    ['a name with capitals', scenario('', 'Mine'), 'scenario.id is not a name in kebab-case'],
    ['a name that is taken', scenario('', 'lost-webhook'), 'there is another scenario lost-webhook'],
    [
      "an invariant's name that is taken",
      scenario('expect: [{ ...mine, id: "granted-once" }]'),
      'there is another invariant granted-once',
    ],
    ['a value left out', scenario('faults: [dropWebhook(alipay, {})]'), 'drop-webhook.sharePercent = nothing'],
    ['a value out of range', scenario('faults: [dropWebhook(alipay, { sharePercent: exactly(101) })]'), 'out-of-range'],
  ])('%s', async (_what, text, problem) => {
    const folder = folderWith(text === undefined ? {} : { 'mine.mts': text });
    const { code, stdout, stderr } = await topple(folder, 'run', './mine.mts');
    expect(stderr).toContain(problem);
    expect(stderr).toContain('Next:');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('a config whose items do not fit is refused with every problem', async () => {
  const config = `import { scenario } from './mine.mts';
    export const invariants = [7]; export const scenarios = [{ ...scenario, settleMsMax: 0 }];`;
  const { code, stderr } = await topple(folderWith({ 'mine.mts': scenario(), 'topple.config.mts': config }), 'list');
  expect(code).toBe(2);
  expect(stderr).toContain('invariants[0] is not an invariant');
  expect(stderr).toContain('scenarios[0].settleMsMax is not a number of milliseconds above 0');
});

test('a config without a target tests the reference service, and its items have names', async () => {
  const config = "import { scenario } from './mine.mts'; export const scenarios = [scenario];";
  const folder = folderWith({ 'mine.mts': scenario(), 'topple.config.mts': config, 'package.json': '{}' });
  const listed = JSON.parse((await topple(folder, 'list', '--json')).stdout) as Record<string, { id: string }[]>;
  expect(listed.scenarios?.map(({ id }) => id)).toContain('mine');
  expect(listed.invariants?.map(({ id }) => id)).toContain('my-rule');
  expect(listed['defects and look-alikes']?.map(({ id }) => id)).toContain('credit-without-dedup');
  expect((await topple(folder, 'explain', 'mine')).stdout).toContain('promises no-double-credit, my-rule');
});

test('another copy of topple beside the user is not the one that its files get', async () => {
  const config = "import { scenario } from './mine.mts'; export const scenarios = [scenario];";
  const other = { 'package.json': '{ "main": "index.js" }', 'index.js': 'throw new Error("the other copy");' };
  const beside = Object.fromEntries(Object.entries(other).map(([name, text]) => [`node_modules/topple/${name}`, text]));
  const folder = folderWith({ 'mine.mts': scenario(), 'topple.config.mts': config, ...beside });
  expect(await topple(folder, 'explain', 'mine')).toMatchObject({ code: 0, stderr: '' });
});

test('a run by path says how to run it again, and a replay finds its file', { timeout: 120_000 }, async () => {
  const folder = folderWith({ 'my scenarios/mine.mts': scenario() });
  const { code, stdout, stderr } = await topple(folder, 'run', 'my scenarios/mine.mts', '--json');
  expect(code, stderr).toBe(0);
  const { run, rerun, invariants } = JSON.parse(stdout) as { run: string; rerun: string; invariants: { id: string }[] };
  expect(rerun).toContain("run 'my scenarios/mine.mts' --seed 1");
  expect(invariants.map(({ id }) => id)).toContain('my-rule');
  const replayed = await topple(folder, 'replay', run, '--repeat', '1', '--json');
  expect(replayed.stdout).toContain('"reproduced":1');
});

test('init writes what runs, and overwrites nothing', async () => {
  const folder = folderWith({});
  expect(await topple(folder, 'init')).toMatchObject({ code: 0 });
  expect((await topple(folder, 'explain', 'triple-tap')).stdout).toContain('one-credit-per-order');
  const again = await topple(folder, 'init');
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toContain('already-there');
  expect(again.stderr).toContain('topple.config.mts');
});
