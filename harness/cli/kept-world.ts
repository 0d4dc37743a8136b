/** A world that `explore` kept, with what it ran on: for the verbs that run it again. */
import type { Subject } from '../explore/exploration.ts';
import { type KeptWorld, readWorld } from '../explore/kept-worlds.ts';
import { parseSetting } from '../run/plan.ts';
import { versionsHere } from './compose.ts';
import { loadProject } from './load-config.ts';
import { chooseScenario } from './load-scenario.ts';
import { variantCalled } from './lookup.ts';

/** The kept world `id` of `folder` and its subject, as the project there defines it today. */
export const loadKept = async (folder: string, id: string): Promise<{ kept: KeptWorld; subject: Subject }> => {
  const kept = readWorld(folder, id);
  const { scenario, project } = await chooseScenario(folder, kept.file ?? kept.scenario, await loadProject(folder));
  const variant = variantCalled(project.target, kept.variant);
  const { target, invariants } = project;
  const settings = kept.settings.map(parseSetting);
  return { kept, subject: { target, invariants, scenario, settings, ...(variant === undefined ? {} : { variant }) } };
};

/** `node v24.1.0 then, v24.2.0 now` for each version that is another one; a replay may differ for it. */
export const versionsThatDiffer = ({ versions }: KeptWorld): readonly string[] =>
  Object.entries(versionsHere()).flatMap(([name, now]) =>
    versions[name] === now ? [] : [`${name} ${versions[name] ?? 'unknown'} then, ${now} now`],
  );
