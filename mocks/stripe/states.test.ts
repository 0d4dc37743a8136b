import { expect, test } from 'vitest';
import { openIds } from './states.ts';

test('ids are 24 letters and digits: the moment of the first one, the same when restored, and a number', () => {
  let nowMs = 1_790_000_000_000;
  const now = () => nowMs;
  const makeId = openIds(now);
  nowMs += 5;
  const first = makeId('pi_');
  expect(first).toMatch(/^pi_3[0-9a-f]{14}000000001$/);
  expect(openIds(now)('pi_')).toBe(first);
  nowMs += 5;
  expect(makeId('evt_')).toBe(`evt_${first.slice(3, -1)}2`);
  expect(openIds(now)('pi_')).not.toBe(first);
});
