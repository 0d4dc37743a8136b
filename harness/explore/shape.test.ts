import { expect, test } from 'vitest';
import { planRun } from '../run/plan.ts';
import { sampleScenario } from '../run/test-scenario.ts';
import type { PlannedOrder } from '../workload.ts';
import { reduced, type WorldShape } from './shape.ts';

const plan = planRun(sampleScenario, 1);
const [first = expect.unreachable()] = plan.traffic.batches.flat();
const order = (ordinal: number, part: Partial<PlannedOrder> = {}): PlannedOrder => ({ ...first, ordinal, ...part });

const ordersOf = (orders: readonly PlannedOrder[], shape: Partial<WorldShape>) =>
  reduced(
    { ...plan, traffic: { batches: [orders] } },
    { ordinals: [0, 2], hasGates: false, isHasty: false, ...shape },
  ).traffic.batches.flat();

test('a world has the orders of its shape, with few clicks, looks and other amounts', () => {
  const eager = { createsAtOnce: 16, confirmsAtOnce: 10, looks: 60, otherAmounts: [11n, 12n] };
  const small = ordersOf([order(0, eager), order(1), order(2)], {});
  expect(small.map(({ ordinal }) => ordinal)).toEqual([0, 2]);
  expect(small[0]).toMatchObject({ createsAtOnce: 3, confirmsAtOnce: 2, looks: 4, otherAmounts: [11n] });
  expect([small[1]?.looks, small[1]?.otherAmounts]).toEqual([undefined, undefined]);
});

test('round amounts differ from order to order, and from others under the same key', () => {
  const small = ordersOf([order(0, { amountMinor: 34_571n, otherAmounts: [34_572n] }), order(2)], {
    hasRoundAmounts: true,
  });
  expect(small.map(({ amountMinor }) => amountMinor)).toEqual([100n, 200n]);
  expect(small[0]?.otherAmounts).toEqual([101n]);
});
