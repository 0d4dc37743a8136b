import { expect, test } from 'vitest';
import { generatedFiles } from '#dashboards/generate';
import { loadProject } from './load-config.ts';
import { referencePages } from './reference-pages.ts';
import { staleFiles } from './verbs/generate.ts';

test('generated files are what the registries say; if not, run `npm run generate`', async () => {
  const project = await loadProject(process.cwd());
  expect(
    staleFiles(
      [...generatedFiles(project.target, project.invariants, process.cwd()), ...referencePages(project)],
      process.cwd(),
    ),
  ).toEqual([]);
});
