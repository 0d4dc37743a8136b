import { expect, test } from 'vitest';
import { byDeaths, byPauses, CourseWatch } from './interruptions.ts';

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

test('a course tells which statements of a process were not sent any more when it died', () => {
  const course = new CourseWatch();
  const lines = ['w-1 begin', 'w-1 = null []'];
  course.took('w-1 begin', ['w-1 begin', 'v-1 begin'], 1, lines);
  lines.push('timer fires', 'w dies');
  course.took('timer fires', ['v-1 begin', 'w-1 read', 'w-2 read', 'timer fires'], 2, lines);
  lines.push('w-1 begin');
  course.took('w-1 begin', ['w-1 begin'], 2, lines);
  expect(course.steps).toEqual(['w-1 begin', 'timer fires', 'w-1 begin']);
  expect(course.deaths).toEqual([{ role: 'w', steps: 1, choices: 2, pending: ['w-1 read', 'w-2 read'] }]);
});
