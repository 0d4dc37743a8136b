/** The journals of real runs against their published schemas. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { schemaNames, schemaProblems } from '../report/test-schemas.ts';
import { topple } from './test-cli.ts';

/** The documents in the files of a journal that have a schema, by its name. */
const documentsIn = (journal: string): ReadonlyMap<string, readonly unknown[]> => {
  const files = readdirSync(journal).filter((name) => /\.(nd)?json$/.test(name));
  return new Map(
    files.map((name) => {
      const text = readFileSync(join(journal, name), 'utf8');
      const texts = name.endsWith('.ndjson') ? text.split('\n').filter(Boolean) : [text];
      return [name.replace(/\..*/, ''), texts.map((one): unknown => JSON.parse(one))];
    }),
  );
};

test.each([
  { ends: 'holds', code: 0, args: ['forged-webhooks'] },
  { ends: 'is violated', code: 1, args: ['duplicate-webhooks', '--defect', 'credit-without-dedup'] },
  { ends: 'is unknown', code: 3, args: ['duplicate-webhooks', '--lie', 'stopped-scrape'] },
])('of one that $ends', { timeout: 120_000 }, async ({ code, args }) => {
  const folder = mkdtempSync(join(tmpdir(), 'journal schema '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ended = await topple(folder, 'run', ...args);
  expect(ended.code, ended.stderr).toBe(code);
  const runs = join(folder, '.topple/runs');
  const documents = documentsIn(join(runs, readdirSync(runs)[0] ?? expect.unreachable()));
  expect([...documents.keys()].sort()).toEqual([...schemaNames].sort());
  for (const [name, all] of documents)
    expect(all.map((document) => schemaProblems(name, document)).filter(Boolean), name).toEqual([]);
  expect(documents.get('deliveries')?.length).toBeGreaterThan(0);
});
