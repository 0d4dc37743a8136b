/** Root file systems for images without a distribution: a program, and the libraries of this machine that it loads. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Libraries that `program` loads from outside the folder `own`, as absolute paths; none for a static one. */
const librariesOf = (program: string, own: string): string[] => {
  try {
    const listed = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...listed.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path = '']) => (path.startsWith(own) ? [] : [path]));
  } catch {
    return []; // it says so when it is not a dynamic executable
  }
};

/** Copies `file` to `path` below `root`, following links; everybody may read and run it. */
export const place = (root: string, file: string, path: string): void => {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(file), target);
  chmodSync(target, 0o755);
};

/** Copies the libraries of each program to the same paths below `root`, where the loader looks for them. */
export const placeLibraries = (root: string, programs: readonly string[], own = '/nothing'): void => {
  for (const path of new Set(programs.flatMap((program) => librariesOf(program, own)))) place(root, path, path);
};

/** Copies a folder as it is, links included. */
export const placeFolder = (root: string, folder: string, path: string): void =>
  cpSync(folder, join(root, path), { recursive: true, verbatimSymlinks: true });

/** Writes `text` to `path` below `root`. */
const write = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** Makes an empty folder in which everybody may write, as /tmp is. */
export const openFolder = (root: string, path: string): void => {
  mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, path), 0o1777);
};

/** The few files by which programs find a user's name and the address of a host. */
export const placeBasics = (root: string, user: { readonly name: string; readonly id: number }): void => {
  const { name, id } = user;
  write(root, '/etc/passwd', `root:x:0:0::/:/bin/false\n${name}:x:${id}:${id}::/:/bin/false\n`);
  write(root, '/etc/group', `root:x:0:\n${name}:x:${id}:\n`);
  write(root, '/etc/nsswitch.conf', 'hosts: files dns\n');
  openFolder(root, '/tmp');
};
