/** Finds a program for everyone who wants one: what the environment names, then PATH, then what topple has built. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheHome } from '../cache-home.ts';
import { errors } from '../errors.ts';
import { type ProgramName, programs } from './programs.ts';
import { isFitting, versionOf } from './version.ts';

/** A program that can be run. */
export interface FoundProgram {
  readonly path: string;
  /** What it says; undefined where it says none, which only the environment may name. */
  readonly version: string | undefined;
  readonly origin: 'environment' | 'PATH' | 'cache';
}

/** A program that is nowhere. */
export interface MissingProgram {
  readonly path: undefined;
  /** Where it was looked for and what was passed over; a clause without a full stop, good for `context.skip`. */
  readonly reason: string;
}

/** Where to look. */
export interface Places {
  readonly env: NodeJS.ProcessEnv;
  /** The cache folder; undefined when there is none. */
  readonly cache: string | undefined;
}

/** The environment and the cache folder of this process. */
export const thisMachine = (): Places => ({
  env: process.env,
  cache: cacheHome(process.getuid?.() ?? -1, process.env),
});

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The first executable of this name on PATH; undefined if there is none. */
export const onPath = (name: string, env: NodeJS.ProcessEnv): string | undefined =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isProgram);

/** The folder within the cache in which a program is kept once built; another pin has another one. */
export const folderOf = (name: ProgramName): string => `${name}-${programs[name].version}-${process.arch}`;

/** What the user names is taken or refused, never replaced by another behind their back. */
const named = async (name: ProgramName, given: string): Promise<FoundProgram> => {
  const { variable, version: pinned } = programs[name];
  const path = resolve(given);
  if (!isProgram(path)) throw errors.unfitProgram(variable, path, 'cannot be run', pinned);
  const version = await versionOf(path);
  if (version !== undefined && !isFitting(version, pinned))
    throw errors.unfitProgram(variable, path, `says that it is ${version}`, pinned);
  return { path, version, origin: 'environment' };
};

/**
 * The program of this name, and where it came from. What is on PATH counts if it says that it is of the pinned major
 * version and not older than the pin; else the cache is looked at. Throws `unfitProgram` when the environment names
 * something that cannot be used.
 */
export const findProgram = async (
  name: ProgramName,
  { env, cache }: Places = thisMachine(),
): Promise<FoundProgram | MissingProgram> => {
  const { variable, version: pinned } = programs[name];
  const given = env[variable];
  if (given) return named(name, given);

  const path = onPath(name, env);
  const version = path && (await versionOf(path));
  if (path && version && isFitting(version, pinned)) return { path, version, origin: 'PATH' };

  const built = cache && join(cache, folderOf(name), name);
  if (built && isProgram(built)) return { path: built, version: pinned, origin: 'cache' };

  const passedOver = path ? `, which has ${version ?? 'an unknown version'} at ${path}` : '';
  const places = `not named by ${variable}, not on PATH${passedOver}, not built by \`npm run tools\``;
  return { path: undefined, reason: `${name} ${pinned} is ${places}` };
};

/** Like `findProgram`, for those who cannot do without; throws `noProgram` when it is nowhere. */
export const needProgram = async (name: ProgramName, places: Places = thisMachine()): Promise<FoundProgram> => {
  const found = await findProgram(name, places);
  if (found.path === undefined) throw errors.noProgram(name, programs[name].variable, found.reason);
  return found;
};
