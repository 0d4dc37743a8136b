/** A provider is away for a while: all orders finish afterwards, granted once, and it was not hammered meanwhile. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FaultSite, noFaults } from '#harness/provider';
import { openDatabase, openSystem, type SimulatedDatabase, type System, target } from './test-system.ts';

let database: SimulatedDatabase;
let system: System;
/** The operation that is not answered now, and how its calls end. */
let away: { readonly operation: RegExp; readonly fate: ReturnType<FaultSite['onCall']> } | undefined;
let drawn = 0;
/** Calls that came while it was away. */
let refused = 0;

const site: FaultSite = {
  ...noFaults,
  onCall: ({ operation }) => {
    if (!away?.operation.test(operation)) return 'answer';
    refused += 1;
    return away.fate;
  },
};

beforeAll(async () => {
  database = await openDatabase();
  system = await openSystem(database, { site });
});

beforeEach(() => {
  away = undefined;
  refused = 0;
});

afterAll(async () => {
  await database.drop();
});

/** Lets everything happen for so long, in steps. */
const live = async (forMs: number, stepMs: number): Promise<void> => {
  for (let passedMs = 0; passedMs < forMs; passedMs += stepMs) {
    await system.advance(stepMs);
    await system.settle();
  }
};

const order = async (): Promise<string> => {
  drawn += 1;
  const amount = { amountMinor: 10_00n, currency: 'CNY' };
  const buyer = { idempotencyKey: `intent-${drawn}`, wallet: `wallet-${drawn}`, cloudAccount: `${7_000 + drawn}` };
  return target.http.orderIn(await system.ask(target.http.createOrder({ ...buyer, ...amount })))?.id ?? '';
};

const shown = async (orderId: string) => target.http.orderIn(await system.ask(target.http.readOrder(orderId)));

const orders = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let nth = 0; nth < count; nth += 1) ids.push(await order());
  return ids;
};

const pay = async (ids: readonly string[]): Promise<void> => {
  for (const id of ids) system.alipay.pay?.((await shown(id))?.reference ?? '');
  await system.advance(0);
};

const grantsOf = (id: string) => system.cloud.records().grants.filter(({ reference }) => reference === id).length;

/** Within half an hour after the provider is back. */
const allFinished = async (ids: readonly string[]): Promise<void> => {
  away = undefined;
  await live(30 * 60_000, 60_000);
  for (const id of ids) expect([(await shown(id))?.state, grantsOf(id)]).toEqual(['COMPLETED', 1]);
};

test.each([
  { fate: 'before', what: 'resets each connection' },
  { fate: 'afterEffect', what: 'does what it is asked and does not answer' },
] as const)('a cloud that $what for two minutes', async ({ fate }) => {
  const ids = await orders(12);
  await pay(ids);
  away = { operation: /Reseller/, fate };
  await live(120_000, 5_000);
  // Without a breaker each order would ask every few seconds: 12 orders, some 5 times each.
  expect(refused).toBeGreaterThanOrEqual(5);
  expect(refused).toBeLessThanOrEqual(16);
  expect(await system.metrics('reconciliation')).toMatch(/topup_orders_waiting\{dependency="alibaba-cloud"\} [1-9]/);
  await allFinished(ids);
});

test('an Alipay that resets each connection for two minutes', async () => {
  away = { operation: /alipay/, fate: 'before' };
  const ids = await orders(12);
  await live(120_000, 5_000);
  expect(refused).toBeGreaterThanOrEqual(5);
  expect(refused).toBeLessThanOrEqual(16);
  expect((await Promise.all(ids.map(shown))).every((one) => one?.payable === false)).toBe(true);
  away = undefined;
  await live(15 * 60_000, 60_000);
  await pay(ids);
  await allFinished(ids);
});
