import { expect, test } from 'vitest';
import type { BookedEntry } from '../books.ts';
import { nextTurn, steppedClock } from '../clock.ts';
import { watchLedger } from './ledger-watch.ts';
import { emptyBooks } from './test-books.ts';

const everyMs = 100;
const readMs = 20;

const row = (digest: string, isRewritten = false): BookedEntry => ({ entryId: 'e1', digest, isRewritten });

/** What the watch knows after it saw these entries, one look after the other; undefined = a look that fails. */
const watched = async (...looks: readonly (readonly BookedEntry[] | undefined)[]) => {
  const clock = steppedClock(0);
  let looked = 0;
  const readLedger = async () => {
    const entries = looks[looked];
    looked += 1;
    clock.advance(readMs);
    if (entries === undefined) throw new Error('no connection');
    return { ...emptyBooks, entries };
  };
  const watch = watchLedger({ readLedger }, clock, everyMs);
  while (looked < looks.length) {
    await new Promise<void>((resolve) => nextTurn(resolve));
    clock.advance(everyMs);
  }
  return watch.stop();
};

test('a row is dated by the start of the latest look at which it was as at first', async () => {
  expect(await watched([], [row('d1')], undefined, [row('d1')], [row('d2')])).toEqual([
    { ...row('d1'), intactMs: 3 * (everyMs + readMs) },
  ]);
});

test('a row that vanished is kept as it was', async () => {
  expect(await watched([row('d1')], [])).toEqual([{ ...row('d1'), intactMs: 0 }]);
});

test('a row that was rewritten before the first look has no date', async () => {
  expect(await watched([row('d1', true)], [row('d1', true)])).toEqual([row('d1', true)]);
});

test('a row that looks right again is not dated by that', async () => {
  expect(await watched([row('d1')], [row('d2')], [row('d1')])).toEqual([{ ...row('d1'), intactMs: 0 }]);
});

test('a ledger that takes long to read is read less often', async () => {
  const clock = steppedClock(0);
  const looksMs: number[] = [];
  const readLedger = async () => {
    looksMs.push(clock.nowMs());
    clock.advance(everyMs);
    return emptyBooks;
  };
  const watch = watchLedger({ readLedger }, clock, everyMs);
  for (let steps = 0; steps < 12; steps += 1) {
    await new Promise<void>((resolve) => nextTurn(resolve));
    clock.advance(everyMs);
  }
  await watch.stop();
  expect(looksMs.slice(0, 3)).toEqual([0, 5 * everyMs, 10 * everyMs]);
});
