import { expect, test } from 'vitest';
import { generatedFiles } from '#dashboards/generate';
import { loadTarget } from './load-config.ts';
import { referencePages } from './reference-pages.ts';
import { staleFiles } from './verbs/generate.ts';

test('generated files are what the registries say; if not, run `npm run generate`', async () => {
  const target = await loadTarget(process.cwd());
  expect(staleFiles([...generatedFiles(target), ...referencePages(target)], process.cwd())).toEqual([]);
});
