import { expect, test } from 'vitest';
import type { LedgerView } from '../books.ts';
import { steppedClock } from '../clock.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { exactly } from '../range.ts';
import { defineScenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import { topUps } from '../workloads/top-ups.ts';
import type { RunningWorld } from '../world.ts';
import { runScenario } from './run-scenario.ts';
import { books } from './test-books.ts';

const scenario = defineScenario({
  id: 'sample',
  hypothesis: 'It holds.',
  covers: [],
  providers: [],
  workload: topUps({ payments: exactly(1), concurrency: exactly(1), amountMinor: exactly(1), confirms: exactly(0) }),
  faults: [],
  expect: [noDoubleCredit],
  settleMsMax: 1_000,
});

test('a system that is wrong before the first order is not tested, and its world is stopped', async () => {
  let stops = 0;
  const drifted = [{ wallet: 'w1', currency: 'CNY', storedMinor: 1n, postedMinor: 0n }];
  const world: Partial<RunningWorld> = {
    providers: [],
    readLedger: async (): Promise<LedgerView> => books({ credits: [], orders: [], balances: drifted }),
    stop: async () => {
      stops += 1;
    },
  };
  const lab = {
    world: { start: async () => world as RunningWorld, close: async () => {} },
    target: { id: 'mine' } as Target,
    rules: { text: 'groups: []', path: 'rules.yml', intervalMs: 100 },
  };
  const run = runScenario(lab, { scenario, seed: 1, settings: [] }, steppedClock(0));
  await expect(run).rejects.toMatchObject({ code: 'not-steady', exitCode: 4 });
  expect(stops).toBe(1);
});
