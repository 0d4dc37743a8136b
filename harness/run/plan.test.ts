import { expect, test } from 'vitest';
import { link } from '../fault.ts';
import { latency } from '../faults/latency.ts';
import { loseAnswer } from '../faults/lose-answer.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { between, exactly } from '../range.ts';
import { defineScenario } from '../scenario.ts';
import { oneWalletTopUps } from '../workloads/one-wallet-top-ups.ts';
import { topUps } from '../workloads/top-ups.ts';
import { parseSetting, planRun, withSettings } from './plan.ts';

const scenario = defineScenario({
  id: 'sample',
  hypothesis: 'It holds.',
  covers: [],
  providers: [],
  workload: topUps({
    payments: exactly(11),
    concurrency: exactly(4),
    amountMinor: between(1, 900),
    confirms: exactly(0),
  }),
  faults: [latency(link('api', 'postgres'), { latencyMs: between(3, 8) })],
  expect: [noDoubleCredit],
  settleMsMax: 1_000,
});

test('the same seed makes the same plan to the byte, another seed another one', () => {
  const traffic = (seed: number) => planRun(scenario, seed).traffic;
  expect(traffic(1)).toEqual(traffic(1));
  expect(traffic(1)).not.toEqual(traffic(2));
});

test('top-ups are cut into batches; every fifth order repeats buyer and amount', () => {
  const { batches } = planRun(scenario, 1).traffic;
  const orders = batches.flat();
  expect(batches.map((batch) => batch.length)).toEqual([4, 4, 3]);
  expect(new Set(orders.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(11);
  expect(orders.map(({ ordinal }) => ordinal)).toEqual([...orders.keys()]);
  const repeats = orders.filter((order, index) => order.wallet === orders[index - 1]?.wallet);
  expect(repeats.map(({ ordinal }) => ordinal)).toEqual([4, 9]);
  for (const { ordinal, amountMinor } of repeats) expect(amountMinor).toBe(orders[ordinal - 1]?.amountMinor);
});

test('one-wallet bursts share a wallet, and the last order of each is sent many times', () => {
  const workload = oneWalletTopUps({
    wallets: exactly(2),
    orders: exactly(3),
    sameKeyRequests: exactly(16),
    amountMinor: exactly(5),
  });
  const { batches } = planRun({ ...scenario, workload, faults: [] }, 1).traffic;
  expect(batches.map((batch) => new Set(batch.map(({ wallet }) => wallet)).size)).toEqual([1, 1]);
  expect(batches.map((batch) => batch.map(({ createsAtOnce }) => createsAtOnce))).toEqual([
    [1, 1, 1, 16],
    [1, 1, 1, 16],
  ]);
});

test('settings replace ranges of the fault or workload that they name', () => {
  const { faults, workload } = withSettings(
    scenario,
    ['latency.latencyMs=5', 'top-ups.payments=2..3'].map(parseSetting),
  );
  expect(faults[0]?.ranges).toEqual({ latencyMs: exactly(5) });
  expect(workload.ranges).toMatchObject({ payments: between(2, 3), concurrency: exactly(4) });
});

test.each([
  ['nothing.copies=3', 'There is no fault or workload of sample "nothing"', 'Known: latency, top-ups.'],
  ['latency.copies=3', 'There is no parameter of latency "copies"', 'Known: latencyMs.'],
  ['latency.latencyMs=0', 'latency.latencyMs = 0 is outside', 'Allowed: 1..60000'],
  ['latency.latencyMs=9..3', '--set latency.latencyMs=9..3 cannot be read', 'owner.parameter=value'],
  ['latencyMs=3', '--set latencyMs=3 cannot be read', 'owner.parameter=value'],
])('--set %s is refused with what is valid', (text, message, why) => {
  const apply = () => withSettings(scenario, [parseSetting(text)]);
  expect(apply).toThrow(message);
  expect(apply).toThrow(expect.objectContaining({ exitCode: 2, why: expect.stringContaining(why) }));
});

test('a scenario cannot plan a fault outside of what it may be', () => {
  const plan = () => loseAnswer({ id: 'alipay' }, { sharePercent: exactly(101), times: exactly(1) });
  expect(plan).toThrow('lose-answer.sharePercent = 101');
});
