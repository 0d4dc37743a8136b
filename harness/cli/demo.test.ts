/** What `npm start` shows first is there. */
import { expect, test } from 'vitest';
import { scenarios } from '#scenarios/index';
import { shownFirst } from './verbs/demo.ts';

test.each(shownFirst)('the demo shows %s, which is a scenario', (id) => {
  expect(scenarios.map((scenario) => scenario.id)).toContain(id);
});
