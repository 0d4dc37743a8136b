import { expect, test } from 'vitest';
import { type Clock, steppedClock } from '../clock.ts';
import { every } from './every.ts';

/** The due times of the ticks within 1000 ms when each timer fires `byMs` off its time. */
const ticks = (byMs: number): readonly number[] => {
  const stepped = steppedClock(5_000);
  const clock: Clock = { ...stepped, after: (delayMs, run) => stepped.after(delayMs + byMs, run) };
  const due: number[] = [];
  const stop = every(clock, 200, (dueMs) => due.push(dueMs));
  stepped.advance(1_000);
  stop();
  stepped.advance(1_000);
  return due.map((dueMs) => dueMs - 5_000);
};

test.each([
  { byMs: 0, due: [0, 200, 400, 600, 800, 1_000] },
  { byMs: -1, due: [0, 200, 400, 600, 800, 1_000] },
  { byMs: 30, due: [0, 200, 400, 600, 800] },
  { byMs: 250, due: [0, 200, 600] },
])('timers that fire $byMs ms off give the ticks $due', ({ byMs, due }) => expect(ticks(byMs)).toEqual(due));

test('the first tick may be later than now', () => {
  const clock = steppedClock(5_000);
  const due: number[] = [];
  const stop = every(clock, 200, (dueMs) => due.push(dueMs), 150);
  clock.advance(600);
  stop();
  clock.advance(600);
  expect(due).toEqual([5_150, 5_350, 5_550]);
});

test('an interval has to be positive', () => {
  expect(() => every(steppedClock(0), 0, () => {})).toThrow(RangeError);
});
