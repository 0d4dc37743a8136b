import { expect, test } from 'vitest';
import type { Target } from '../target.ts';
import { restingConnections } from './resting.ts';

const target = { roles: ['api', 'worker'], database: { userOf: (role: string) => `o'${role}` } } as unknown as Target;

/** One row per connection of each look: what `open` says of it. */
const after = async (...looks: readonly (readonly (string | null)[])[]) => {
  let nth = 0;
  const asked: string[] = [];
  const found = await restingConnections(target, {
    query: async (sql) => {
      asked.push(sql);
      return (looks[nth] ?? []).map((open, index) => ({ pid: index, name: `user${index}`, open }));
    },
    pause: async () => {
      nth += 1;
    },
    looksMax: 3,
  });
  return { asked, left: found.filter(({ isLeftOpen }) => isLeftOpen).map(({ name }) => name), found };
};

test('a transaction that stays open and idle over all looks is left open', async () => {
  expect(await after(['a', null], ['a', null], ['a', null])).toMatchObject({ left: ['user0'], found: [{}, {}] });
});

test('one that ends, or is another one at the next look, is not, and nobody waits longer than it takes', async () => {
  expect((await after(['a'], [null])).asked).toHaveLength(2);
  expect(await after(['a', 'b'], ['c', 'b'], [null, 'd'])).toMatchObject({ left: [] });
  expect((await after([null])).asked).toHaveLength(1);
});

test('the users of all roles are asked for, whatever their names', async () => {
  expect((await after([])).asked[0]).toContain(`usename in ('o''api', 'o''worker')`);
});
