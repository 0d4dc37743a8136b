/** The page about traps names tests, scenarios and defects that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scenarios as known } from './index.ts';
import { target } from './test-system.ts';

const root = new URL('../', import.meta.url);
const page = readFileSync(new URL('docs/sdk-traps.md', root), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| trap') && !line.startsWith('| ---'))
  .map((line) => line.split('|').slice(1, -1));

const named = (cell = ''): readonly string[] => Array.from(cell.matchAll(/`([\w./-]+)`/g), ([, name = '']) => name);
const isThere = (path: string): boolean => existsSync(new URL(path, root));
const witnessOf = (defect: string): string | undefined => target.variants.find(({ id }) => id === defect)?.witness;

test('there are sixteen', () => {
  expect(rows.length).toBe(16);
});

test.each(rows)('%s', (_trap, tests, scenario, defects) => {
  expect(named(tests)).not.toEqual([]);
  const elsewhere = named(scenario).filter((name) => name.includes('/'));
  expect([...named(tests), ...elsewhere].filter((path) => !isThere(path))).toEqual([]);
  const scenarios = named(scenario).filter((name) => !name.includes('/'));
  expect(scenarios.filter((wanted) => !known.some(({ id }) => id === wanted))).toEqual([]);
  expect(named(defects).length).toBe(scenarios.length * 2);
  expect(named(defects).map(witnessOf)).toEqual(named(defects).map(() => scenarios[0]));
});
