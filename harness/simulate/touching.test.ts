/** What a step may touch, and which two cannot touch each other. */
import { describe, expect, test } from 'vitest';
import { areApart, type Touch, Touches, type Touching } from './touching.ts';

/** What the last of these statements of one session may touch. */
const touchOf = (...statements: readonly string[]): Touch => {
  const touches = new Touches();
  for (const sql of statements.slice(0, -1)) touches.take({ label: 's1 x', sql });
  return touches.of({ label: 's1 x', sql: statements.at(-1) ?? '' }).touch;
};

test.each<[Touch, readonly string[]]>([
  ['nothing', ['begin']],
  ['nothing', ['begin', 'select 1', 'commit']],
  ['reads', ['select state, hold from topup.orders where id = $1']],
  ['reads', ['begin', 'update wallet set n = 1', 'select coalesce(sum(n), 0) from wallet where id in (1, 2)']],
  ['locks', ['begin', 'update wallet set n = 1']],
  ['locks', ['begin', 'select n from wallet where id = 1 for update']],
  ['locks', ['begin', 'select n from wallet where id = 1 FOR NO KEY UPDATE skip locked']],
  ['locks', ['begin', `select nextval('numbers')`]],
  ['locks', ['begin', 'with moved as (update wallet set n = 1 returning n) select n from moved']],
  ['locks', ['begin', 'update wallet set n = 1', 'rollback']],
  ['locks', ['begin', 'update wallet set n = 1', 'rollback to savepoint a']],
  ['publishes', ['begin', 'update wallet set n = 1', 'select 1', 'commit']],
  ['publishes', ['update wallet set n = 1']],
  ['publishes', ['select pg_advisory_lock(1)']],
  ['publishes', ['begin', 'commit', 'insert into wallet values (1)']],
  ['anything', ['begin isolation level serializable']],
  ['anything', ['begin', 'set transaction isolation level repeatable read']],
  ['anything', ['begin isolation level repeatable read', 'select 1']],
])('%s: %j', (touch, statements) => {
  expect(touchOf(...statements)).toBe(touch);
});

test('a call touches the memory of providers, and what belongs to no request may touch anything', () => {
  const touches = new Touches();
  expect(touches.of({ label: 'api calls alipay #1', request: 'POST /x #1' }).touch).toBe('calls');
  expect(touches.of({ label: 'timer fires' }).touch).toBe('anything');
});

describe('apart', () => {
  const a = (touch: Touch, tellsProvider = false): Touching => ({ label: '', request: 'x', touch, tellsProvider });

  test.each<[Touch, Touch, boolean]>([
    ['nothing', 'publishes', true],
    ['reads', 'reads', true],
    ['reads', 'locks', true],
    ['reads', 'publishes', false],
    ['locks', 'locks', false],
    ['locks', 'publishes', false],
    ['publishes', 'publishes', false],
    ['calls', 'publishes', true],
    ['calls', 'calls', false],
    ['anything', 'nothing', false],
  ])('%s and %s: %s, whichever comes first', (one, other, isApart) => {
    expect([areApart(a(one), a(other)), areApart(a(other), a(one))]).toEqual([isApart, isApart]);
  });

  test('a call is not apart from what may be the answer to a webhook', () => {
    expect(areApart(a('calls'), a('reads', true))).toBe(false);
    expect(areApart(a('reads', true), a('reads', true))).toBe(true);
  });
});
