import { expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { noLostCredit } from '../invariants/no-lost-credit.ts';
import { auditOf } from './audit.ts';
import { type Mending, mendBreaches } from './mend.ts';
import { books } from './test-books.ts';

const broken = books({ credits: [] });
const audits = [noDoubleCredit, noLostCredit].map((invariant) => auditOf(invariant, broken));

/** Every wait is over at once. */
const hastyClock = (): Clock => {
  let nowMs = 0;
  const after = (delayMs: number, run: () => void) => {
    nowMs += delayMs;
    queueMicrotask(run);
    return () => {};
  };
  return { scale: 1, nowMs: () => nowMs, after };
};

/** Mends by `remedies`; the alert fires for `firingLooks` more looks, and the books are `after` from then on. */
const mend = async (remedies: Record<string, string>, after = books(), firingLooks = 3) => {
  const ran: string[] = [];
  let looks = 0;
  const mending: Mending = {
    world: {
      asSuperuser: async (sql) => {
        ran.push(sql);
        return [];
      },
    },
    signals: { isFiring: (alert) => alert === 'NoLostCredit' && looks++ < firingLooks },
    remedies,
    readBooks: async () => after,
    clock: hastyClock(),
    lookEveryMs: 10,
    atMostMs: 1_000,
  };
  return { mended: await mendBreaches(audits, mending), ran, looks };
};

test('what is violated, told and curable is mended, and its alert is waited for', async () => {
  const { mended, ran, looks } = await mend({ 'no-lost-credit': 'hold it', 'no-double-credit': 'reverse it' });
  expect(ran).toEqual(['hold it']);
  expect([...mended]).toEqual([['no-lost-credit', 0]]);
  expect(looks).toBe(4);
});

test.each([
  ['there is no remedy', {}, 3],
  ['nobody told of it', { 'no-lost-credit': 'hold it' }, 0],
])('nothing is touched when %s', async (_when, remedies, firingLooks) => {
  const { mended, ran } = await mend(remedies, books(), firingLooks);
  expect([ran, mended.size]).toEqual([[], 0]);
});

test('a remedy that leaves the breach in the books has mended nothing', async () => {
  const { mended, ran } = await mend({ 'no-lost-credit': 'do nothing' }, broken);
  expect([ran.length, mended.size]).toEqual([1, 0]);
});

test('an alert that never ends is given up', async () => {
  const { mended } = await mend({ 'no-lost-credit': 'hold it' }, books(), Number.POSITIVE_INFINITY);
  expect([...mended.keys()]).toEqual(['no-lost-credit']);
});

test('a remedy that the database refuses is a mistake of the target, named', async () => {
  const world = { asSuperuser: () => Promise.reject(new Error('syntax error at "hodl"')) };
  const mending = { remedies: { 'no-lost-credit': 'hodl' }, readBooks: async () => broken, clock: hastyClock() };
  const run = mendBreaches(audits, {
    ...mending,
    world,
    signals: { isFiring: () => true },
    lookEveryMs: 1,
    atMostMs: 1,
  });
  await expect(run).rejects.toMatchObject({
    code: 'target-failed',
    message: expect.stringContaining(`database.remedies['no-lost-credit']`),
  });
});
