import { expect, test } from 'vitest';
import type { LedgerView } from '../books.ts';
import { nextTurn, steppedClock } from '../clock.ts';
import { balanceEqualsLedger } from '../invariants/balance-equals-ledger.ts';
import { invariants } from '../invariants/index.ts';
import type { Target } from '../target.ts';
import type { RunningWorld } from '../world.ts';
import { runScenario } from './run-scenario.ts';
import { books, emptyBooks, order, payment } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';

const scenario = sampleScenario;

const watchingBy = (text: string) => ({
  rules: { text, path: 'rules.yml' },
  board: { text: '{}', path: 'board.json' },
  intervalMs: 100,
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
    invariants,
    target: { id: 'mine' } as Target,
    watching: watchingBy('groups: []'),
    place: { command: 'topple', world: 'embedded', versions: {} },
  };
  const run = runScenario(lab, { scenario, seed: 1, settings: [] }, { clock: steppedClock(0) });
  await expect(run).rejects.toMatchObject({ code: 'not-steady', exitCode: 4 });
  expect(stops).toBe(1);
});

test('nothing of a run goes on after it failed', async () => {
  const clock = steppedClock(0);
  let reads = 0;
  const world: Partial<RunningWorld> = {
    providers: [],
    metrics: [],
    timeScale: 1,
    readLedger: async (): Promise<LedgerView> => {
      reads += 1;
      return emptyBooks;
    },
    ended: () => [],
    stop: async () => {},
  };
  const createOrder = () => {
    throw new Error('the adapter has a bug');
  };
  const lab = {
    world: { start: async () => world as RunningWorld, close: async () => {} },
    invariants,
    target: { id: 'mine', http: { createOrder } } as unknown as Target,
    watching: watchingBy('groups: [{ name: some, rules: [{ record: "a:b", expr: "up" }] }]'),
    place: { command: 'topple', world: 'embedded', versions: {} },
  };
  await expect(runScenario(lab, { scenario, seed: 1, settings: [] }, { clock })).rejects.toMatchObject({
    code: 'target-failed',
    exitCode: 2,
    message: 'target.http.createOrder of the topple.config failed: the adapter has a bug.',
  });
  const readsAtEnd = reads;
  clock.advance(10_000);
  await new Promise<void>((resolve) => nextTurn(resolve));
  expect(reads).toBe(readsAtEnd);
});

test('what a system shows that never came to rest is not held against it', async () => {
  const clock = steppedClock(0);
  const moving = order({ id: 'o1', reference: 'r1', state: 'CREDITED' });
  const balances = [{ wallet: 'w1', currency: 'CNY', storedMinor: 1000n, postedMinor: 1000n }];
  let isOver = false;
  const world: Partial<RunningWorld> = {
    providers: [
      {
        id: 'alipay',
        idle: () => true,
        records: () => ({ payments: [payment()], grants: [], calls: [], deliveries: [] }),
      },
    ],
    metrics: [],
    timeScale: 600,
    request: async () => ({ status: 200, body: 'less' }),
    readLedger: async () => (clock.nowMs() === 0 ? emptyBooks : books({ orders: [moving], balances })),
    removeToxics: async () => {},
    hits: () => [],
    logs: () => ({}),
    ended: () => [],
    stop: async () => {
      isOver = true;
    },
  };
  const http = { readWallet: () => ({ method: 'GET', path: '/' }), balanceIn: () => 1n };
  const lab = {
    world: { start: async () => world as RunningWorld, close: async () => {} },
    invariants: [balanceEqualsLedger],
    target: { id: 'mine', database: {}, http, signals: {}, signalDelayS: 60 } as unknown as Target,
    watching: watchingBy('groups: [{ name: some, rules: [{ record: "a:b", expr: "up" }] }]'),
    place: { command: 'topple', world: 'embedded', versions: {} },
  };
  const drive = () => async () => ({ intents: [], ordinals: new Map(), wallets: ['w1'], unreadable: [], evidence: [] });
  const running = runScenario(lab, { scenario, seed: 1, settings: [] }, { clock, drive });
  while (!isOver) {
    await new Promise<void>((resolve) => nextTurn(resolve));
    clock.advance(50);
  }
  const { testimonies, verdict } = await running;
  expect(verdict.reasons).toContain('order o1 is paid and in CREDITED: stuck order (S3)');
  expect(testimonies.map(({ audit }) => audit.finding)).toEqual(['holds']);
});
