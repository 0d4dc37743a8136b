/**
 * `copy-packages.ts FROM TO PACKAGE…`: copies packages from one node_modules folder to another, with all that they
 * depend on, so that an image holds what its program imports and no more.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [from = '', to = '', ...roots] = process.argv.slice(2);

/** The path below `from` of the package that `name` means to somebody at `path`: the nearest one. */
const resolved = (name: string, path: string): string => {
  const own = join(path, 'node_modules', name);
  if (path !== '' && existsSync(join(from, own))) return own;
  return path.includes('node_modules') ? resolved(name, path.slice(0, path.lastIndexOf('node_modules') - 1)) : name;
};

const wanted = new Set<string>();

const want = (path: string): void => {
  if (wanted.has(path)) return;
  wanted.add(path);
  const manifest = JSON.parse(readFileSync(join(from, path, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) want(resolved(name, path));
};

for (const name of roots) want(name);
for (const path of wanted) {
  const nested = join(from, path, 'node_modules');
  cpSync(join(from, path), join(to, path), { recursive: true, filter: (file) => !file.startsWith(nested) });
}
console.log(`${wanted.size} packages: ${[...wanted].sort().join(', ')}`);
