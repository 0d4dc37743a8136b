/** Finds `topple.config`, the file that names the system under test. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errors } from '../errors.ts';
import type { Target } from '../target.ts';
import { targetProblems } from './target-problems.ts';

const names = ['topple.config.mts', 'topple.config.ts', 'topple.config.mjs', 'topple.config.js'];
const packagedFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The target of the config file in `folder`, else of the packaged one; throws `bad-config` with every problem. */
export const loadTarget = async (folder: string): Promise<Target> => {
  const candidates = [folder, packagedFolder].flatMap((place) => names.map((name) => join(place, name)));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw errors.badConfig(folder, [`none of ${names.join(', ')} is here`]);
  let loaded: { readonly target?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as typeof loaded;
  } catch (error) {
    throw errors.badConfig(path, [error instanceof Error ? error.message : String(error)], error);
  }
  const problems = targetProblems(loaded.target);
  if (problems.length > 0) throw errors.badConfig(path, problems);
  return loaded.target as Target;
};
