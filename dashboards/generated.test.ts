import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { loadProject } from '#harness/cli/load-config';
import { defineInvariant } from '#harness/invariant';
import { invariants } from '#harness/invariants/index';
import { generatedFiles } from './generate.ts';
import { stubTarget } from './stub-target.ts';

const root = new URL('../', import.meta.url);
const filesOf = (target: typeof stubTarget) => generatedFiles(target, invariants, '.');

test('the committed files are what the packaged target generates', async () => {
  const folder = fileURLToPath(root);
  const project = await loadProject(folder);
  const expected = generatedFiles(project.target, project.invariants, folder);
  const stale = expected.filter(({ path, text }) => {
    const url = new URL(path, root);
    return !existsSync(url) || readFileSync(url, 'utf8') !== text;
  });
  const names = stale.map(({ path }) => path);
  expect(names, 'these differ from what is generated; run `npm run generate`').toEqual([]);
  const found = readdirSync(new URL('generated/', import.meta.url), { recursive: true, encoding: 'utf8' });
  const left = found
    .filter((name) => /\.(json|yml)$/.test(name))
    .filter((name) => !expected.some(({ path }) => path === `dashboards/generated/${name}`));
  expect(left, 'nothing generates these; remove them').toEqual([]);
});

test('the same target gives the same text', () => {
  expect(filesOf(stubTarget)).toEqual(filesOf({ ...stubTarget }));
});

test('paths are distinct and texts end in one newline', () => {
  const files = filesOf(stubTarget);
  expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
  for (const { path, text } of files) expect(text, path).toMatch(/[^\n]\n$/);
});

test('an alert without a runbook is an error; the folder may bring its own', () => {
  const [first] = invariants.filter(({ signal }) => signal === 'overcredited');
  const unwritten = defineInvariant({ ...(first ?? expect.unreachable()), id: 'never-written' });
  expect(() => generatedFiles(stubTarget, [unwritten], '.')).toThrow(
    expect.objectContaining({ code: 'runbook-missing' }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'own-runbooks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'dashboards/runbooks'), { recursive: true });
  writeFileSync(join(folder, 'dashboards/runbooks/never-written.md'), '# Written after all\n');
  expect(
    generatedFiles(stubTarget, [unwritten], folder)
      .map(({ text }) => text)
      .join(),
  ).toContain('Written after all');
});
