import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sampleResult } from '../report/test-result.ts';
import { tellPipeline } from './pipeline.ts';

const heard = (): string[] => {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  return spy.mock.calls as unknown as string[];
};

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'pipeline-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};

test('runs are added to the step summary one after the other', () => {
  const file = join(folder(), 'summary.md');
  for (const credits of [1, 2] as const) tellPipeline(sampleResult(credits), { GITHUB_STEP_SUMMARY: file });
  expect(readFileSync(file, 'utf8').match(/^## .*$/gm)).toEqual(['## sample: holds', '## sample: violated']);
});

test('a summary that cannot be written is told, and no more', () => {
  const lines = heard();
  tellPipeline(sampleResult(1), { GITHUB_STEP_SUMMARY: join(folder(), 'none', 'summary.md') });
  expect(String(lines)).toMatch(/^topple: GITHUB_STEP_SUMMARY was not written: ENOENT/);
});

test('only GitHub Actions gets annotations, and only for what did not hold', () => {
  const lines = heard();
  tellPipeline(sampleResult(2), { CI: 'true' });
  tellPipeline(sampleResult(1), { GITHUB_ACTIONS: 'true' });
  expect(lines).toEqual([]);
  tellPipeline(sampleResult(2), { GITHUB_ACTIONS: 'true' });
  expect(String(lines)).toMatch(/^::error title=sample%2C seed 7%3A violated::no-double-credit is violated/);
});
