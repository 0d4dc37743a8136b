import { describe, expect, test } from 'vitest';
import { during, link, type PlannedFault } from '../fault.ts';
import { dropWebhook } from '../faults/drop-webhook.ts';
import { killProcess } from '../faults/kill-process.ts';
import { latency } from '../faults/latency.ts';
import { loseAnswer } from '../faults/lose-answer.ts';
import { loseCommitAnswers } from '../faults/lose-commit-answers.ts';
import { pauseProcess } from '../faults/pause-process.ts';
import { redeliverWebhook } from '../faults/redeliver-webhook.ts';
import { restartPostgres } from '../faults/restart-postgres.ts';
import { History, type Operation, type OperationKind } from '../history.ts';
import { exactly } from '../range.ts';
import { defineScenario, type Overlap } from '../scenario.ts';
import { randomFrom } from '../seed.ts';
import type { Span, Struck } from '../strike.ts';
import { oneWalletTopUps } from '../workloads/one-wallet-top-ups.ts';
import { topUps } from '../workloads/top-ups.ts';
import { evidenceOf, overlappedOrders, type Traces } from './evidence.ts';
import { armFaults } from './fault-sites.ts';
import { planRun } from './plan.ts';
import { books, credit, emptyBooks, grant, order, payment } from './test-books.ts';

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
  outcome: status === 200 ? 'ok' : status === 0 ? 'unknown' : 'failed',
  status,
  subject: null,
});

const historyOf = (...operations: Operation[]): History => {
  const history = new History();
  for (const one of operations) history.add(one);
  return history;
};

describe('overlap', () => {
  const onOrder: Overlap = { between: ['webhook', 'confirm-order'], on: 'order', ordersMin: 1 };
  const onWallet: Overlap = { between: ['webhook', 'webhook'], on: 'wallet', ordersMin: 1 };
  const webhook = (ordinal: number, fromMs: number, toMs: number, status = 200) =>
    operation('webhook', ordinal, fromMs, toMs, status);
  const confirm = (ordinal: number, fromMs: number, toMs: number, status = 200) =>
    operation('confirm-order', ordinal, fromMs, toMs, status);
  test.each([
    [1, 'two intervals of one order intersect', separate, onOrder, [webhook(0, 0, 10), confirm(0, 9, 20)]],
    [
      1,
      'the other one was refused because the first was under way',
      separate,
      onOrder,
      [webhook(0, 0, 10), confirm(0, 9, 20, 409)],
    ],
    [0, 'they only touch', separate, onOrder, [webhook(0, 0, 10), confirm(0, 10, 20)]],
    [0, 'they belong to different orders', separate, onOrder, [webhook(0, 0, 10), confirm(1, 5, 20)]],
    [0, 'only the two clicks of one buyer overlap', separate, onOrder, [confirm(0, 0, 10), confirm(0, 5, 20)]],
    [0, 'another operation overlaps', separate, onOrder, [webhook(0, 0, 10), operation('pay', 0, 5, 20)]],
    [0, 'one of them was never answered', separate, onOrder, [webhook(0, 0, 10), confirm(0, 5, 20, 0)]],
    [0, 'one of them was refused', separate, onOrder, [webhook(0, 0, 10), confirm(0, 5, 20, 404)]],
    [
      1,
      'a forged webhook was refused beside the real one',
      separate,
      { ...onOrder, between: ['webhook', 'forged-webhook'] as const },
      [webhook(0, 0, 10), operation('forged-webhook', 0, 5, 9, 401)],
    ],
    [
      1,
      'a long one spans a later short one',
      separate,
      onOrder,
      [webhook(0, 0, 90), webhook(0, 95, 96), confirm(0, 80, 81)],
    ],
    [2, 'two orders of one wallet overlap', shared, onWallet, [webhook(0, 0, 10), webhook(1, 5, 20)]],
    [0, 'orders of different wallets overlap', separate, onWallet, [webhook(0, 0, 10), webhook(1, 5, 20)]],
  ])('%i orders when %s', (count, _when, workload, overlap, operations) => {
    expect(overlappedOrders(overlap, historyOf(...operations), trafficOf(workload))).toBe(count);
  });
});

const scenarioWith = (...faults: PlannedFault[]) => defineScenario({ ...base, workload: separate, faults });

const spansOf = (): readonly Span[] => [];
const struckBy = (): readonly Struck[] => [];

/** The first count for a scenario of `faults`, from traces of which some are given. */
const firstCount = (faults: PlannedFault[], given: Partial<Traces>): number | undefined => {
  const scenario = scenarioWith(...faults);
  const traces: Traces = {
    sites: armFaults(scenario.faults, randomFrom(1)),
    linkHits: [],
    records: [],
    history: new History(),
    traffic: trafficOf(separate),
    books: emptyBooks,
    spansOf,
    struckBy,
    ...given,
  };
  return evidenceOf(scenario, traces)[0]?.count;
};

test('a toxic counts the connections that carried bytes through it, on its own link', () => {
  const slow = latency(link('api', 'postgres'), { latencyMs: exactly(5) });
  const hit = { link: 'api-postgres', toxic: 'latency-0', connections: 2, bytes: 10 };
  const scenario = scenarioWith(slow);
  const sites = armFaults(scenario.faults, randomFrom(1));
  const count = (...linkHits: (typeof hit)[]) => {
    const traces = {
      sites,
      linkHits,
      records: [],
      history: new History(),
      traffic: trafficOf(separate),
      books: emptyBooks,
      spansOf,
      struckBy,
    };
    return evidenceOf(scenario, traces)[0]?.count;
  };
  expect(count(hit)).toBe(2);
  expect(count({ ...hit, bytes: 0 })).toBe(0);
  expect(count({ ...hit, link: 'webhooks-postgres' })).toBe(0);
  expect(count()).toBe(0);
});

test('a lost answer to a commit counts the rows that were committed while nothing came back', () => {
  const lost = loseCommitAnswers(link('webhook-role', 'postgres'), { times: exactly(2), delayMs: exactly(200) });
  const holes = [
    { fromMs: 100, untilMs: 200 },
    { fromMs: 300, untilMs: 400 },
  ];
  const countAt = (...times: number[]) =>
    firstCount([lost], { books: books({ credits: times.map((atMs) => credit({ atMs })) }), spansOf: () => holes });
  expect(countAt(101, 199, 350)).toBe(3);
  expect(countAt(99, 100, 200, 250, 400)).toBe(0);
  expect(firstCount([lost], { books: books({ credits: [credit({ atMs: 150 })] }) })).toBe(0);
});

describe('a fault at a provider counts what really happened, not what it decided', () => {
  const alipay = { id: 'alipay' };
  const records = { provider: 'alipay', payments: [], grants: [], calls: [], deliveries: [] };
  const delivery = { provider: 'alipay', reference: 'r1', eventId: 'e', sentMs: 0, answeredMs: 1, acknowledged: true };
  const copied = (attempt: number, status: number) => ({ ...records, deliveries: [{ ...delivery, attempt, status }] });
  const copies = redeliverWebhook(alipay, { copies: exactly(2), spreadMs: exactly(0) });

  test.each([
    [1, 'a copy was answered', copied(0, 200)],
    [0, 'a copy was never answered', copied(0, 0)],
    [0, 'only the first attempt left', copied(1, 200)],
    [0, 'it was another provider', { ...copied(0, 200), provider: 'stripe' }],
  ])('%i when %s', (count, _when, own) => {
    expect(firstCount([copies], { records: [own] })).toBe(count);
  });

  test('a lost answer counts where the effect happened, at the planned operation', () => {
    const call = { provider: 'alipay', operation: 'precreate', reference: 'r1', nth: 1, startedMs: 0 };
    const lost = loseAnswer({ ...alipay, operation: 'precreate' }, { sharePercent: exactly(100), times: exactly(1) });
    const counts = (['afterEffect', 'before', 200] as const).map((outcome) =>
      firstCount([lost], { records: [{ ...records, calls: [{ ...call, outcome }] }] }),
    );
    const elsewhere = { ...records, calls: [{ ...call, operation: 'query', outcome: 'afterEffect' as const }] };
    expect([...counts, firstCount([lost], { records: [elsewhere] })]).toEqual([1, 0, 0, 0]);
  });

  test('a dropped webhook counts when the money was taken and nothing was delivered', () => {
    const drop = dropWebhook(alipay, { sharePercent: exactly(100) });
    const scenario = scenarioWith(drop);
    const sites = armFaults(scenario.faults, randomFrom(1));
    sites.siteOf('alipay').onWebhook({ reference: 'r1', eventId: 'e' });
    const count = (own: typeof records) => {
      const rest = {
        linkHits: [],
        history: new History(),
        traffic: trafficOf(separate),
        books: emptyBooks,
        spansOf,
        struckBy,
      };
      return evidenceOf(scenario, { sites, records: [own as never], ...rest })[0]?.count;
    };
    expect(count({ ...records, payments: [payment()] as never })).toBe(1);
    expect(count({ ...copied(1, 200), payments: [payment()] as never } as never)).toBe(0);
    expect(count({ ...records, payments: [payment({ reference: 'r2' })] as never })).toBe(0);
  });
});

test('every planned order must have been paid, and every captured payment credited, or as many as asked for', () => {
  const traces: Traces = {
    sites: armFaults([], randomFrom(1)),
    linkHits: [],
    records: [],
    history: historyOf(operation('pay', 0, 0, 0), operation('pay', 0, 1, 1), {
      ...operation('pay', 1, 0, 0),
      outcome: 'failed',
    }),
    traffic: trafficOf(separate),
    books: books({ captured: [payment(), payment({ id: 'p2' })], credits: [credit()] }),
    spansOf,
    struckBy,
  };
  const counts = (creditedMin?: number) =>
    evidenceOf({ ...scenarioWith(), ...(creditedMin === undefined ? {} : { creditedMin }) }, traces).map(
      ({ count, least }) => [count, least],
    );
  expect(counts()).toEqual([
    [1, 3],
    [1, 2],
  ]);
  expect(counts(1)[1]).toEqual([1, 1]);
  // Nothing is asked of orders that nobody planned.
  const unplanned = evidenceOf(scenarioWith(), { ...traces, traffic: { batches: [] } });
  expect(unplanned.map(({ what }) => what)).toEqual(['captured payments that were credited']);
});

const noRecords = { payments: [], grants: [], calls: [], deliveries: [] };

describe('a strike counts when it was proven and interrupted something', () => {
  const span = { fromMs: 100, untilMs: 200 };
  const once = { sharePercent: exactly(100), times: exactly(1), afterMs: exactly(0) };
  const killed = (operation: string) => killProcess(during(operation, 'some-role'), { ...once, downMs: exactly(0) });
  const delivery = { provider: 'alipay', reference: 'r1', eventId: 'e', attempt: 1, acknowledged: false };
  const delivered = (sentMs: number, answeredMs: number, status: number) => ({
    records: [
      { ...noRecords, provider: 'alipay', deliveries: [{ ...delivery, sentMs, answeredMs, status }] },
      { ...noRecords, provider: 'alibaba-cloud' },
    ],
  });
  const count = (fault: PlannedFault, given: Partial<Traces>, isProven = true) =>
    firstCount([fault], { struckBy: () => [{ reference: 'o1', span, isProven }], ...given });

  test.each([
    [1, 'was with it and never answered', delivered(90, 110, 0), true],
    [0, 'was answered', delivered(90, 110, 200), true],
    [0, 'had been answered', delivered(80, 99, 0), true],
    [0, 'came later', delivered(101, 110, 0), true],
    [0, 'was with it, and nothing proves that it was hit', delivered(90, 110, 0), false],
  ])('%i killed when the webhook %s', (hits, _when, given, isProven) => {
    expect(count(killed('webhook'), given, isProven)).toBe(hits);
  });

  const finishedAt = (atMs: number, grantedMs = 100) => ({
    records: [{ ...noRecords, provider: 'alibaba-cloud', grants: [grant({ reference: 'o1', atMs: grantedMs })] }],
    books: books({
      orders: [order({ id: 'o1', reference: 'o1' })],
      transitions: [
        { orderId: 'o1', sequence: 7, from: 'PROVISIONING', to: 'COMPLETED', cause: 'grant', atMs } as const,
      ],
    }),
  });

  test.each([
    [1, 'was taken before and finished after', finishedAt(200)],
    [0, 'was finished before it was up again', finishedAt(199)],
    [0, 'was taken later', finishedAt(300, 101)],
    [0, 'was never taken', { ...finishedAt(200), records: [] }],
  ])('%i killed when the grant %s', (hits, _when, given) => {
    expect(count(killed('grant'), given)).toBe(hits);
  });

  test('a pause counts when a webhook had to wait until its end', () => {
    const paused = pauseProcess(during('webhook', 'some-role'), { ...once, pauseMs: exactly(100) });
    expect(count(paused, delivered(90, 200, 200))).toBe(1);
    expect(count(paused, delivered(90, 199, 200))).toBe(0);
    expect(count(paused, delivered(101, 200, 200))).toBe(0);
    expect(count(paused, delivered(90, 200, 200), false)).toBe(0);
  });

  test('a crash of the database counts when a webhook was with the system', () => {
    const crashed = restartPostgres(during('webhook', 'postgres'), { ...once, downMs: exactly(0) });
    expect(count(crashed, delivered(90, 110, 200))).toBe(1);
    expect(count(crashed, delivered(90, 99, 200))).toBe(0);
    expect(count(crashed, delivered(90, 110, 200), false)).toBe(0);
  });
});
