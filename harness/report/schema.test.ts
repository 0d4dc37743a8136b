import { describe, expect, test } from 'vitest';
import { journalFiles } from './journal-files.ts';
import { schemaNames, schemaProblems } from './test-schemas.ts';

test('every file of JSON in a journal has a schema, and every schema a file', () => {
  const files = Object.keys(journalFiles).filter((name) => /\.(nd)?json$/.test(name));
  expect(files.map((name) => name.replace(/\..*/, '')).sort()).toEqual([...schemaNames].sort());
});

describe('a schema refuses', () => {
  const operation = {
    kind: 'pay',
    ordinal: 0,
    invokedMs: 1,
    completedMs: 2,
    outcome: 'ok',
    status: 200,
    subject: null,
  };
  test.each([
    ['history', operation, ''],
    ['history', { ...operation, outcome: 'fine' }, 'must be equal to one of the allowed values'],
    ['history', { ...operation, status: undefined }, "must have required property 'status'"],
    ['history', { ...operation, more: 1 }, 'must NOT have additional properties'],
    ['choices', { version: 3 }, 'must be equal to constant'],
    ['alerts', [{ alert: 'A' }], "must have required property 'atMs'"],
    ['verdict', {}, "must have required property 'finding'"],
  ])('%s: %j', (name, document, problem) => {
    expect(schemaProblems(name, document)).toEqual(problem === '' ? '' : expect.stringContaining(problem));
  });
});
