import { describe, expect, test } from 'vitest';
import { link } from '../fault.ts';
import { latency } from '../faults/latency.ts';
import { loseAnswer } from '../faults/lose-answer.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import type { Provider } from '../provider.ts';
import { between, exactly } from '../range.ts';
import { routesOver, type StepDone } from '../route.ts';
import { defineScenario, type Scenario } from '../scenario.ts';
import { oneWalletTopUps } from '../workloads/one-wallet-top-ups.ts';
import { topUps } from '../workloads/top-ups.ts';
import { planRun, settingReader, settingText, withSettings } from './plan.ts';

const parseSetting = settingReader({});

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

const provider = (id: string, serves: 'payment' | 'cloud', steps: readonly StepDone[]): Provider => ({
  id,
  serves,
  steps,
  docs: '',
  operations: steps.map(({ operation }) => operation),
  open: () => expect.unreachable(),
});
const cny = ['CNY'];
const [oldPay, newPay] = ['old-pay', 'new-pay'].map((id) =>
  provider(id, 'payment', [
    { step: 'ask for payment', operation: `${id}.create`, currencies: cny },
    ...(id === 'old-pay' ? [{ step: 'look at payment', operation: 'old-pay.query' } as const] : []),
  ]),
) as [Provider, Provider];
const [oldCloud, newCloud] = ['old-cloud', 'new-cloud'].map((id) =>
  provider(id, 'cloud', [
    { step: 'grant', operation: `${id}.raise`, currencies: cny },
    { step: 'grant', operation: `${id}.add`, currencies: ['CNY', 'USD'] },
  ]),
) as [Provider, Provider];
const { steps: _, ...stepless } = provider('stepless', 'payment', []);
const read = settingReader({ newPay, newCloud, stepless });
const onOldWays = {
  ...scenario,
  providers: [oldPay, oldCloud],
  faults: [
    loseAnswer({ id: 'old-pay', operation: 'old-pay.create' }, { sharePercent: exactly(1), times: exactly(1) }),
    loseAnswer({ id: 'old-cloud', operation: 'old-cloud.raise' }, { sharePercent: exactly(1), times: exactly(1) }),
    latency(link('service', 'old-pay'), { latencyMs: exactly(5) }),
  ],
};

test('orders are taken another way, and the faults go with them', () => {
  const detours = ['orders.payment=new-pay', 'orders.cloud=new-cloud/new-cloud.add', 'orders.currency=CNY'];
  const plan = planRun(onOldWays, 1, detours.map(read));
  expect(plan.scenario.providers).toEqual([newPay, newCloud]);
  expect(plan.scenario.faults.map(({ at }) => at)).toEqual([
    { id: 'new-pay', operation: 'new-pay.create' },
    { id: 'new-cloud', operation: 'new-cloud.add' },
    { id: 'service-new-pay' },
  ]);
  const via = { payment: 'new-pay', cloud: 'new-cloud', grantBy: 'new-cloud.add', currency: 'CNY' };
  expect(plan.traffic.batches.flat().every((order) => order.via === plan.traffic.batches[0]?.[0]?.via)).toBe(true);
  expect(plan.traffic.batches[0]?.[0]?.via).toEqual(via);
  const { via: _, ...first } = plan.traffic.batches[0]?.[0] ?? {};
  expect(first).toEqual(planRun(onOldWays, 1).traffic.batches[0]?.[0]);
  expect(detours.map(read).map(settingText)).toEqual(detours);
});

describe('a scenario that has ways of its own keeps them as far as a detour lets it:', () => {
  const dollarPay = provider('dollar-pay', 'payment', [
    { step: 'ask for payment', operation: 'dollar-pay.create', currencies: ['CNY', 'USD'] },
  ]);
  const dollarCloud = provider('dollar-cloud', 'cloud', [
    { step: 'grant', operation: 'dollar-cloud.send', currencies: ['CNY'] },
    { step: 'grant', operation: 'dollar-cloud.wire', currencies: ['USD'] },
  ]);
  const [pays, clouds] = [
    [oldPay, dollarPay],
    [oldCloud, dollarCloud],
  ];
  const loseAt = (id: string, operation?: string) =>
    loseAnswer({ id, ...(operation && { operation }) }, { sharePercent: exactly(1), times: exactly(1) });
  const everywhere: Scenario = {
    ...scenario,
    providers: [...pays, ...clouds],
    routes: routesOver(pays, clouds),
    faults: [
      ...pays.map((at) => loseAnswer(at, { sharePercent: exactly(1), times: exactly(1) })),
      loseAt('dollar-cloud', 'dollar-cloud.wire'),
      loseAt('service-old-pay'),
    ],
  };
  const taken = (...detours: readonly string[]) => {
    const {
      routes = [],
      providers,
      faults,
    } = withSettings(everywhere, detours.map(settingReader({ 'new-pay': newPay, 'new-cloud': newCloud })));
    return {
      ways: routes.map(({ payment, cloud, grantBy, currency }) => `${payment} ${grantBy ?? cloud} ${currency}`),
      providers: providers.map(({ id }) => id),
      faults: faults.map(({ at }) => at.operation ?? at.id),
    };
  };

  test('another payment provider leaves the clouds, without the currency that it does not have', () => {
    expect(taken('orders.payment=new-pay')).toEqual({
      ways: ['new-pay old-cloud.raise CNY', 'new-pay old-cloud.add CNY', 'new-pay dollar-cloud.send CNY'],
      providers: ['new-pay', 'old-cloud', 'dollar-cloud'],
      faults: ['new-pay', 'service-new-pay'],
    });
  });

  test('another currency leaves those who have it', () => {
    expect(taken('orders.currency=USD')).toEqual({
      ways: ['dollar-pay old-cloud.add USD', 'dollar-pay dollar-cloud.wire USD'],
      providers: ['dollar-pay', 'old-cloud', 'dollar-cloud'],
      faults: ['dollar-pay', 'dollar-cloud.wire'],
    });
  });

  test('another cloud leaves the payment providers', () => {
    expect(taken('orders.cloud=new-cloud/new-cloud.add').ways).toEqual([
      'old-pay new-cloud.add CNY',
      'dollar-pay new-cloud.add CNY',
      'dollar-pay new-cloud.add USD',
    ]);
  });

  test('a detour that leaves none is refused', () => {
    expect(() => taken('orders.payment=new-pay', 'orders.currency=USD')).toThrow('cannot go over');
  });
});

test('wallets take the ways of a scenario in turn, and each keeps its own', () => {
  const routes = routesOver([oldPay], [oldCloud]);
  expect(routes).toEqual([
    { payment: 'old-pay', cloud: 'old-cloud', grantBy: 'old-cloud.raise', currency: 'CNY' },
    { payment: 'old-pay', cloud: 'old-cloud', grantBy: 'old-cloud.add', currency: 'CNY' },
  ]);
  const orders = planRun({ ...scenario, providers: [oldPay, oldCloud], routes }, 1).traffic.batches.flat();
  const byWallet = new Map(orders.map(({ wallet, via }) => [wallet, via]));
  expect([...byWallet.values()].slice(0, 3)).toEqual([routes[0], routes[1], routes[0]]);
  expect(orders.every(({ wallet, via }) => byWallet.get(wallet) === via)).toBe(true);
});

test('a way over a provider that the scenario does not have is refused', () => {
  const routes = routesOver([newPay], [oldCloud]);
  const plan = () => planRun({ ...scenario, providers: [oldPay, oldCloud], routes }, 1);
  expect(plan).toThrow('There is no provider of sample "new-pay"');
  expect(plan).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test.each([
  ['orders.payment=moon', 'There is no payment provider "moon"', 'unknown-name'],
  ['orders.payment=stepless', 'There is no payment provider "stepless"', 'unknown-name'],
  ['orders.cloud=new-pay', 'There is no cloud "new-pay"', 'unknown-name'],
  ['orders.cloud=new-cloud/new-cloud.query', 'There is no grant of new-cloud "new-cloud.query"', 'unknown-name'],
])('--set %s is refused with what there is', (text, message, code) => {
  expect(() => read(text)).toThrow(message);
  expect(() => read(text)).toThrow(expect.objectContaining({ code }));
});

test.each([
  [['orders.currency=USD'], 'An order in USD cannot go over old-pay, which has CNY alone'],
  [
    ['orders.cloud=new-cloud/new-cloud.raise', 'orders.payment=new-pay', 'orders.currency=EUR'],
    'An order in EUR cannot go over new-pay, which has CNY alone',
  ],
])('%j is refused, since nobody could pay', (detours, message) => {
  const plan = () => planRun(onOldWays, 1, detours.map(read));
  expect(plan).toThrow(message);
  expect(plan).toThrow(expect.objectContaining({ code: 'other-currency', exitCode: 2 }));
});

test('a cloud that grants by the named operation in another currency alone is refused', () => {
  const dollars = provider('new-cloud', 'cloud', [
    { step: 'grant', operation: 'new-cloud.raise', currencies: cny },
    { step: 'grant', operation: 'new-cloud.send', currencies: ['USD'] },
  ]);
  const named = settingReader({ dollars, 'new-cloud': dollars })('orders.cloud=new-cloud/new-cloud.send');
  expect(() => planRun(onOldWays, 1, [named])).toThrow('over new-cloud.send of new-cloud, which has USD alone');
});

test('a fault that has no place on the other way is refused', () => {
  const fault = loseAnswer(
    { id: 'old-pay', operation: 'old-pay.query' },
    { sharePercent: exactly(1), times: exactly(1) },
  );
  const apply = () => withSettings({ ...onOldWays, faults: [fault] }, [read('orders.payment=new-pay')]);
  expect(apply).toThrow('Nothing at new-pay stands for old-pay.query of old-pay');
  expect(apply).toThrow(expect.objectContaining({ code: 'no-counterpart', exitCode: 2 }));
});

test('a scenario cannot plan a fault outside of what it may be', () => {
  const plan = () => loseAnswer({ id: 'alipay' }, { sharePercent: exactly(101), times: exactly(1) });
  expect(plan).toThrow('lose-answer.sharePercent = 101');
});
