/** Worlds that were worth keeping, in `.topple/worlds/<id>.json`: what `replay` and `shrink` need, and nothing else. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { errors } from '../errors.ts';
import type { RecordedWorld } from './exploration.ts';

/** A kept world with what it ran on. */
export interface KeptWorld extends RecordedWorld {
  readonly version: 1;
  readonly scenario: string;
  /** The scenario's own file, for one that is in no registry. */
  readonly file?: string;
  readonly variant?: string;
  /** It was watched as by its operators, perhaps through a lie. */
  readonly observed?: true;
  readonly lie?: string;
  readonly settings: readonly string[];
  /** Of one that was shrunk: the choices that had to be as they are, in order. */
  readonly needs?: readonly string[];
  /** By what name it was made: topple, node, platform, each with its version. */
  readonly versions: Readonly<Record<string, string>>;
}

const worldsFolder = (folder: string): string => join(folder, '.topple', 'worlds');

/** Writes `world` under a name that is not taken, made of `nowMs`; returns the name. Throws `not-writable`. */
export const keepWorld = (folder: string, world: KeptWorld, nowMs: number): string => {
  const parent = worldsFolder(folder);
  try {
    mkdirSync(parent, { recursive: true });
    let moment = Math.floor(nowMs);
    while (existsSync(join(parent, `${moment.toString(36)}.json`))) moment += 1;
    const file = join(parent, `${moment.toString(36)}.json`);
    writeFileSync(`${file}.part`, `${JSON.stringify(world, null, 2)}\n`);
    renameSync(`${file}.part`, file);
    return moment.toString(36);
  } catch (error) {
    throw errors.notWritable(parent, error);
  }
};

/** Writes the page of the world `id`, beside it if it is kept by name; returns its path. Throws `not-writable`. */
export const keepPage = (folder: string, id: string, html: string): string => {
  const parent = worldsFolder(folder);
  const file = join(parent, `${basename(id, '.json')}.html`);
  try {
    mkdirSync(parent, { recursive: true });
    writeFileSync(file, html);
  } catch (error) {
    throw errors.notWritable(parent, error);
  }
  return relative(folder, file);
};

/** Where the world `id` of `folder` is: kept by that name, or a file of that path, which ends in `.json`. */
const fileOf = (folder: string, id: string): string =>
  id.endsWith('.json') ? resolve(folder, id) : join(worldsFolder(folder), `${id}.json`);

/** Whether there is a kept world of this name, or a file of this path. */
export const isKeptWorld = (folder: string, id: string): boolean =>
  (/^\w+$/.test(id) || id.endsWith('.json')) && existsSync(fileOf(folder, id));

/** Reads a kept world; throws `noSuchRun` when there is none that can be read. */
export const readWorld = (folder: string, id: string): KeptWorld => {
  const file = fileOf(folder, id);
  try {
    const world = JSON.parse(readFileSync(file, 'utf8')) as KeptWorld;
    if (world.version !== 1 || !Array.isArray(world.choices)) throw new TypeError('it is no world of this version');
    return world;
  } catch (error) {
    throw errors.noSuchRun(id, dirname(file), basename(file), error);
  }
};
