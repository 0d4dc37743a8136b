/** Finds `topple.config`, the file that names the system under test. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errors } from '../errors.ts';
import type { Target } from '../target.ts';

const names = ['topple.config.mts', 'topple.config.ts', 'topple.config.mjs', 'topple.config.js'];
const packagedFolder = fileURLToPath(new URL('../../', import.meta.url));
const members = [
  'id',
  'roles',
  'apiRole',
  'webhookRole',
  'process',
  'database',
  'http',
  'variants',
  'signals',
  'signalDelayS',
  'scrapeIntervalS',
] as const;

/** The target of the config file in `folder`, else of the packaged one; throws `bad-config` with every problem. */
export const loadTarget = async (folder: string): Promise<Target> => {
  const candidates = [folder, packagedFolder].flatMap((place) => names.map((name) => join(place, name)));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw errors.badConfig(folder, [`none of ${names.join(', ')} is here`]);
  let loaded: { readonly target?: Partial<Target> };
  try {
    loaded = (await import(pathToFileURL(path).href)) as typeof loaded;
  } catch (error) {
    throw errors.badConfig(path, [error instanceof Error ? error.message : String(error)], error);
  }
  const { target } = loaded;
  if (target === undefined || typeof target !== 'object') throw errors.badConfig(path, ['it exports no `target`']);
  const missing = members.filter((member) => target[member] === undefined);
  if (missing.length > 0)
    throw errors.badConfig(
      path,
      missing.map((member) => `target.${member} is missing`),
    );
  return target as Target;
};
