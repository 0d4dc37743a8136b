import { expect, test } from 'vitest';
import { scaledClock, sleep, steppedClock } from './clock.ts';

test('a stepped clock runs what is due, in the order of the due times, each at its own time', () => {
  const clock = steppedClock(1_000);
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name}@${clock.nowMs()}`);
  clock.after(30, note('c'));
  clock.after(10, () => {
    note('a')();
    clock.after(10, note('b'));
  });
  clock.after(10, note('a2'));
  clock.after(40, note('late'));
  const cancel = clock.after(20, note('cancelled'));
  cancel();
  clock.advance(30);
  expect(seen).toEqual(['a@1010', 'a2@1010', 'b@1020', 'c@1030']);
  expect(clock.nowMs()).toBe(1_030);
  expect(() => clock.advance(-1)).toThrow('moves forward only');
});

test('a scaled clock is faster than its base by its scale', async () => {
  const base = steppedClock(5_000);
  const fast = scaledClock(600, base);
  let rung = false;
  const slept = sleep(fast, 60_000).then(() => {
    rung = true;
  });
  base.advance(99);
  await Promise.resolve();
  expect({ rung, nowMs: fast.nowMs(), scale: fast.scale }).toEqual({
    rung: false,
    nowMs: 5_000 + 99 * 600,
    scale: 600,
  });
  base.advance(1);
  await slept;
  expect(rung).toBe(true);
});
