/** Each fact about a vendor says how it is known, and what is known from a page says from which. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providers } from './index.ts';

/** A mark, alone between spaces, brackets and the like. */
const mark = /(?<![\w’'-])[RSDMC](?![\w’'-])/;

const textOf = (id: string): string => readFileSync(join(import.meta.dirname, id, 'quirks.ts'), 'utf8');

/** The docstring before each exported constant, by its name. */
const docstrings = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const (\w+)/g)].map(([, doc = '', name = '']) => [
      name,
      doc,
    ]),
  );

describe.each(Object.keys(providers))('the facts of %s', (id) => {
  test('are each marked', () => {
    const found = docstrings(textOf(id));
    expect([...found].filter(([, doc]) => !mark.test(doc)).map(([name]) => name)).toEqual([]);
    expect(found.size).toBe(textOf(id).match(/^export const/gm)?.length);
  });

  test('name the pages, versions and files that they are from', () => {
    const [head = ''] = textOf(id).split('*/');
    for (const said of ['R run', 'S read', 'D ', 'C chosen']) expect(head).toContain(said);
    expect(head).toMatch(/\d+\.\d+\.\d+/); // the version of an SDK that was run
    expect(head).toMatch(/\b[\w-]+(\.[\w-]+)*\.(com|cn|org|io|net)\/\S+|\b[\w-]+\/[\w-]+, \S+\.(md|txt|ts)/);
  });
});
