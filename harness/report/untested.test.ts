import { describe, expect, test } from 'vitest';
import { faults } from '../faults/index.ts';
import { invariants } from '../invariants/index.ts';
import type { Testimony } from '../run/agreement.ts';
import type { RunResult } from '../run/result.ts';
import { path } from '../run/test-books.ts';
import { workloads } from '../workloads/index.ts';
import { worlds } from '../worlds/index.ts';
import { sampleResult } from './test-result.ts';
import { untestedIn } from './untested.ts';

/** The names under `what`, or nothing where the run has no such gap. */
const namesOf = (result: RunResult, what: string) => untestedIn(result).find((gap) => gap.what === what)?.names;

/** The sample with one testimony changed. */
const withTestimony = (result: RunResult, id: string, change: (testimony: Testimony) => Testimony): RunResult => ({
  ...result,
  testimonies: result.testimonies.map((testimony) =>
    testimony.audit.invariant.id === id ? change(testimony) : testimony,
  ),
});

const finding = (found: Testimony['audit']['finding']) => (testimony: Testimony) => ({
  ...testimony,
  audit: { ...testimony.audit, finding: found },
});

const agreement = (agreed: Testimony['agreement']) => (testimony: Testimony) => ({
  ...testimony,
  agreement: agreed,
});

describe('promises', () => {
  const sample = sampleResult(1);
  const unknown = 'promises of which the books say nothing';
  const unstrained = 'promises not strained by this scenario';

  test('of which the books say nothing are told apart from those that the scenario does not strain', () => {
    const blank = withTestimony(sample, 'granted-once', finding('unknown'));
    expect(namesOf(blank, unknown)).toContain('granted-once');
    expect(namesOf(blank, unstrained)).not.toContain('granted-once');
    expect(namesOf(sample, unstrained)).toContain('granted-once');
    expect(namesOf(sample, unknown) ?? []).not.toContain('granted-once');
  });

  test('that the scenario makes are tested, also where they are violated', () => {
    for (const result of [sample, sampleResult(2)])
      for (const what of [unknown, unstrained]) expect(namesOf(result, what) ?? []).not.toContain('no-double-credit');
  });

  test.each([
    ['unwatched', 'promises that nothing watches'],
    ['blind', 'promises whose alert or panel could not see'],
  ] as const)('whose dashboards are %s are named, and only those', (agreed, what) => {
    const before = namesOf(sample, what) ?? [];
    expect(before).not.toContain('no-lost-credit');
    const after = namesOf(withTestimony(sample, 'no-lost-credit', agreement(agreed)), what) ?? [];
    expect(after.toSorted()).toEqual([...before, 'no-lost-credit'].sort());
  });

  test('whose breach stayed are named until the alarm was seen to end', () => {
    const what = 'breaches that were not mended, so that their alarm did not end';
    expect(namesOf(sample, what)).toBeUndefined();
    expect(namesOf(sampleResult(2), what)).toContain('no-double-credit');
    const mended = withTestimony(sampleResult(2), 'no-double-credit', (seen) => ({ ...seen, clearMs: 120 }));
    expect(namesOf(mended, what) ?? []).not.toContain('no-double-credit');
  });
});

describe('the plan', () => {
  const sample = sampleResult(1);

  test('leaves out every fault, workload and world but its own', () => {
    const others = faults.map(({ id }) => id).filter((id) => id !== 'redeliver-webhook');
    expect(namesOf(sample, 'faults not planned')).toEqual(others);
    const undriven = workloads.map(({ id }) => id).filter((id) => id !== 'top-ups');
    expect(namesOf(sample, 'workloads not driven')).toEqual(undriven);
    expect(namesOf(sample, 'worlds not run') ?? []).toEqual(
      worlds.map(({ id }) => id).filter((id) => id !== 'embedded'),
    );
  });

  test('that was not fulfilled is told', () => {
    const what = 'things asked for that fell short';
    expect(namesOf(sample, what)).toBeUndefined();
    const evidence = [...sample.evidence, { what: 'races that overlapped', count: 1, least: 2 }];
    expect(namesOf({ ...sample, evidence }, what)).toEqual(['races that overlapped']);
  });
});

describe('what was reached', () => {
  const sample = sampleResult(1);

  test('operations of the providers that nobody called are named', () => {
    const what = 'provider operations never called';
    const alipay = { id: 'alipay', operations: ['alipay.trade.precreate', 'alipay.trade.close'] };
    const { plan } = sample;
    const planned = { ...plan, scenario: { ...plan.scenario, providers: [alipay] } } as unknown as RunResult['plan'];
    expect(namesOf({ ...sample, plan: planned }, what)).toEqual(['alipay.trade.close']);
  });

  test('states that no order reached are named, in any history', () => {
    const transitions = path('CREATED', 'PAYMENT_INITIATED', 'FAILED');
    const names = namesOf({ ...sample, books: { ...sample.books, transitions } }, 'order states that no order reached');
    expect(names).toContain('PAYMENT_PENDING');
    for (const reached of ['CREATED', 'PAYMENT_INITIATED', 'FAILED']) expect(names).not.toContain(reached);
  });

  test('panels that showed nothing are told apart from those that did not move; a promise goes by its id', () => {
    expect(namesOf(sample, 'panels that showed no data')).toEqual(['Unseen']);
    expect(namesOf(sample, 'panels that did not move')).toEqual(['no-double-credit', 'Stuck']);
    expect(namesOf(sampleResult(2), 'panels that did not move')).toEqual(['Stuck']);
  });
});

test('no gap is without names', () => {
  for (const credits of [1, 2] as const) {
    const gaps = untestedIn(sampleResult(credits));
    expect(gaps.filter(({ names }) => names.length === 0)).toEqual([]);
    expect(gaps.flatMap(({ names }) => names).length).toBeGreaterThan(invariants.length);
  }
});
