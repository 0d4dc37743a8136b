import { expect, test } from 'vitest';
import { byDeaths, byPauses } from './interruptions.ts';

const steps = ['w-1 begin', 'w-2 begin', 'w-1 read', 'timer fires', 'w-1 write', 'clock goes to +5 ms'];

test('a death becomes the harm of each statement that was not sent, behind the last two of its session', () => {
  const deaths = [{ role: 'w', steps: 5, choices: 9, pending: ['w-1 commit', 'w-2 read', 'w-3 begin'] }];
  expect(byDeaths({ steps: [...steps, 'w-1 later'], deaths })).toEqual([
    ['at w read: runs', 'at w write: runs', 'at w commit: ends with its process'],
    ['at w begin: runs', 'at w read: ends with its process'],
    ['at w begin: ends with its process'],
  ]);
});

test('a pause is before each statement of a session, the last one first, and never before a timer', () => {
  expect(byPauses({ steps })).toEqual([
    ['at w begin: runs', 'at w read: runs', 'at w write: runs', 'stands still for 600000 ms'],
    ['at w begin: runs', 'at w read: runs', 'stands still for 600000 ms'],
    ['at w begin: runs', 'stands still for 600000 ms'],
    ['at w begin: runs', 'stands still for 600000 ms'],
  ]);
});
