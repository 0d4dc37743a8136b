import { expect, test } from 'vitest';
import { endOf } from './exit-codes.ts';

test.each([
  [0, 'passed'],
  [99, 'failed'],
  [110, 'failed'],
  [105, 'unfinished'],
  [104, 'unusable'],
  [107, 'unusable'],
  [108, 'unusable'],
  [255, 'unusable'],
  [77, 'unfinished'],
] as const)('exit code %i is %s', (code, end) => {
  expect(endOf({ code, signal: null }).end).toBe(end);
});

test('who was ended by a signal has not finished, and the signal is named', () => {
  expect(endOf({ code: null, signal: 'SIGKILL' })).toEqual({ end: 'unfinished', meaning: 'it was ended by SIGKILL' });
});
