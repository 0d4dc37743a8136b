import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { timesFor } from '../config.ts';
import { countersFor } from '../telemetry/counters.ts';
import { gaugesIn } from '../telemetry/gauges.ts';
import { testPorts } from '../test-world.ts';
import type { Failure } from './failure.ts';
import { openGuard } from './guard.ts';
import { policyOf } from './policy.ts';

const times = timesFor(1);
const cloudPolicy = policyOf('alibaba-cloud');
const fine = { kind: 'answer' } as const;
const failed: Failure = { kind: 'unknown', reason: 'connection reset', isStrain: true };
type Answer = { readonly kind: 'answer'; readonly isStrain?: false; readonly waitMs?: never } | Failure;

/** A guard on a clock that stands; its provider answers as told, and `unit` is 0, so open times are the longest. */
const guarded = (policy = cloudPolicy) => {
  let nowMs = 0;
  let sent = 0;
  const registry = new Registry();
  const { log, ids } = testPorts({} as never, () => expect.unreachable());
  const guard = openGuard(policy, times, {
    clock: { nowMs: () => nowMs },
    ids: { ...ids, unit: () => 0 },
    log,
    count: countersFor('provisioning', registry),
    show: gaugesIn(registry),
  });
  const call = (answer: Answer | Promise<Answer>, isRetry = false) =>
    guard.call<Answer>(isRetry, async () => {
      sent += 1;
      return answer;
    });
  return {
    call,
    pass: (byMs: number) => {
      nowMs += byMs;
    },
    sent: () => sent,
    /** Strained answers until the breaker is open. */
    trip: async () => {
      for (let nth = 0; nth < policy.strainsInRow; nth += 1) await call(failed);
    },
    metric: async (series: string) => {
      const line = (await registry.metrics()).split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return Number(line?.split(' ')[1]);
    },
  };
};

const by = (turnedAway: 'breaker' | 'budget') => expect.objectContaining({ kind: 'retry', turnedAway });

describe('the breaker', () => {
  test('opens after five strained answers in a row, and then nothing is sent', async () => {
    const { call, sent, trip } = guarded();
    for (let nth = 0; nth < 4; nth += 1) await call(failed);
    await call(fine);
    await trip();
    expect(sent()).toBe(10);
    expect(await call(fine)).toMatchObject({ turnedAway: 'breaker', waitMs: 30_000 });
    expect(sent()).toBe(10);
  });

  test('stays closed under answers that only refuse', async () => {
    const { call, sent } = guarded();
    for (let nth = 0; nth < 20; nth += 1) await call({ kind: 'refused', reason: 'no' });
    expect(sent()).toBe(20);
  });

  test('lets one probe through after its time, turns the others away meanwhile, and closes on its answer', async () => {
    const { call, pass, sent, trip } = guarded();
    await trip();
    pass(29_999);
    expect(await call(fine)).toEqual(by('breaker'));
    pass(1);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const probe = call(promise);
    expect(await call(fine)).toEqual(by('breaker'));
    resolve(fine);
    expect(await probe).toEqual(fine);
    expect(await call(fine)).toEqual(fine);
    expect(sent()).toBe(7);
  });

  test('stays open twice as long after each probe that fails, up to its longest time', async () => {
    const { call, pass, trip } = guarded();
    await trip();
    const waits: number[] = [];
    for (let nth = 0; nth < 7; nth += 1) {
      const { waitMs = 0 } = (await call(fine)) as Failure;
      waits.push(waitMs);
      pass(waitMs);
      await call(failed);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  test('is not moved by news of calls that were sent before it opened', async () => {
    const { call, trip } = guarded();
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const late = call(promise);
    await trip();
    resolve(fine);
    await late;
    expect(await call(fine)).toEqual(by('breaker'));
  });

  test('opens at once, and for as long, when the provider asks to be left alone', async () => {
    const { call, pass, sent } = guarded();
    await call({ ...failed, waitMs: 100_000 });
    pass(99_999);
    expect(await call(fine)).toEqual(by('breaker'));
    pass(1);
    expect(await call(fine)).toEqual(fine);
    expect(sent()).toBe(2);
  });

  test('shows its state and its moves', async () => {
    const { call, pass, trip, metric } = guarded();
    const state = 'topup_circuit_breaker_state{dependency="alibaba-cloud"}';
    const opened = 'topup_circuit_breaker_transitions_total{dependency="alibaba-cloud",to="open"}';
    expect([await metric(state), await metric(opened)]).toEqual([0, 0]);
    await trip();
    expect([await metric(state), await metric(opened)]).toEqual([2, 1]);
    pass(30_000);
    await call(fine);
    expect([await metric(state), await metric(opened)]).toEqual([0, 1]);
  });
});

describe('the budget of retries', () => {
  const tolerant = { ...cloudPolicy, strainsInRow: 1_000_000 };

  test('holds a burst, and then nothing more is sent', async () => {
    const { call, sent, metric } = guarded(tolerant);
    for (let nth = 0; nth < 25; nth += 1) await call(failed, true);
    expect(sent()).toBe(20);
    expect(await call(failed, true)).toEqual(by('budget'));
    expect(await metric('topup_retries_total{dependency="alibaba-cloud"}')).toBe(20);
    expect(await metric('topup_calls_turned_away_total{dependency="alibaba-cloud",by="budget"}')).toBe(6);
    expect(await metric('topup_retry_budget_left{dependency="alibaba-cloud"}')).toBe(0);
  });

  test('is a tenth of the other calls from then on', async () => {
    const { call, sent } = guarded(tolerant);
    for (let nth = 0; nth < 1_000; nth += 1) {
      await call(failed);
      await call(failed, true);
    }
    expect(sent() - 1_000).toBeGreaterThanOrEqual(119);
    expect(sent() - 1_000).toBeLessThanOrEqual(120);
  });

  test('grows by one every five seconds where nothing else is called, and never above its burst', async () => {
    const { call, pass, sent } = guarded(tolerant);
    for (let nth = 0; nth < 20; nth += 1) await call(failed, true);
    pass(5_000);
    expect(await call(fine, true)).toEqual(fine);
    expect(await call(fine, true)).toEqual(by('budget'));
    pass(24 * 3_600_000);
    for (let nth = 0; nth < 50; nth += 1) await call(failed, true);
    expect(sent()).toBe(41);
  });

  test('is not touched by a retry that the breaker turns away', async () => {
    const { call, trip, metric } = guarded();
    await trip();
    await call(fine, true);
    expect(await metric('topup_retry_budget_left{dependency="alibaba-cloud"}')).toBe(20);
  });
});
