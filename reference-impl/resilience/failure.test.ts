import { expect, test } from 'vitest';
import { fullJitterMs } from './backoff.ts';
import { withRetryAfter } from './failure.ts';

const nowMs = Date.UTC(2026, 0, 1, 12);
const strained = { isStrain: true } as { readonly isStrain?: boolean; readonly waitMs?: number };

test.each([
  { header: '7', waitMs: 7_000 },
  { header: ' 0 ', waitMs: 0 },
  { header: '86400', waitMs: 60_000 },
  { header: 'Thu, 01 Jan 2026 12:00:30 GMT', waitMs: 30_000 },
  { header: 'Thu, 01 Jan 2026 11:59:00 GMT', waitMs: 0 },
  { header: 'Fri, 02 Jan 2026 12:00:00 GMT', waitMs: 60_000 },
  { header: 'soon', waitMs: undefined },
  { header: '-1', waitMs: 0 },
  { header: '', waitMs: undefined },
  { header: null, waitMs: undefined },
])('Retry-After "$header" asks for $waitMs ms, and for a minute at most', ({ header, waitMs }) => {
  expect(withRetryAfter(strained, { get: () => header }, nowMs, 60_000).waitMs).toBe(waitMs);
});

test('an answer that tells of no strain is not waited for', () => {
  expect(withRetryAfter({ isStrain: false }, { get: () => '7' }, nowMs, 60_000)).toEqual({ isStrain: false });
});

test.each([
  { failures: 0, boundMs: 100 },
  { failures: 1, boundMs: 100 },
  { failures: 2, boundMs: 200 },
  { failures: 5, boundMs: 1_600 },
  { failures: 6, boundMs: 2_000 },
  { failures: 5_000, boundMs: 2_000 },
])('after $failures failures a wait is anything from 0 to $boundMs ms', ({ failures, boundMs }) => {
  const waits = [0, 0.25, 0.5, 1].map((unit) => fullJitterMs({ firstMs: 100, maxMs: 2_000 }, failures, unit));
  expect(waits).toEqual([0, boundMs / 4, boundMs / 2, boundMs]);
});
