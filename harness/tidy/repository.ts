import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './source.ts';

const unpublished = new Set(['node_modules', '.git', '.topple', 'coverage', 'dist']);
const binary = /\.(png|jpe?g|gif|ico|woff2?|tgz|gz|wasm|node)$/;

const walk = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (unpublished.has(entry.name)) return [];
    return entry.isDirectory() ? walk(root, path) : [path];
  });

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Tracked files and untracked ones that are not ignored; all files where there is no git or no checkout. */
const pathsIn = (root: string): string[] => {
  if (!existsSync(join(root, '.git'))) return walk(root, '');
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
  // Whoever may read the checkout may check it, also when another account owns it.
  const args = ['-c', `safe.directory=${root}`, 'ls-files', '-coz', '--exclude-standard'];
  try {
    return execFileSync('git', args, options).split('\0').filter(Boolean);
  } catch (error) {
    if (isMissing(error)) return walk(root, '');
    throw error;
  }
};

/** The text files of the project at `root`, sorted by path. */
export const filesOf = (root: string): readonly SourceFile[] =>
  pathsIn(root)
    .filter((path) => !binary.test(path) && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
