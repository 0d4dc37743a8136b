/** Sweeps of the reference service: each harm at each point of one order. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openExploration } from '../explore/exploration.ts';
import { sweep } from '../explore/sweep.ts';
import { strikeText, sweepFinding } from '../explore/sweep-text.ts';
import { randomFrom } from '../seed.ts';
import { loadProject } from './load-config.ts';
import { scenarioCalled } from './lookup.ts';
import { topple } from './test-cli.ts';

const project = await loadProject(process.cwd());

const swept = async (scenario: string, variant: string | undefined, limits: Partial<Parameters<typeof sweep>[1]>) => {
  const { target, invariants } = project;
  const subject = { target, invariants, scenario: scenarioCalled(project, scenario), settings: [] };
  const exploration = await openExploration({ ...subject, ...(variant === undefined ? {} : { variant }) });
  try {
    return await sweep(exploration, { seed: 1, isOver: () => false, told: () => undefined, ...limits });
  } finally {
    await exploration.close();
  }
};

test('a credit that is retried blindly breaks at one point alone: the answer to its commit', async () => {
  const found = await swept('ledger-write-fails', 'credit-retried-blindly', {});
  const broken = found.trials.filter(({ fingerprint }) => fingerprint.length > 0);
  expect(broken.map(({ strikes }) => strikes.map((strike) => strikeText(strike, found)))).toEqual([
    ['webhooks commit loses its answer (number 2 of 2)'],
  ]);
  expect(found.broken).toMatchObject([{ fingerprint: ['no-double-credit'] }]);
  expect(found.broken[0]?.differs).toBeUndefined();
  expect(found.trials).toHaveLength(found.possible);
  expect(sweepFinding(found)).toBe('violated');
}, 300_000);

test('a golden run that breaks a promise by itself is the only trial', async () => {
  const { trials, broken } = await swept('duplicate-webhooks', 'credit-without-dedup', {});
  expect(trials).toMatchObject([{ strikes: [], fingerprint: ['no-double-credit'] }]);
  expect(broken).toHaveLength(1);
}, 60_000);

test('pairs are strikes at two points, none twice, and what was left out makes it unknown', async () => {
  let done = 0;
  const limits = { pairsBy: randomFrom(7), isOver: () => done === 12, told: (tried: number) => (done = tried) };
  const some = await swept('duplicate-webhooks', undefined, limits);
  const pairs = some.trials.map(({ strikes: [one, other] }) => `${one?.point.nth} ${one?.harm} ${other?.point.nth}`);
  expect(new Set(pairs).size).toBe(12);
  for (const { strikes } of some.trials) expect(strikes[0]?.point.nth).toBeLessThan(strikes[1]?.point.nth ?? 0);
  expect(some.trials.every(({ fingerprint }) => fingerprint.length === 0)).toBe(true);
  expect([some.possible > 10_000, sweepFinding(some)]).toEqual([true, 'unknown']);
}, 60_000);

test('the command line prints a table that fits, and keeps what it found', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sweep-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const early = await topple(cwd, 'sweep', 'duplicate-webhooks', '--budget', '2s');
  expect([early.code, early.stdout]).toEqual([3, expect.stringMatching(/tried {2}\d+ of \d+ harms.*UNKNOWN/s)]);
  for (const line of early.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const broken = await topple(cwd, 'sweep', 'duplicate-webhooks', '--defect', 'credit-without-dedup', '--json');
  const { violations } = JSON.parse(broken.stdout) as { violations: { kept: string; broken: string[] }[] };
  expect([broken.code, violations[0]?.broken]).toEqual([1, ['no-double-credit']]);
  expect(readdirSync(join(cwd, '.topple/worlds'))).toEqual([`${violations[0]?.kept}.json`]);
}, 120_000);
