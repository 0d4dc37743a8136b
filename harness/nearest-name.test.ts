import { expect, test } from 'vitest';
import { errors } from './errors.ts';
import { nearestName } from './nearest-name.ts';

const known = ['confirm-race', 'lost-webhook', 'every-pair', 'C1'];

test.each([
  { given: 'confrim-race', nearest: 'confirm-race' },
  { given: 'Lost-Webhooks', nearest: 'lost-webhook' },
  { given: 'everypair', nearest: 'every-pair' },
  { given: 'nope', nearest: undefined },
  { given: '', nearest: undefined },
])('$given: $nearest', ({ given, nearest }) => {
  expect(nearestName(given, known)).toBe(nearest);
});

test('an unknown name is answered with the one that was meant, or else with all', () => {
  expect(errors.unknownName('scenario', 'confrim-race', known).next).toContain('Did you mean "confirm-race"?');
  expect(errors.unknownName('scenario', 'nope', known).next).not.toContain('Did you mean');
  const many = Array.from({ length: 100 }, (_, index) => `name-${index}`);
  const among = errors.unknownName('thing', 'name-7O', many);
  expect(`${among.why} ${among.next}`).toMatch(
    /^It is none of the 100 names .* Did you mean "name-7\d?"\? Use .*`topple list`/,
  );
});
