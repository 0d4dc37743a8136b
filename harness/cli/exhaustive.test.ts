/** Every interleaving of two requests of the reference service. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { searchExhaustively } from '../explore/exhaustive.ts';
import type { SearchDocument } from '../explore/search-document.ts';
import { whole } from '../explore/shard.ts';
import { topple } from './test-cli.ts';
import { explored, subjectOf } from './test-exploring.ts';

/** Looks at so many worlds, however long they take; a pair has as many as it needs. */
const worlds = (countMax: number) => {
  let count = 0;
  return { seed: 1, shard: whole, orders: 1, isEvery: false, leftMs: () => countMax - count, told: () => (count += 1) };
};

test('two clicks on one order have 42 interleavings, and none of them breaks a promise', async () => {
  const { pairs, found, tally } = await explored(subjectOf('confirm-race'), (exploration) =>
    searchExhaustively(exploration, worlds(150)),
  );
  expect(found).toBeUndefined();
  const [clicks, click] = pairs;
  expect(clicks?.requests.map((name) => name.replace(/ord_\w+/, 'ID'))).toEqual([
    'POST /v1/orders/ID/confirm #1',
    'POST /v1/orders/ID/confirm #2',
  ]);
  expect(clicks).toMatchObject({ interleavings: 42, isExhausted: true });
  expect(click).toMatchObject({ isExhausted: false });
  expect(tally.digests.size).toBe(tally.worlds);
}, 300_000);

test('finds what needs one interleaving of two clicks, which repeats to the byte', async () => {
  const { found } = await explored(subjectOf('confirm-race', 'state-without-compare-and-swap'), (exploration) =>
    searchExhaustively(exploration, worlds(40)),
  );
  expect(found?.world.fingerprint).toEqual(['legal-transitions']);
  expect(found?.differs).toBeUndefined();
}, 120_000);

test('two wallets’ worth of orders meet where they are under way together', async () => {
  const { pairs } = await explored(subjectOf('concurrent-top-ups'), (exploration) =>
    searchExhaustively(exploration, { ...worlds(6), orders: 2 }),
  );
  const kinds = pairs.map(({ requests }) => requests.map((name) => name.split(' ', 1)[0]).join(' '));
  expect(new Set(kinds)).toEqual(new Set(['POST POST', 'webhook webhook']));
}, 120_000);

test('the command line says how far it got, and what it left out', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'exhaustive-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const early = await topple(cwd, 'explore', 'confirm-race', '--exhaustive', '--budget', '1s');
  expect([early.code, early.stdout]).toEqual([
    3,
    expect.stringMatching(/not all, of POST\s.*not varied harm.*a longer --budget gets\s+further.*UNKNOWN/s),
  ]);
  for (const line of early.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const defect = ['--defect', 'state-without-compare-and-swap', '--shrink', '1s', '--json'];
  const broken = await topple(cwd, 'explore', 'confirm-race', '--exhaustive', '--workers', '2', ...defect);
  const { pairs, violations, found } = JSON.parse(broken.stdout) as SearchDocument;
  expect([broken.code, violations, found?.differs]).toEqual([1, ['legal-transitions'], null]);
  expect(pairs?.map(({ nth }) => nth)).toEqual([...(pairs ?? []).keys()]);
  expect(pairs?.[0]).toMatchObject({ isExhausted: false });
  expect((await topple(cwd, 'replay', found?.kept ?? '', '--repeat', '1')).code).toBe(1);
  for (const wrong of [['--orders', '2'], ['--every-turn'], ['--exhaustive', '--worlds', '2']]) {
    const refused = await topple(cwd, 'explore', 'confirm-race', ...wrong);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('bad-arguments')]);
  }
}, 240_000);
