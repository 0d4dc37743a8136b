import { expect, test } from 'vitest';
import { knownMarks, marksOf } from './marks.ts';

const met: Readonly<Record<string, string>> = {
  'lock wait': 'api-1 waits for api-2',
  'wait behind a waiter': 'api-3 stays behind api-1',
  'insert split by its gate': 'api-1 stands at its gate',
  'deadlock victim': 'api-1 ! 40P01',
  'statement lost': 'api-1 is lost',
  'answer to a statement lost': 'api-1 loses its answer',
  'process died': 'api dies',
  'call not sent': 'api calls alipay #1 is not sent',
  'answer to a call lost': 'api calls alipay #1 loses its answer',
  'call done late': 'api calls alipay #1 is done late',
  'call done twice': 'api calls alipay #1 is done twice',
  'webhook lost': 'webhook n1 #1 is lost',
  'webhook twice': 'webhook n1 #1 is delivered twice',
  'answer to a webhook lost': 'webhook n1 #1 loses its answer',
};

test.each(knownMarks)('%s is met by its own line alone', (mark) => {
  expect(marksOf({ lines: [met[mark] ?? ''] })).toEqual([mark]);
});

test('a world in which all went well meets none', () => {
  const lines = ['api-1 begin', 'api-1 = null []', 'api calls alipay #1 is answered', 'webhook n1 #1 is delivered'];
  expect(marksOf({ lines })).toEqual([]);
});
