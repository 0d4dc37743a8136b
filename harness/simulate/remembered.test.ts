import { expect, test } from 'vitest';
import { remembered } from './remembered.ts';

test('an answer is worked out once per text, also when it is undefined', () => {
  const asked: string[] = [];
  const answer = remembered((text) => {
    asked.push(text);
    return text === 'a' ? undefined : text.length;
  });
  expect(['a', 'bb', 'a', 'bb'].map(answer)).toEqual([undefined, 2, undefined, 2]);
  expect(asked).toEqual(['a', 'bb']);
});

test('what comes after very many texts is worked out each time, for memory has an end', () => {
  let asked = 0;
  const answer = remembered(() => {
    asked += 1;
    return asked;
  });
  for (let nth = 1; nth <= 2_000; nth += 1) answer(`text ${nth}`);
  expect([answer('one more'), answer('one more')]).toEqual([2_001, 2_002]);
  expect(answer('text 1')).toBe(1);
});
