/** The scenario that a command names: by its id, or by its file as in `topple run ./triple-tap.mts`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { errors } from '../errors.ts';
import type { Scenario } from '../scenario.ts';
import { isObject } from './checks.ts';
import { importFile } from './import-file.ts';
import { scenarioProblems } from './item-problems.ts';
import { type Project, withScenarios } from './load-config.ts';
import { scenarioCalled } from './lookup.ts';

/** Whether a name on the command line is that of a file: it has a slash, or the ending of a program. */
const isFile = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name);

/** A scenario, the file it was named by if it was, and the project that knows it. */
export interface Chosen {
  readonly scenario: Scenario;
  readonly file?: string;
  readonly project: Project;
}

const looksLikeScenario = (value: unknown): boolean => isObject(value) && 'hypothesis' in value;

/** The one scenario that `file` exports, and the project with it and the invariants it names. */
const loadFile = async (folder: string, file: string, project: Project): Promise<Chosen> => {
  const path = resolve(folder, file);
  if (!existsSync(path)) throw errors.badScenario(path, ['there is no such file']);
  const exported = await importFile(path, (problem, cause) => errors.badScenario(path, [problem], cause));
  const found = [...new Set(Object.values(exported).filter(looksLikeScenario))];
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw errors.badScenario(path, [`it exports ${found.length} scenarios, not one`]);
  const misshapen = scenarioProblems(only, 'scenario');
  if (misshapen.length > 0) throw errors.badScenario(path, misshapen);
  const scenario = only as Scenario;
  const { known, problems } = withScenarios(project, [scenario]);
  if (problems.length > 0) throw errors.badScenario(path, problems);
  return { scenario, file, project: { ...project, ...known } };
};

/**
 * The scenario of `project` called `name`, or the one in the file `name`, relative to `folder`.
 * Throws `unknown-name`, or `bad-scenario` with every problem of the file.
 */
export const chooseScenario = async (folder: string, name: string, project: Project): Promise<Chosen> =>
  isFile(name) ? loadFile(folder, name, project) : { scenario: scenarioCalled(project, name), project };
