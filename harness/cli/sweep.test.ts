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
    return await sweep(exploration, {
      seed: 1,
      swept: 'harms',
      orders: 1,
      isOver: () => false,
      told: () => undefined,
      ...limits,
    });
  } finally {
    await exploration.close();
  }
};

test('a credit that is retried blindly breaks at one point alone: the answer to its commit', async () => {
  const found = await swept('ledger-write-fails', 'credit-retried-blindly', {});
  const broken = found.trials.filter(({ fingerprint }) => fingerprint.length > 0);
  expect(broken.map(({ strikes }) => strikes.map((strike) => strikeText(strike, 'harms')))).toEqual([
    ['webhooks commit (number 2) loses its answer'],
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

test('turns: whoever else could go on goes first, and a state that is not compared breaks by one of them', async () => {
  const found = await swept('confirm-race', 'state-without-compare-and-swap', { swept: 'turns' });
  expect(found.broken).toMatchObject([{ fingerprint: ['legal-transitions'] }]);
  const [strike] = found.broken[0]?.strikes ?? [];
  expect(strike && strikeText(strike, 'turns')).toMatch(/^api-\d .* goes before api-\d /);
  expect(found.trials).toHaveLength(found.possible);
}, 120_000);

test('pairs follow the worlds with one strike, at points these met; what was left out makes it unknown', async () => {
  let done = 0;
  const isOver = (): boolean => done >= 130;
  const limits = { pairsBy: randomFrom(7), isOver, told: (trials: number) => (done = trials) };
  const some = await swept('duplicate-webhooks', undefined, { ...limits, swept: 'turns' });
  const pairs = some.trials.filter(({ strikes }) => strikes.length === 2);
  expect(pairs.length).toBeGreaterThan(20);
  for (const { strikes } of pairs) expect(strikes[0]?.point.nth).toBeLessThan(strikes[1]?.point.nth ?? 0);
  const texts = pairs.map(({ strikes }) => strikes.map(({ point, harm }) => `${point.nth} ${harm}`).join());
  expect(new Set(texts).size).toBe(pairs.length);
  expect(some.trials.every(({ fingerprint }) => fingerprint.length === 0)).toBe(true);
  expect([some.possible > some.trials.length, sweepFinding(some)]).toEqual([true, 'unknown']);
}, 120_000);

test('a sweep holds only if something was tried, and every promise was put to the test', () => {
  const point = { nth: 0, nthAlike: 1, what: 'api commit', harms: ['is lost'] };
  const trial = { strikes: [{ point, harm: 'is lost' }], fingerprint: [] };
  const done = {
    swept: 'harms',
    orders: 1,
    points: [point],
    trials: [trial],
    broken: [],
    possible: 1,
    untried: [],
  } as const;
  expect(sweepFinding(done)).toBe('holds');
  expect(sweepFinding({ ...done, points: [], trials: [], possible: 0 })).toBe('unknown');
  expect(sweepFinding({ ...done, possible: 2 })).toBe('unknown');
  expect(sweepFinding({ ...done, untried: ['no-lost-credit'] })).toBe('unknown');
});

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
