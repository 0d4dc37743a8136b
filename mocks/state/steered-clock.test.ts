import { describe, expect, test } from 'vitest';
import { nextTurn, steppedClock } from '#harness/clock';
import { steeredClock } from './steered-clock.ts';

const settled = async (): Promise<void> => undefined;
const turn = () => new Promise<void>(nextTurn);

describe('a steered clock', () => {
  test('runs as its base does, and its timers at the moment at which they are due, however late it is', () => {
    const base = steppedClock(1_000);
    const clock = steeredClock(base);
    const seen: [string, number][] = [];
    clock.after(20, () => seen.push(['later', clock.nowMs()]));
    clock.after(10, () => {
      seen.push(['first', clock.nowMs()]);
      clock.after(5, () => seen.push(['between', clock.nowMs()]));
    });
    base.advance(500);
    expect(seen).toEqual([
      ['first', 1_010],
      ['between', 1_015],
      ['later', 1_020],
    ]);
  });

  test('stands still for a turn of the event loop once something came in', async () => {
    const base = steppedClock(0);
    const clock = steeredClock(base);
    clock.enter();
    base.advance(50);
    expect(clock.nowMs()).toBe(0);
    await turn();
    expect(clock.nowMs()).toBe(50);
  });

  test('steps through everything that is due, what comes up on the way included, and runs on from there', async () => {
    const base = steppedClock(0);
    const clock = steeredClock(base);
    const seenMs: number[] = [];
    const again = (): void => {
      seenMs.push(clock.nowMs());
      clock.after(40_000, again);
    };
    clock.after(30_000, again);
    const cancel = clock.after(10, () => seenMs.push(-1));
    cancel();
    await clock.step(120_000, settled);
    expect(seenMs).toEqual([30_000, 70_000, 110_000]);
    expect(clock.nowMs()).toBe(120_000);
    await turn();
    base.advance(30_000);
    expect(seenMs).toEqual([30_000, 70_000, 110_000, 150_000]);
  });

  test('waits for what a timer has begun before the next one', async () => {
    const clock = steeredClock(steppedClock(0));
    let open = 0;
    const seen: number[] = [];
    const begin = (): void => {
      open += 1;
      seen.push(open);
    };
    clock.after(1, begin);
    clock.after(2, begin);
    await clock.step(5, async () => {
      await turn();
      open = 0;
    });
    expect(seen).toEqual([1, 1]);
  });

  test('runs faster or slower from where it is', () => {
    const base = steppedClock(0);
    const clock = steeredClock(base);
    base.advance(10);
    clock.setScale(600);
    let seenMs = 0;
    clock.after(60_000, () => {
      seenMs = clock.nowMs();
    });
    base.advance(99);
    expect(seenMs).toBe(0);
    base.advance(1);
    expect(seenMs).toBe(60_010);
    expect(clock.scale).toBe(600);
  });

  test('is led through a past, and runs on: what became due meanwhile runs at once', async () => {
    const base = steppedClock(9_000);
    const clock = steeredClock(base, { standsAtMs: 1_000 });
    const seenMs: number[] = [];
    for (const afterMs of [100, 300, 5_000, 50_000]) clock.after(afterMs, () => seenMs.push(clock.nowMs()));
    base.advance(1_000);
    clock.enter();
    expect(seenMs).toEqual([]);
    expect(clock.runFirst()).toBe(true);
    clock.standAt(1_350);
    expect(seenMs).toEqual([1_100]);
    clock.runOn(base.nowMs());
    expect(seenMs).toEqual([1_100, 1_300, 6_000]);
    await turn();
    expect(clock.nowMs()).toBe(10_000);
    expect(steeredClock(base).runFirst()).toBe(false);
  });

  test('tells of each timer before it runs, at its moment', () => {
    const base = steppedClock(0);
    const seen: string[] = [];
    const clock = steeredClock(base, { beforeTimer: () => seen.push(`before ${clock.nowMs()}`) });
    clock.after(7, () => seen.push('run'));
    base.advance(50);
    expect(seen).toEqual(['before 7', 'run']);
  });
});
