import { expect, test } from 'vitest';
import { weakened, weakerThan } from './weaken.ts';

test.each([
  ['api-1 ends with its process', ['api-1 is a deadlock victim', 'api-1 is lost', 'api-1 loses its answer']],
  ['api-1 loses its answer', ['api-1 is a deadlock victim', 'api-1 is lost']],
  ['api-1 is a deadlock victim', []],
  [
    'api calls alipay #2 is done twice',
    ['api calls alipay #2 is not sent', 'api calls alipay #2 loses its answer', 'api calls alipay #2 is done late'],
  ],
  ['api calls alipay #2 is not sent', []],
  ['webhook n1 #1 is lost', ['webhook n1 #1 is delivered twice', 'webhook n1 #1 loses its answer']],
  ['webhook n1 #1 is delivered twice', []],
  [
    'at api insert into t: loses its answer',
    ['at api insert into t: is a deadlock victim', 'at api insert into t: is lost'],
  ],
  ['at api calls alipay: is done late', ['at api calls alipay: is not sent', 'at api calls alipay: loses its answer']],
  ['at webhook: loses its answer', ['at webhook: is delivered twice']],
  ['api-1 commit', []],
  ['clock goes to +5 ms', []],
])('weaker than "%s" is %j', (choice, weaker) => expect(weakerThan(choice)).toEqual(weaker));

test('whoever weakens comes to an end: nothing is weaker than itself', () => {
  for (const strongest of ['a-1 ends with its process', 'a calls b #1 is done twice', 'webhook n #1 is lost']) {
    for (const weaker of weakerThan(strongest)) {
      expect(weakerThan(weaker).length).toBeLessThan(weakerThan(strongest).length);
      expect(weakerThan(weaker)).not.toContain(strongest);
    }
  }
});

test('one harm at a time is weakened where it stands; a turn that reads like one is left alone', () => {
  const choices = ['api-1 is lost', 'api-2 begin', 'webhook n1 #1 is lost'];
  expect(weakened(choices, new Set(['webhook n1 #1 is lost']))).toEqual([
    ['api-1 is lost', 'api-2 begin', 'webhook n1 #1 is delivered twice'],
    ['api-1 is lost', 'api-2 begin', 'webhook n1 #1 loses its answer'],
  ]);
});
