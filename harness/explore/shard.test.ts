import { describe, expect, test } from 'vitest';
import { merged, type SearchDocument, searchDocument } from './search-document.ts';
import { parseShard, partOf, shardText, splitInto, whole } from './shard.ts';
import { emptyTally } from './tally.ts';

test('parts of a part are together that part, whatever they are split into', () => {
  const seedsOf = ({ index, count }: { index: number; count: number }): readonly number[] =>
    Array.from({ length: 60 }, (_, nth) => nth).filter((nth) => nth % count === index - 1);
  for (const shard of [whole, parseShard('2/3')]) {
    const parts = splitInto(shard, 4).flatMap(seedsOf);
    expect(splitInto(shard, 4).flatMap((one) => partOf([...Array(60).keys()], one))).toEqual(parts);
    expect(parts.toSorted((a, b) => a - b)).toEqual(seedsOf(shard));
  }
});

test.each(['', '0/2', '3/2', '1', '1/2/3', 'a/b', '-1/2'])('"%s" is no part', (text) => {
  expect(() => parseShard(text)).toThrow(expect.objectContaining({ code: 'bad-shard' }));
});

describe('merging', () => {
  const searched = {
    version: 1,
    target: 'system',
    scenario: 'race',
    variant: null,
    settings: [],
    firstSeed: 1,
    expected: ['kept'],
    meaningless: [],
    watched: null,
    lie: null,
    exhaustive: null,
  } as const;
  const part = (shard: string, digests: readonly string[], facts: number, other: object = {}): SearchDocument => {
    const tally = { ...emptyTally(), worlds: 2, digests: new Set(digests), exercised: new Map([['kept', facts]]) };
    return searchDocument(
      { ...searched, ...other },
      { shard: parseShard(shard), tally, found: null, tookMs: shard === '1/2' ? 1_000 : 2_000 },
    );
  };

  test('counts worlds of all parts, equal ones once, over the time of the slowest', () => {
    const document = merged([part('1/2', ['a', 'b'], 0), part('2/2', ['b', 'c'], 3)]);
    expect(document).toMatchObject({ worlds: 4, different: 3, tookMs: 2_000, worldsPerMinute: 120, shard: '1/1' });
    expect(document.finding).toBe('holds');
  });

  test('puts the pairs of an exhaustive search in their order, and holds once all of them are done', () => {
    const asked = { exhaustive: { orders: 1, isEvery: false } };
    const pair = (nth: number, isExhausted: boolean) => {
      return { nth, requests: [`a${nth}`, 'b'] as const, interleavings: 2, isExhausted };
    };
    const mergedOf = (isLastDone: boolean) => {
      const first = { ...part('1/2', ['a'], 1, asked), pairs: [pair(0, true), pair(2, isLastDone)] };
      return merged([{ ...part('2/2', ['b'], 1, asked), pairs: [pair(1, true)] }, first]);
    };
    expect(mergedOf(true).pairs?.map(({ nth }) => nth)).toEqual([0, 1, 2]);
    expect([mergedOf(true).finding, mergedOf(false).finding]).toEqual(['holds', 'unknown']);
    expect(merged([part('1/2', [], 1), part('2/2', [], 1)]).pairs).toBeNull();
  });

  test('is unknown while nothing could have broken a promise in any part', () => {
    expect(merged([part('1/2', ['a'], 0), part('2/2', ['b'], 0)]).finding).toBe('unknown');
  });

  test.each([
    ['no part', []],
    ['one of two parts', [part('1/2', [], 1)]],
    ['one part twice', [part('1/2', [], 1), part('1/2', [], 1)]],
    ['parts of different searches', [part('1/2', [], 1), part('2/2', [], 1, { firstSeed: 7 })]],
    ['parts of searches in different ways', [part('1/2', [], 1), part('2/2', [], 1, { exhaustive: {} })]],
  ])('refuses %s', (_what, documents) => {
    expect(() => merged(documents)).toThrow(expect.objectContaining({ code: 'shards-differ' }));
  });

  test('a part is named as it was given', () => expect(shardText(parseShard('2/3'))).toBe('2/3'));
});
