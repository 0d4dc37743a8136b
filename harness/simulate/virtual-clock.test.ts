import { expect, test } from 'vitest';
import { sleep } from '../clock.ts';
import { randomFrom } from '../seed.ts';
import { uniformly } from './choices.ts';
import { openJournal } from './journal.ts';
import { quiescence, runSteps } from './steps.ts';
import { virtualClock } from './virtual-clock.ts';

const startMs = Date.UTC(2031, 0, 1);

test('a day of retries passes at once, in the order of their times and then of their making', async () => {
  const clock = virtualClock(startMs);
  const seen: string[] = [];
  const noting = async (name: string, delayMs: number): Promise<void> => {
    await sleep(clock, delayMs);
    seen.push(`${name} +${clock.nowMs() - startMs}`);
  };
  const goal = Promise.all([noting('day', 86_400_000), noting('soon', 5), noting('also soon', 5), noting('now', -3)]);
  const journal = openJournal();
  await runSteps({ sources: [clock.due], lastResort: clock, chooser: uniformly(randomFrom(1)), journal }, goal);
  expect(seen).toEqual(['now +0', 'soon +5', 'also soon +5', 'day +86400000']);
  expect(journal.lines.at(-1)).toBe('clock goes to +86400000 ms');
});

test('an onlooker sees every moment as it passes, is waited for, and is no step', async () => {
  let isSeen = true;
  const clock = virtualClock(startMs, async () => {
    await quiescence();
    await quiescence();
    isSeen = true;
  });
  const seen: string[] = [];
  const look = (): void => {
    seen.push(`${isSeen} look +${clock.onlookers.nowMs() - startMs}`);
    isSeen = false;
    clock.onlookers.after(10, look);
  };
  clock.onlookers.after(10, look);
  clock.onlookers.after(15, () => seen.push('never'))();
  const journal = openJournal();
  const goal = sleep(clock, 25).then(() => seen.push(`${isSeen} timer +${clock.nowMs() - startMs}`));
  await runSteps({ sources: [clock.due], lastResort: clock, chooser: uniformly(randomFrom(1)), journal }, goal);
  expect(seen).toEqual(['true look +10', 'true look +20', 'true timer +25']);
  expect(journal.lines).toEqual(['clock goes to +25 ms']);
});

test('a cancelled timer is no step', () => {
  const clock = virtualClock(startMs);
  clock.after(1, () => undefined)();
  expect(clock.steps()).toEqual([]);
});

test('time passes of itself only when nothing else can happen; as a source it is a choice among others', async () => {
  const stepOf = (label: string, taken: string[]) => ({
    steps: () => (taken.includes(label) ? [] : [{ label, take: async () => void taken.push(label) }]),
  });
  const orders = new Set<string>();
  for (const asChoice of [false, true]) {
    for (let seed = 1; seed <= 10; seed += 1) {
      const clock = virtualClock(startMs);
      const taken: string[] = [];
      const other = stepOf('statement', taken);
      const goal = sleep(clock, 9).then(() => taken.push('timer'));
      const world = asChoice ? { sources: [other, clock] } : { sources: [other], lastResort: clock };
      await runSteps({ ...world, chooser: uniformly(randomFrom(seed)), journal: openJournal() }, goal);
      orders.add(`${asChoice}: ${taken[0]} first`);
    }
  }
  expect([...orders].sort()).toEqual(['false: statement first', 'true: statement first', 'true: timer first']);
});
