import { expect, test } from 'vitest';
import { steppedClock } from '../../clock.ts';
import { randomFrom } from '../../seed.ts';
import { turn } from '../test-link.ts';
import { delayLine } from './delay-line.ts';
import type { Outlet } from './toxic.ts';

/** A line whose output is collected as text; `|` stands for the end. */
const startLine = () => {
  const clock = steppedClock(0);
  const out: string[] = [];
  const outlet: Outlet = {
    attributes: {},
    direction: 'upstream',
    clock,
    random: randomFrom('test'),
    pass: (chunk) => out.push(chunk.toString()),
    passEnd: () => out.push('|'),
    close: () => {},
    reset: () => {},
    alarm: (delayMs, run) => clock.after(delayMs - 0.5, run), // timers of the real world fire early as well
    touch: () => {},
  };
  return { clock, out, line: delayLine(outlet, 3) };
};

test('what is due together leaves one per turn, each in a write of its own', async () => {
  const { out, line } = startLine();
  for (const text of ['a', 'b', 'c']) line.put(Buffer.from(text), () => 0);
  line.end();
  expect(out).toEqual(['a']);
  await turn();
  expect(out).toEqual(['a', 'b']);
  await turn();
  await turn();
  expect(out).toEqual(['a', 'b', 'c', '|']);
});

test('nothing overtakes, and nothing leaves a fraction of a millisecond early', async () => {
  const { clock, out, line } = startLine();
  line.put(Buffer.from('late'), () => 11);
  line.put(Buffer.from('early'), () => 1);
  line.end();
  clock.advance(10.5);
  expect(out).toEqual([]);
  clock.advance(0.5);
  await turn();
  await turn();
  expect(out).toEqual(['late', 'early', '|']);
});

test('is full at its capacity, and empty after it let go', () => {
  const { out, line } = startLine();
  line.put(Buffer.from('ab'), () => 10);
  expect(line.full()).toBe(false);
  line.put(Buffer.from('c'), () => 10);
  expect(line.full()).toBe(true);
  line.remove();
  expect(out).toEqual(['ab', 'c']);
  expect(line.full()).toBe(false);
});

test('a hurried one leaves at once, and only that one', async () => {
  const { clock, out, line } = startLine();
  line.put(Buffer.from('a'), () => 10);
  line.put(Buffer.from('b'), () => 20);
  line.endAt(30);
  line.hurry();
  await turn();
  expect(out).toEqual(['a']);
  clock.advance(20);
  await turn();
  expect(out).toEqual(['a', 'b']);
  clock.advance(10);
  expect(out).toEqual(['a', 'b', '|']);
});
