import { describe, expect, test } from 'vitest';
import type { LedgerView } from '../books.ts';
import type { Clock } from '../clock.ts';
import { History } from '../history.ts';
import type { CapturedPayment, OpenProvider } from '../provider.ts';
import { exactly } from '../range.ts';
import { randomFrom } from '../seed.ts';
import type { HttpAdapter, HttpRequest, HttpResponse } from '../target.ts';
import { type PlannedWorkload, trafficOf } from '../workload.ts';
import { oneWalletTopUps } from '../workloads/one-wallet-top-ups.ts';
import { reusedKeys } from '../workloads/reused-keys.ts';
import { topUps } from '../workloads/top-ups.ts';
import { watchedWallets } from '../workloads/watched-wallets.ts';
import type { RunningWorld } from '../world.ts';
import { executeTraffic } from './execute.ts';
import { settle } from './settle.ts';
import { books, order, payment } from './test-books.ts';

/** Every wait is over at once, and the clock has moved by it. */
const hastyClock = (): Clock => {
  let nowMs = 0;
  return {
    scale: 1,
    nowMs: () => nowMs,
    after: (delayMs, run) => {
      nowMs += delayMs;
      queueMicrotask(run);
      return () => {};
    },
  };
};

const adapter: HttpAdapter = {
  readWallet: (wallet) => ({ method: 'GET', path: `/wallet/${wallet}` }),
  balanceIn: ({ body }) => (typeof body === 'bigint' ? body : undefined),
  createOrder: ({ idempotencyKey, amountMinor }) => ({
    method: 'POST',
    path: `/create/${idempotencyKey}`,
    body: { amountMinor },
  }),
  readOrder: (id) => ({ method: 'GET', path: `/read/${id}` }),
  confirmOrder: (id) => ({ method: 'POST', path: `/confirm/${id}` }),
  orderIn: ({ status, body }) => {
    if (status === 200 && typeof body === 'string') throw new Error('not an order');
    return status === 200 ? (body as never) : undefined;
  },
};

const shown = (id: string, payable: boolean) => ({ id, reference: `ref-${id}`, payable, state: '' });

/** Drives the workload against `answer`; returns what was sent, what was paid, and what the buyers know. */
const drive = async (planned: PlannedWorkload, answer: (request: HttpRequest, nth: number) => HttpResponse) => {
  const paths: string[] = [];
  const paid: string[] = [];
  const pay = (reference: string): void => {
    if (!reference.startsWith('ref-')) throw new Error('no such trade');
    paid.push(reference);
  };
  const cashier: Partial<OpenProvider> = { pay };
  const world: Partial<RunningWorld> = {
    providers: [cashier as OpenProvider],
    request: async (request) => {
      paths.push(request.path);
      return answer(request, paths.filter((path) => path === request.path).length);
    },
  };
  const history = new History();
  const surroundings = { world: world as RunningWorld, adapter, clock: hastyClock(), history };
  const buyers = await executeTraffic(trafficOf(planned, randomFrom(1)), surroundings);
  return { paths, paid, history, buyers };
};

const one = topUps({ payments: exactly(1), concurrency: exactly(1), amountMinor: exactly(5), confirms: exactly(2) });

describe('buyers', () => {
  test('send the same key until there is a final answer, wait until they can pay, pay once, and confirm', async () => {
    const { paths, paid, history, buyers } = await drive(one, ({ path }, nth) => {
      if (path.startsWith('/read')) return { status: 200, body: shown('o1', nth > 1) };
      const creates = [
        { status: 0, body: '' },
        { status: 409, body: {} },
        { status: 200, body: shown('o1', false) },
      ];
      return creates[nth - 1] ?? { status: 200, body: shown('o1', true) };
    });
    expect(paths.map((path) => path.split('/')[1])).toEqual([
      'create',
      'create',
      'create',
      'read',
      'read',
      'confirm',
      'confirm',
    ]);
    expect(paid).toEqual(['ref-o1']);
    expect(history.operations.map(({ kind, outcome }) => `${kind} ${outcome}`).slice(0, 3)).toEqual([
      'create-order unknown',
      'create-order failed',
      'create-order ok',
    ]);
    expect(buyers.intents).toMatchObject([{ requests: 1, orderIds: ['o1'] }]);
    expect(buyers.ordinals.get('ref-o1')).toBe(0);
  });

  test('of reused keys ask for other amounts at once and again, and pay for the one order', async () => {
    const reusing = reusedKeys({
      payments: exactly(1),
      concurrency: exactly(1),
      amountMinor: exactly(5),
      otherAmounts: exactly(2),
    });
    const asked: (bigint | undefined)[] = [];
    const { paid, buyers } = await drive(reusing, ({ body }) => {
      const { amountMinor } = (body ?? {}) as { amountMinor?: bigint };
      asked.push(amountMinor);
      return amountMinor === 5n ? { status: 200, body: shown('o1', true) } : { status: 422, body: {} };
    });
    expect(asked).toEqual([5n, 6n, 7n, 6n, 7n]);
    expect(paid).toEqual(['ref-o1']);
    expect(buyers.intents).toMatchObject([
      { amountMinor: 5n, requests: 1, refused: 0, orderIds: ['o1'] },
      { amountMinor: 6n, requests: 2, refused: 2, orderIds: [] },
      { amountMinor: 7n, requests: 2, refused: 2, orderIds: [] },
    ]);
    expect(new Set(buyers.intents.map(({ key }) => key)).size).toBe(1);
  });

  test('who watch their wallet look at it until the order has told of the money', async () => {
    const watching = watchedWallets({
      wallets: exactly(1),
      orders: exactly(1),
      amountMinor: exactly(5),
      looks: exactly(4),
    });
    const { paths, history } = await drive(watching, ({ path }, nth) => {
      if (path.startsWith('/wallet')) return { status: 200, body: nth === 1 ? 0n : 5n };
      const state = path.startsWith('/read') && nth > 1 ? 'CREDITED' : 'PAYMENT_PENDING';
      return { status: 200, body: { ...shown('o1', true), state } };
    });
    expect(paths.map((path) => path.split('/')[1])).toEqual(['create', 'read', 'wallet', 'read', 'wallet']);
    const looks = history.operations.filter(({ kind }) => kind === 'read-wallet');
    expect(looks.map(({ shownMinor }) => shownMinor)).toEqual([0n, 5n]);
    expect(looks[0]?.subject).toMatch(/^wallet-/);
    const places = history.operations.flatMap(({ begunNth, endedNth }) => [begunNth, endedNth]);
    expect(places.filter((place) => place !== undefined)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const told = history.operations.find(({ shownState }) => shownState === 'CREDITED');
    expect(told).toMatchObject({ kind: 'read-order', subject: 'o1', begunNth: 7, endedNth: 8 });
  });

  test('who never see their money stop looking', async () => {
    const watching = watchedWallets({
      wallets: exactly(1),
      orders: exactly(1),
      amountMinor: exactly(5),
      looks: exactly(3),
    });
    const { history } = await drive(watching, ({ path }) => ({
      status: path.startsWith('/wallet') ? 0 : 200,
      body: path.startsWith('/wallet') ? '' : shown('o1', true),
    }));
    const looks = history.operations.filter(({ kind }) => kind === 'read-wallet');
    expect(looks.map(({ outcome, shownMinor }) => [outcome, shownMinor])).toEqual(
      Array(3).fill(['unknown', undefined]),
    );
  });

  test('give up on a refusal and pay nothing', async () => {
    const { paths, paid } = await drive(one, () => ({ status: 400, body: {} }));
    expect(paths).toHaveLength(1);
    expect(paid).toEqual([]);
  });

  test('give up on an order that never becomes payable', async () => {
    const { paid } = await drive(one, () => ({ status: 200, body: shown('o1', false) }));
    expect(paid).toEqual([]);
  });

  test('whose answers make no sense are reported', async () => {
    const { paid, buyers } = await drive(one, () => ({ status: 200, body: 'rubbish' }));
    expect(paid).toEqual([]);
    expect(buyers.unreadable).toEqual(['the answer 200 to create-order cannot be read: not an order']);
  });

  test('who cannot pay at the provider are reported', async () => {
    const { history, buyers } = await drive(one, () => ({
      status: 200,
      body: { ...shown('o1', true), reference: 'foreign' },
    }));
    expect(history.operations.filter(({ kind }) => kind === 'pay')).toMatchObject([{ outcome: 'failed' }]);
    expect(buyers.unreadable).toEqual(['order o1 cannot be paid as foreign: no such trade']);
  });

  test('who click sixteen times know every order that came of it', async () => {
    const clicks = oneWalletTopUps({
      wallets: exactly(1),
      orders: exactly(2),
      sameKeyRequests: exactly(16),
      amountMinor: exactly(5),
    });
    const { buyers, paid } = await drive(clicks, ({ path }, nth) => {
      const id = `${path.split('/')[2]}-${nth <= 8 ? 'a' : 'b'}`;
      return { status: 200, body: shown(id, true) };
    });
    expect(buyers.intents.map(({ requests, orderIds }) => [requests, orderIds.length])).toEqual([
      [1, 1],
      [1, 1],
      [16, 2],
    ]);
    expect(paid).toHaveLength(3);
  });
});

describe('settle', () => {
  const worldOf = (looks: readonly LedgerView[], idle: boolean, payments: CapturedPayment[] = [payment()]) => {
    let look = 0;
    const provider: Partial<OpenProvider> = {
      id: 'alipay',
      idle: () => idle,
      records: () => ({ payments, grants: [], calls: [], deliveries: [] }),
    };
    const world: Partial<RunningWorld> = {
      providers: [provider as OpenProvider],
      readLedger: async () => looks[Math.min(look++, looks.length - 1)] as LedgerView,
    };
    return world as RunningWorld;
  };
  const inState = (state: 'PROVISIONING' | 'COMPLETED' | 'PAYMENT_PENDING', hold: string | null = null) =>
    books({ orders: [order({ state, hold })] });

  test.each([
    ['at once when every paid order is finished', [inState('COMPLETED')], [], 0],
    ['at once when the order is on hold', [inState('PAYMENT_PENDING', 'reconciliation')], [], 0],
    ['when the last one is finished', [inState('PROVISIONING'), inState('PROVISIONING'), inState('COMPLETED')], [], 20],
    [
      'never, within the limit',
      [inState('PROVISIONING')],
      ['order o1 is paid and in PROVISIONING: stuck order (S3)'],
      100,
    ],
  ])('rests %s', async (_when, looks, restless, tookMs) => {
    expect(await settle(worldOf(looks, true), hastyClock(), 10, 100)).toMatchObject({ restless, tookMs });
  });

  test('does not wait for an order that nobody paid', async () => {
    const world = worldOf([inState('PAYMENT_PENDING')], true, []);
    expect(await settle(world, hastyClock(), 10, 100)).toMatchObject({ restless: [], tookMs: 0 });
  });

  test('waits until money that names no order is kept, where such money can come', async () => {
    const kept = (...unmatched: readonly string[]) =>
      books({ orders: [], credits: [], unmatched: unmatched.map((paymentId) => ({ paymentId, ...money })) });
    const money = { amountMinor: 1000n, currency: 'CNY' };
    const stray = [payment({ id: 'p9', reference: '' })];
    const world = worldOf([kept(), kept('p1'), kept('p9')], true, stray);
    expect(await settle(world, hastyClock(), 10, 100)).toMatchObject({ restless: [], tookMs: 20 });
    const lost = await settle(worldOf([kept()], true, stray), hastyClock(), 10, 100);
    expect(lost).toEqual({ tookMs: 100, restless: ['payment p9 names no order, and nobody keeps it'] });
  });

  test('waits while a webhook is under way', async () => {
    const settled = await settle(worldOf([inState('COMPLETED')], false), hastyClock(), 10, 100);
    expect(settled).toEqual({ tookMs: 100, restless: ['alipay has webhooks under way'] });
  });

  test('is restless while the ledger cannot be read', async () => {
    const world = { ...worldOf([], true), readLedger: async () => Promise.reject(new Error('connection lost')) };
    const settled = await settle(world, hastyClock(), 10, 20);
    expect(settled.restless).toEqual(['the ledger cannot be read: connection lost']);
  });
});
