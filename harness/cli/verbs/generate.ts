/** `topple generate`: writes what is derived from the registries, or checks that it is up to date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from '#dashboards/generate';
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { readArguments } from '../arguments.ts';
import { loadProject } from '../load-config.ts';
import { referencePages } from '../reference-pages.ts';
import type { Verb } from '../verb.ts';

/** Generated files whose text in `folder` is not what it should be. */
export const staleFiles = (
  files: readonly { readonly path: string; readonly text: string }[],
  folder: string,
): readonly string[] =>
  files
    .filter(({ path, text }) => !existsSync(join(folder, path)) || readFileSync(join(folder, path), 'utf8') !== text)
    .map(({ path }) => path);

/** The verb `generate`. */
export const verb: Verb = {
  usage: '[--check]',
  summary: 'Writes boards, alert rules, their tests and the reference pages; with --check only says what is stale.',
  run: async (args) => {
    const { values } = readArguments('generate', args, { check: { type: 'boolean', default: false } });
    const folder = process.cwd();
    const project = await loadProject(folder);
    const files = [...generatedFiles(project.target, project.invariants, folder), ...referencePages(project)];
    const stale = staleFiles(files, folder);
    if (values.check) {
      if (stale.length > 0) throw errors.staleFiles(stale);
      console.log(`${files.length} generated files are up to date`);
      return exitCodes.pass;
    }
    for (const { path, text } of files.filter((file) => stale.includes(file.path))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      console.log(`wrote ${path}`);
    }
    console.log(`${stale.length} of ${files.length} generated files were written`);
    return exitCodes.pass;
  },
};
