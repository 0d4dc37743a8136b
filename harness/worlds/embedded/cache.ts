/** Folders that are dear to make and the same for every run. A cache is a convenience: without one, runs are slower. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isOrphan, makeOwnedFolder } from '../../owner.ts';

const partPrefix = 'part';

/** What processes that are dead now left half-filled in the cache `home`, as paths. */
export const leftParts = async (home: string | undefined): Promise<readonly string[]> =>
  home === undefined
    ? []
    : (await readdir(home).catch(() => []))
        .filter((name) => isOrphan(name, partPrefix))
        .map((name) => path.join(home, name));

/** Removes the `leftParts` of the cache `home`. */
export const sweepCache = async (home: string | undefined): Promise<void> => {
  for (const part of await leftParts(home)) await rm(part, { recursive: true, force: true }).catch(() => undefined);
};

/**
 * The path of `<home>/<name>`, filled by `fill` if it is not there yet; undefined when that fails in any way. It gets
 * its name once it is complete, so a half-made one is never used, and of several at once the first one counts.
 */
export const cachedFolder = async (
  home: string | undefined,
  name: string,
  fill: (part: string) => Promise<void>,
): Promise<string | undefined> => {
  if (home === undefined) return undefined;
  const folder = path.join(home, name);
  if (existsSync(folder)) return folder;
  let part: string | undefined;
  try {
    await mkdir(home, { recursive: true });
    await chmod(home, 0o755);
    part = await makeOwnedFolder(home, partPrefix);
    await fill(part);
    await rename(part, folder);
  } catch {
    if (part !== undefined) await rm(part, { recursive: true, force: true }).catch(() => undefined);
  }
  return existsSync(folder) ? folder : undefined;
};
