/** Names on the command line become items of the registries; an unknown one is answered with those that exist. */
import { containerErrors } from '../container-errors.ts';
import { errors } from '../errors.ts';
import { faults } from '../faults/index.ts';
import { type Lie, lies } from '../run/lies.ts';
import type { Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import type { HostedRun, World } from '../world.ts';
import { worlds } from '../worlds/index.ts';
import type { Project } from './load-config.ts';

/** The item with this id; `kind` is what the error calls it. */
const byId = <Item extends { readonly id: string }>(kind: string, items: readonly Item[], id: string): Item => {
  const found = items.find((item) => item.id === id);
  if (found === undefined)
    throw errors.unknownName(
      kind,
      id,
      items.map((item) => item.id),
    );
  return found;
};

/** The scenario called `id` of those that the project has. */
export const scenarioCalled = ({ scenarios }: Pick<Project, 'scenarios'>, id: string): Scenario =>
  byId('scenario', scenarios, id);

/** `id` if the target has a defect or look-alike of that name, undefined when none was asked for. */
export const variantCalled = (target: Target, id: string | undefined): string | undefined =>
  id === undefined ? undefined : byId('defect or look-alike', target.variants, id).id;

/** The lie called `id`, undefined when none was asked for. */
export const lieCalled = (id: string | undefined): Lie | undefined =>
  id === undefined ? undefined : byId('lie', lies, id);

/** The world called `id`. */
export const worldCalled = (id: string): World => byId('world', worlds, id);

/** Why `world` cannot host the run, as a clause; undefined when it can. */
export const refusalOf = (world: World, run: Omit<HostedRun, 'knownFaults'>): string | undefined =>
  world.cannotHost?.({ ...run, knownFaults: faults });

/** `world`, if it can host the run; throws `cannotHost` with its reason where it cannot. */
export const hosting = (world: World, run: Omit<HostedRun, 'knownFaults'>): World => {
  const reason = refusalOf(world, run);
  if (reason !== undefined) throw containerErrors.cannotHost(world.id, reason);
  return world;
};
