/** What the verbs of simulated worlds run: a scenario that was named, or that of a world that was kept. */
import type { Subject } from '../explore/exploration.ts';
import { type KeptWorld, readWorld } from '../explore/kept-worlds.ts';
import { withSettings } from '../run/plan.ts';
import { observationOf, versionsHere } from './compose.ts';
import { loadProject } from './load-config.ts';
import { chooseScenario } from './load-scenario.ts';
import { lieCalled, variantCalled } from './lookup.ts';
import { parseSetting } from './settings.ts';

/** What is explored, and where it came from, as a kept world says it. */
export interface Chosen {
  readonly subject: Subject;
  readonly from: Pick<KeptWorld, 'file' | 'settings' | 'observed' | 'lie'>;
}

/** How a scenario is to be explored, as the command line or a kept world says it. */
export interface Wanted {
  readonly settings: readonly string[];
  readonly variant?: string | undefined;
  /** Watched as by its operators; a lie stands between them and the system, so there is none without. */
  readonly observed?: boolean | undefined;
  readonly lie?: string | undefined;
}

/**
 * The scenario `name`, by id or file, as the project in `folder` defines it today. Throws the errors of usage for names
 * and settings that do not exist.
 */
export const chooseSubject = async (
  folder: string,
  name: string,
  { settings, observed, ...wanted }: Wanted,
): Promise<Chosen> => {
  const parsed = settings.map(parseSetting);
  const { scenario, file, project } = await chooseScenario(folder, name, await loadProject(folder));
  withSettings(scenario, parsed);
  const variant = variantCalled(project.target, wanted.variant);
  const lie = lieCalled(wanted.lie);
  const observation = observed || lie ? await observationOf(project, lie) : undefined;
  const { target, invariants } = project;
  return {
    subject: {
      target,
      invariants,
      scenario,
      settings: parsed,
      ...(variant === undefined ? {} : { variant }),
      ...(observation === undefined ? {} : { observation }),
    },
    from: {
      settings,
      ...(file === undefined ? {} : { file }),
      ...(observation === undefined ? {} : { observed: true }),
      ...(lie === undefined ? {} : { lie: lie.id }),
    },
  };
};

/** The kept world `id` of `folder` and its subject. */
export const loadKept = async (folder: string, id: string): Promise<Chosen & { readonly kept: KeptWorld }> => {
  const kept = readWorld(folder, id);
  return { kept, ...(await chooseSubject(folder, kept.file ?? kept.scenario, kept)) };
};

/** `node v24.1.0 then, v24.2.0 now` for each version that is another one; a replay may differ for it. */
export const versionsThatDiffer = ({ versions }: KeptWorld): readonly string[] =>
  Object.entries(versionsHere()).flatMap(([name, now]) =>
    versions[name] === now ? [] : [`${name} ${versions[name] ?? 'unknown'} then, ${now} now`],
  );
