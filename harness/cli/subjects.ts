/** What the verbs of simulated worlds run: a scenario that was named, or that of a world that was kept. */
import type { Subject } from '../explore/exploration.ts';
import { type KeptWorld, readWorld } from '../explore/kept-worlds.ts';
import { parseSetting, withSettings } from '../run/plan.ts';
import { versionsHere } from './compose.ts';
import { loadProject } from './load-config.ts';
import { chooseScenario } from './load-scenario.ts';
import { variantCalled } from './lookup.ts';

/** What is explored, and where it came from, as a kept world says it. */
export interface Chosen {
  readonly subject: Subject;
  readonly from: Pick<KeptWorld, 'file' | 'settings'>;
}

/**
 * The scenario `name`, by id or file, as the project in `folder` defines it today. Throws the errors of usage for names
 * and settings that do not exist.
 */
export const chooseSubject = async (
  folder: string,
  name: string,
  settings: readonly string[],
  defect: string | undefined,
): Promise<Chosen> => {
  const parsed = settings.map(parseSetting);
  const { scenario, file, project } = await chooseScenario(folder, name, await loadProject(folder));
  withSettings(scenario, parsed);
  const variant = variantCalled(project.target, defect);
  const { target, invariants } = project;
  return {
    subject: { target, invariants, scenario, settings: parsed, ...(variant === undefined ? {} : { variant }) },
    from: { settings, ...(file === undefined ? {} : { file }) },
  };
};

/** The kept world `id` of `folder` and its subject. */
export const loadKept = async (folder: string, id: string): Promise<Chosen & { readonly kept: KeptWorld }> => {
  const kept = readWorld(folder, id);
  return { kept, ...(await chooseSubject(folder, kept.file ?? kept.scenario, kept.settings, kept.variant)) };
};

/** `node v24.1.0 then, v24.2.0 now` for each version that is another one; a replay may differ for it. */
export const versionsThatDiffer = ({ versions }: KeptWorld): readonly string[] =>
  Object.entries(versionsHere()).flatMap(([name, now]) =>
    versions[name] === now ? [] : [`${name} ${versions[name] ?? 'unknown'} then, ${now} now`],
  );
