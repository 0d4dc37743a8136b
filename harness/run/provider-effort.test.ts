import { expect, test } from 'vitest';
import { defineFault, link } from '../fault.ts';
import { providerDown } from '../faults/provider-down.ts';
import { exactly } from '../range.ts';
import { planRun } from './plan.ts';
import { amplificationOf, cuttingToxics, effortFor, lostTo, outingOf, type Tried } from './provider-effort.ts';
import { books, credit, order, payment } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';

const at = link('service', 'alipay');
const down = providerDown(at, { afterMs: exactly(1_000), downMs: exactly(1_000) });
/** Resets the answer: the call has arrived. */
const answersLost = defineFault({
  id: 'answers-lost',
  layer: 'transport',
  summary: 'Resets whoever answers.',
  params: {},
  inject: (site) => site.addToxic(() => ({ type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } })),
})(at, {});
const alipay = { id: 'alipay', serves: 'payment' } as never;

/** A run in which `arrived` calls reached the provider at these moments, and `lost` met the outage. */
const tried = (
  arrivedMs: readonly number[],
  lost: number,
  orders: number,
  found: Partial<Tried['books']> = {},
): Tried => {
  const call = { provider: 'alipay', operation: 'query', reference: 'r1', nth: 1, outcome: 200 };
  const scenario = { ...sampleScenario, providers: [alipay], faults: [answersLost, down] };
  const hit = { link: at.id, bytes: 10 };
  return {
    plan: planRun(scenario, 1),
    records: [
      {
        provider: 'alipay',
        payments: [],
        grants: [],
        deliveries: [],
        calls: arrivedMs.map((startedMs) => ({ ...call, startedMs })),
      },
      { provider: 'cloud', payments: [], grants: [], deliveries: [], calls: [{ ...call, startedMs: 1 }] },
    ],
    linkHits: [
      { ...hit, toxic: 'provider-down-1', connections: lost },
      { ...hit, toxic: 'answers-lost-0', connections: 1_000 },
    ],
    books: books({
      orders: Array.from({ length: orders }, (_, index) => order({ id: `o${index}`, reference: `r${index}` })),
      ...found,
    }),
  };
};

const calls = (count: number): number[] => Array.from({ length: count }, (_, index) => 100 + index);

test('who is kept from arriving has tried as well; who only got no answer has arrived', () => {
  expect(effortFor(tried(calls(7), 5, 4), 'alipay')).toEqual({ calls: 12, orders: 4 });
});

test('lost is what a cut link kept away, since it was cut; an answer that was lost is not', () => {
  const { plan, linkHits } = tried([], 5, 4);
  const spansOf = () => [
    { fromMs: 70, untilMs: 80 },
    { fromMs: 20, untilMs: 40 },
  ];
  const toxics = cuttingToxics(plan);
  expect(lostTo([alipay], toxics, linkHits, spansOf)).toEqual({ count: 5, sinceMs: 20 });
  expect(lostTo([alipay], toxics, [], spansOf)).toBeUndefined();
  expect(lostTo([{ id: 'cloud' }], toxics, linkHits, spansOf)).toBeUndefined();
});

test.each([
  { lost: 0, factor: 1, finding: 'holds' },
  { lost: 10, factor: 1.5, finding: 'holds' },
  { lost: 11, factor: 1.55, finding: 'unknown' },
  { lost: 40, factor: 3, finding: 'unknown' },
  { lost: 41, factor: 3.05, finding: 'violated' },
])('$lost calls lost beside 20: a factor of $factor $finding', ({ lost, factor, finding }) => {
  const calm = tried(calls(20), 0, 10);
  const told = amplificationOf(calm, tried(calls(20), lost, 10), 'alipay');
  expect(told).toMatchObject({ provider: 'alipay', finding });
  expect(told.factor).toBeCloseTo(factor, 9);
});

test.each([
  ['without orders in the calm run', tried(calls(3), 0, 0), tried(calls(3), 1, 1)],
  ['without orders under the outage', tried(calls(3), 0, 1), tried(calls(3), 1, 0)],
  ['without a call in the calm run', tried([], 0, 1), tried(calls(3), 1, 1)],
])('nothing is known %s', (_when, calm, disturbed) => {
  const told = amplificationOf(calm, disturbed, 'alipay');
  expect([told.finding, told.factor]).toEqual(['unknown', undefined]);
});

const window = { fault: 'provider-down', at: at.id, faultIndex: 1, fromMs: 2_000, untilMs: 4_000 };
const moved = (orderId: string, sequence: number, atMs: number) =>
  ({ orderId, sequence, from: sequence === 1 ? null : 'CREATED', to: 'CREATED', cause: 'x', atMs }) as const;

test('calls are counted before, while, and at the same time after the first order of the calm run', () => {
  const disturbed = tried([1_000, 1_500, 2_500, 4_500], 6, 1, { captured: [], transitions: [moved('o0', 1, 1_000)] });
  const calm = tried([8_000, 9_000, 9_500, 10_500, 11_500], 0, 1, {
    captured: [],
    transitions: [moved('o0', 1, 8_000)],
  });
  expect(outingOf(disturbed, window, 'alipay', calm).perSecond).toEqual({ before: 2, during: 3.5, calm: 1.5 });
});

test('what an outage kept from arriving is no effort of another fault on the same link', () => {
  const disturbed = tried([2_500, 3_500], 6, 1, { captured: [], transitions: [moved('o0', 1, 1_000)] });
  expect(outingOf(disturbed, { ...window, fault: 'answers-lost', faultIndex: 0 }, 'alipay').perSecond.during).toBe(1);
});

test('of the same outage planned twice on one link, each has what it kept away itself', () => {
  const once = tried([], 0, 1, { captured: [], transitions: [moved('o0', 1, 1_000)] });
  const again = providerDown(at, { afterMs: exactly(5_000), downMs: exactly(1_000) });
  const twice = {
    ...once,
    plan: planRun({ ...sampleScenario, providers: [alipay], faults: [down, again] }, 1),
    linkHits: [6, 20].map((connections, index) => ({
      link: at.id,
      toxic: `provider-down-${index}`,
      connections,
      bytes: 10,
    })),
  };
  const during = [0, 1].map((faultIndex) => outingOf(twice, { ...window, faultIndex }, 'alipay').perSecond.during);
  expect(during).toEqual([3, 10]);
});

test('recovered is when the last paid order that was begun before the end has come to rest', () => {
  const found = {
    captured: [payment({ id: 'p0', reference: 'r0' }), payment({ id: 'p1', reference: 'r1' })],
    credits: [
      credit({ orderId: 'o0', paymentId: 'p0', atMs: 5_000 }),
      credit({ orderId: 'o1', paymentId: 'p1', atMs: 3_000 }),
    ],
    transitions: [moved('o0', 1, 3_900), moved('o0', 2, 5_500), moved('o1', 1, 1_000), moved('o2', 1, 3_000)],
  };
  expect(outingOf(tried([], 0, 3, found), window, 'alipay')).toMatchObject({ waiting: 1, recoveredMs: 1_500 });
});

test('with a paid order that was never credited it has not recovered', () => {
  const found = { captured: [payment({ reference: 'r0' })], credits: [], transitions: [moved('o0', 1, 3_000)] };
  const told = outingOf(tried([], 0, 1, found), window, 'alipay');
  expect([told.waiting, told.recoveredMs]).toEqual([1, undefined]);
});

test('who ordered after the end had nothing to wait for', () => {
  const found = {
    captured: [payment({ reference: 'r0' })],
    credits: [credit({ orderId: 'o0', atMs: 6_000 })],
    transitions: [moved('o0', 1, 4_000)],
  };
  expect(outingOf(tried([], 0, 1, found), window, 'alipay')).toMatchObject({ waiting: 0, recoveredMs: 0 });
});
