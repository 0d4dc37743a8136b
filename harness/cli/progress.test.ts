import { expect, test } from 'vitest';
import { steppedClock } from '../clock.ts';
import { withProgress } from './progress.ts';

const streamed = (isTTY: boolean) => {
  const texts: string[] = [];
  return { texts, stream: { isTTY, columns: 40, write: (text: string) => texts.push(text) } };
};

test('a log hears nothing of short work, and of long work every five seconds', async () => {
  const { texts, stream } = streamed(false);
  const clock = steppedClock(0);
  const work = async (told: (doing: string) => void): Promise<number> => {
    told('starting');
    clock.advance(4_900);
    expect(texts).toEqual([]);
    told('paying');
    clock.advance(5_200);
    return 7;
  };
  await expect(withProgress('sample', work, { stream, clock, environment: {} })).resolves.toBe(7);
  expect(texts).toEqual(['sample, 5 s: paying\n', 'sample, 10 s: paying\n']);
  clock.advance(60_000);
  expect(texts).toHaveLength(2);
});

test.each([{ CI: 'true' }, { TERM: 'dumb' }])('a terminal with %j is a log', async (environment) => {
  const { texts, stream } = streamed(true);
  const clock = steppedClock(0);
  const work = async (told: (doing: string) => void): Promise<void> => {
    told('paying');
    clock.advance(5_000);
  };
  await withProgress('sample', work, { stream, clock, environment });
  expect(texts).toEqual(['sample, 5 s: paying\n']);
});

test('a terminal shows one short line that is gone at the end, also when the work fails', async () => {
  const { texts, stream } = streamed(true);
  const clock = steppedClock(0);
  const work = async (told: (doing: string) => void): Promise<void> => {
    told('creating and paying a great many orders');
    clock.advance(1_000);
    throw new Error('over');
  };
  await expect(withProgress('sample', work, { stream, clock, environment: {} })).rejects.toThrow('over');
  expect(texts).toEqual([
    '\r\u001b[2Ksample, 0 s: creating and paying a grea',
    '\r\u001b[2Ksample, 1 s: creating and paying a grea',
    '\r\u001b[2K',
  ]);
});
