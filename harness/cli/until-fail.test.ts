import { expect, test } from 'vitest';
import type { Finding } from '../run/audit.ts';
import { untilFail } from './until-fail.ts';

const search = async (findings: readonly Finding[], triesMax = Number.POSITIVE_INFINITY) => {
  const tried: number[] = [];
  const told: string[] = [];
  const run = async (seed: number): Promise<Finding> => {
    tried.push(seed);
    return findings[tried.length - 1] ?? 'holds';
  };
  const found = await untilFail(run, 7, triesMax, (seed, held) => told.push(`${seed} ${held}`));
  return { found, tried, told };
};

test.each(['violated', 'unknown'] as const)('ends at the first seed that is %s', async (finding) => {
  const { found, tried, told } = await search(['holds', 'holds', finding, 'violated']);
  expect(found).toEqual({ held: 2, failed: { seed: 9, finding } });
  expect([tried, told]).toEqual([
    [7, 8, 9],
    ['7 1', '8 2'],
  ]);
});

test('ends at its maximum when everything holds', async () => {
  const { found, tried } = await search([], 3);
  expect([found, tried]).toEqual([{ held: 3 }, [7, 8, 9]]);
});

test('a run that cannot be made ends it', async () => {
  const run = () => Promise.reject(new Error('no world'));
  await expect(untilFail(run, 1, 9, () => {})).rejects.toThrow('no world');
});
