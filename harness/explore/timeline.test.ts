import { expect, test } from 'vitest';
import { timelineOf, timelineText } from './timeline.ts';

const lines = [
  'api-1 begin',
  'api-1 = null []',
  'clock goes to +5 ms',
  'api calls alipay #1',
  'api calls alipay #1 is answered',
  'api-2 select v from t where id = $1',
  'api-2 = 1 [{"v":0}]',
  'api-1 insert into t values ($1)',
  'api-1 stands at its gate',
  'api-1 passes its gate',
  'api-1 = 1 []',
  'api-2 insert into t values ($1)',
  'api-2 stands at its gate',
  'api-1 commit',
  'api-1 = null []',
  'api-2 passes its gate',
  'api-2 ! 23505',
];

test('the session that broke it stands on the left, all others on the right, each with what it brought', () => {
  expect(
    timelineText(timelineOf(lines, 13, new Map([[3, ['1 CNY captured, payment 2026010122001225615000000002']]]))).split(
      '\n',
    ),
  ).toEqual([
    '  api-1                                   api-2',
    '  --------------------------------------  --------------------------------------',
    '  begin',
    '                                          api calls alipay #1 is answered',
    '  = 1 CNY captured, payment …000002',
    '                                          select v from t where id = $1 > 1 row',
    '  insert into t values ($1) > 1 row',
    '                                          insert into t values ($1) > 23505',
    '                                          stands at its gate',
    '  commit',
  ]);
});

test('long worlds are told from their end, within 80 columns', () => {
  const long = Array.from({ length: 50 }, (_, nth) => `api-${1 + (nth % 3)} ${'select a, b, c '.repeat(9)}${nth}`);
  const text = timelineText(timelineOf(long, 49));
  expect(text).toContain('(20 before)');
  expect(text.split('\n')).toHaveLength(33);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toContain('api-1 select a');
});
