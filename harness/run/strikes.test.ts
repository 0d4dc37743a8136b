import { expect, test } from 'vitest';
import { nextTurn, steppedClock } from '../clock.ts';
import { during } from '../fault.ts';
import { killProcess } from '../faults/kill-process.ts';
import { exactly } from '../range.ts';
import { openStrikes } from './strikes.ts';

const once = { sharePercent: exactly(100), times: exactly(1), afterMs: exactly(0), downMs: exactly(0) };
const fault = (process: string) => killProcess(during('webhook', process), once);

/** A world that notes blows and their end with the time, and lets a process be struck once at a time. */
const open = () => {
  const clock = steppedClock(0);
  const done: string[] = [];
  const struck = new Set<string>();
  const world = {
    strike: (process: string, how: string) => {
      if (process === 'ghost') throw new Error('no such process');
      if (struck.has(process)) return undefined;
      struck.add(process);
      done.push(`${clock.nowMs()} ${how} ${process}`);
      return {
        heal: async () => {
          done.push(`${clock.nowMs()} heal ${process}`);
          struck.delete(process);
          return true;
        },
      };
    },
  };
  const strikes = openStrikes(world, clock);
  const strike = (process: string, given: { afterMs?: number; forMs?: number; times?: number } = {}) => {
    const planned = fault(process);
    return { planned, how: 'kill' as const, process, reference: 'r1', afterMs: 0, forMs: 100, times: 9, ...given };
  };
  const pass = async (byMs: number): Promise<void> => {
    clock.advance(byMs);
    for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => nextTurn(resolve));
  };
  return { done, strikes, strike, pass };
};

test('a strike without a delay is done before `carryOut` returns, undone after its time, and recorded', async () => {
  const { done, strikes, strike, pass } = open();
  const kill = strike('worker');
  strikes.carryOut(kill);
  expect(done).toEqual(['0 kill worker']);
  await pass(99);
  expect(done).toHaveLength(1);
  await pass(1);
  expect(done).toEqual(['0 kill worker', '100 heal worker']);
  const span = { fromMs: 0, untilMs: 100 };
  expect(strikes.struckBy(kill.planned)).toEqual([{ reference: 'r1', span, isProven: true }]);
});

test('a fault strikes as often as it may, and has one strike waiting at most', async () => {
  const { done, strikes, strike, pass } = open();
  const kill = strike('worker', { times: 2, afterMs: 10, forMs: 5 });
  for (let round = 0; round < 5; round += 1) {
    strikes.carryOut(kill);
    strikes.carryOut(kill);
    await pass(10);
    await pass(10);
  }
  expect(done).toEqual(['10 kill worker', '20 heal worker', '30 kill worker', '40 heal worker']);
});

test('of two faults at one process the second waits until the first is undone', async () => {
  const { done, strikes, strike, pass } = open();
  strikes.carryOut(strike('worker', { forMs: 30 }));
  strikes.carryOut(strike('worker', { forMs: 30 }));
  expect(done).toEqual(['0 kill worker']);
  await pass(20);
  await pass(10);
  await pass(10);
  expect(done).toEqual(['0 kill worker', '30 heal worker', '40 kill worker']);
});

test('an end undoes at once what is struck, and what waits is never carried out', async () => {
  const { done, strikes, strike, pass } = open();
  strikes.carryOut(strike('worker', { forMs: 60_000 }));
  strikes.carryOut(strike('api', { afterMs: 10 }));
  await strikes.stop();
  expect(done).toEqual(['0 kill worker', '0 heal worker']);
  strikes.carryOut(strike('api'));
  await pass(60_000);
  expect(done).toHaveLength(2);
});

test('a process that does not exist disturbs nobody but the end', async () => {
  const { strikes, strike } = open();
  strikes.carryOut(strike('ghost'));
  await expect(strikes.stop()).rejects.toThrow('no such process');
});
