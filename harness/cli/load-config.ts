/** Finds `topple.config`, which names the system under test, and scenarios and invariants of the user's own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenarios as ownScenarios } from '#scenarios/index';
import type { Attachment } from '../attachment.ts';
import { errors } from '../errors.ts';
import type { Invariant } from '../invariant.ts';
import { invariants as ownInvariants } from '../invariants/index.ts';
import type { Provider } from '../provider.ts';
import type { Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import { importFile } from './import-file.ts';
import { idProblems, invariantProblems, scenarioProblems } from './item-problems.ts';
import { targetProblems } from './target-problems.ts';

/** What can be run in a folder: topple's own items and those of its config, sorted by id. */
export interface Project {
  readonly target: Target;
  readonly scenarios: readonly Scenario[];
  /** Each run is audited for all of them. */
  readonly invariants: readonly Invariant[];
  /** For the world `attached`, which checks it. */
  readonly attachment?: Attachment;
}

/** The providers that the system meets when it is not told which: those of most scenarios. */
export const usualProviders = ({ scenarios }: Pick<Project, 'scenarios'>): readonly Provider[] => {
  const named = Map.groupBy(scenarios, ({ providers }) => providers.map(({ id }) => id).join());
  const [usual] = [...named.values()].sort((a, b) => b.length - a.length);
  return usual?.[0]?.providers ?? [];
};

type Exports = Readonly<Partial<Record<'target' | 'scenarios' | 'invariants' | 'attachment', unknown>>>;

const names = ['topple.config.mts', 'topple.config.ts', 'topple.config.mjs', 'topple.config.js'];
const packagedFolder = fileURLToPath(new URL('../../', import.meta.url));

const configIn = (folder: string): string | undefined =>
  names.map((name) => join(folder, name)).find((path) => existsSync(path));

const exportsOf = (path: string): Promise<Exports> =>
  importFile(path, (problem, cause) => errors.badConfig(path, [problem], cause));

/** `own` and what a file adds, by id and once; sorted. */
const joined = <Item extends { readonly id: string }>(own: readonly Item[], added: readonly Item[]): readonly Item[] =>
  [...new Set([...own, ...added])].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The project with a scenario and its invariants added; `problems` hears of ids that are taken. */
export const withScenarios = (
  project: Pick<Project, 'scenarios' | 'invariants'>,
  added: readonly Scenario[],
): { readonly known: Pick<Project, 'scenarios' | 'invariants'>; readonly problems: readonly string[] } => {
  const promised = [...new Set(added.flatMap(({ expect }) => expect))];
  return {
    known: { scenarios: joined(project.scenarios, added), invariants: joined(project.invariants, promised) },
    problems: [
      ...idProblems('scenario', added, project.scenarios),
      ...idProblems('invariant', promised, project.invariants),
    ],
  };
};

const listProblems = (value: unknown, name: string, problemsOf: (one: unknown, place: string) => string[]): string[] =>
  value === undefined
    ? []
    : Array.isArray(value)
      ? value.flatMap((one, index) => problemsOf(one, `${name}[${index}]`))
      : [`its \`${name}\` is not an array`];

/** What the config of `path` adds to topple's own items. Throws `bad-config` with every problem. */
const itemsOf = (path: string, { scenarios, invariants }: Exports): Pick<Project, 'scenarios' | 'invariants'> => {
  const misshapen = [
    ...listProblems(invariants, 'invariants', invariantProblems),
    ...listProblems(scenarios, 'scenarios', scenarioProblems),
  ];
  if (misshapen.length > 0) throw errors.badConfig(path, misshapen);
  const promises = (invariants ?? []) as readonly Invariant[];
  const base = { scenarios: ownScenarios, invariants: joined(ownInvariants, promises) };
  const { known, problems } = withScenarios(base, (scenarios ?? []) as readonly Scenario[]);
  const taken = [...idProblems('invariant', promises, ownInvariants), ...problems];
  if (taken.length > 0) throw errors.badConfig(path, taken);
  return known;
};

/**
 * What can be run in `folder`, by its config and topple's own. A config without a target tests the reference service.
 * Throws `bad-config` with every problem.
 */
export const loadProject = async (folder: string): Promise<Project> => {
  const packaged = configIn(packagedFolder);
  const path = configIn(folder) ?? packaged;
  if (path === undefined || packaged === undefined)
    throw errors.badConfig(folder, [`none of ${names.join(', ')} is here`]);
  const loaded = await exportsOf(path);
  const { target, scenarios, invariants } = loaded;
  if (target === undefined && scenarios === undefined && invariants === undefined)
    throw errors.badConfig(path, ['it exports no `target`, no `scenarios` and no `invariants`']);
  const items = itemsOf(path, loaded);
  const tested = target === undefined ? (await exportsOf(packaged)).target : target;
  const problems = targetProblems(tested, items);
  if (problems.length > 0) throw errors.badConfig(path, problems);
  const attachment = loaded.attachment as Attachment | undefined;
  return { target: tested as Target, ...items, ...(attachment === undefined ? {} : { attachment }) };
};

/** The target alone; see `loadProject`. */
export const loadTarget = async (folder: string): Promise<Target> => (await loadProject(folder)).target;
