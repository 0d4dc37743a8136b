import { describe, expect, test } from 'vitest';
import { link } from '../fault.ts';
import { latency } from '../faults/latency.ts';
import { redeliverWebhook } from '../faults/redeliver-webhook.ts';
import { History, type Operation, type OperationKind } from '../history.ts';
import { exactly } from '../range.ts';
import { defineScenario, type Overlap } from '../scenario.ts';
import { randomFrom } from '../seed.ts';
import { oneWalletTopUps } from '../workloads/one-wallet-top-ups.ts';
import { topUps } from '../workloads/top-ups.ts';
import { evidenceOf, overlappedOrders } from './evidence.ts';
import { armFaults } from './fault-sites.ts';
import { planRun } from './plan.ts';

const amount = { amountMinor: exactly(1) };
const separate = topUps({ payments: exactly(3), concurrency: exactly(3), confirms: exactly(0), ...amount });
const shared = oneWalletTopUps({ wallets: exactly(1), orders: exactly(2), sameKeyRequests: exactly(2), ...amount });

const base = { id: 'sample', hypothesis: 'It holds.', covers: [], providers: [], expect: [], settleMsMax: 1 };
const trafficOf = (workload: typeof separate) => planRun(defineScenario({ ...base, workload, faults: [] }), 1).traffic;

const operation = (
  kind: OperationKind,
  ordinal: number,
  invokedMs: number,
  completedMs: number,
  status = 200,
): Operation => ({
  kind,
  ordinal,
  invokedMs,
  completedMs,
  outcome: 'ok',
  status,
  subject: null,
});

const historyOf = (...operations: Operation[]): History => {
  const history = new History();
  for (const one of operations) history.add(one);
  return history;
};

describe('overlap', () => {
  const onOrder: Overlap = { operations: ['webhook', 'confirm-order'], on: 'order', ordersMin: 1 };
  const onWallet: Overlap = { operations: ['webhook'], on: 'wallet', ordersMin: 1 };
  test.each([
    [
      1,
      'two intervals of one order intersect',
      separate,
      onOrder,
      [operation('webhook', 0, 0, 10), operation('confirm-order', 0, 9, 20)],
    ],
    [0, 'they only touch', separate, onOrder, [operation('webhook', 0, 0, 10), operation('confirm-order', 0, 10, 20)]],
    [
      0,
      'they belong to different orders',
      separate,
      onOrder,
      [operation('webhook', 0, 0, 10), operation('webhook', 1, 5, 20)],
    ],
    [0, 'another operation overlaps', separate, onOrder, [operation('webhook', 0, 0, 10), operation('pay', 0, 5, 20)]],
    [
      0,
      'one of them was never answered',
      separate,
      onOrder,
      [operation('webhook', 0, 0, 10), operation('webhook', 0, 5, 20, 0)],
    ],
    [
      1,
      'a long one spans a later short one',
      separate,
      onOrder,
      [operation('webhook', 0, 0, 90), operation('webhook', 0, 95, 96), operation('confirm-order', 0, 80, 81)],
    ],
    [
      2,
      'two orders of one wallet overlap',
      shared,
      onWallet,
      [operation('webhook', 0, 0, 10), operation('webhook', 1, 5, 20)],
    ],
    [
      0,
      'orders of different wallets overlap',
      separate,
      onWallet,
      [operation('webhook', 0, 0, 10), operation('webhook', 1, 5, 20)],
    ],
  ])('%i orders when %s', (count, _when, workload, overlap, operations) => {
    expect(overlappedOrders(overlap, historyOf(...operations), trafficOf(workload))).toBe(count);
  });
});

test('a toxic counts the connections that carried bytes through it, on its own link', () => {
  const slow = latency(link('api', 'postgres'), { latencyMs: exactly(5) });
  const scenario = defineScenario({ ...base, workload: separate, faults: [slow] });
  const sites = armFaults(scenario.faults, randomFrom(1));
  const hit = { link: 'api-postgres', toxic: 'latency-0', connections: 2, bytes: 10 };
  const evidence = (...hits: (typeof hit)[]) => evidenceOf(scenario, sites, hits, new History(), trafficOf(separate));
  expect(evidence(hit)).toEqual([{ what: 'latency hit api-postgres', count: 2, least: 1 }]);
  expect(evidence({ ...hit, bytes: 0 })[0]?.count).toBe(0);
  expect(evidence({ ...hit, link: 'webhooks-postgres' })[0]?.count).toBe(0);
  expect(evidence()[0]?.count).toBe(0);
});

test('a fault at a provider counts its decisions', () => {
  const copies = redeliverWebhook({ id: 'alipay' }, { copies: exactly(2), spreadMs: exactly(0) }, { hitsMin: 2 });
  const scenario = defineScenario({ ...base, workload: separate, faults: [copies] });
  const sites = armFaults(scenario.faults, randomFrom(1));
  sites.siteOf('alipay').onWebhook({ reference: 'r', eventId: 'e' });
  expect(evidenceOf(scenario, sites, [], new History(), trafficOf(separate))).toEqual([
    { what: 'redeliver-webhook hit alipay', count: 1, least: 2 },
  ]);
});
