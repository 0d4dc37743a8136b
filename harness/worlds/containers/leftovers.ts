/** Finds and removes what a lease has on a container engine, by labels: no list can be lost. */
import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sleep, systemClock } from '../../clock.ts';
import { isOrphan } from '../../owner.ts';
import { isGone, leaseLabel, machineLabel } from './container.ts';
import { type Engine, needEngine } from './engine.ts';

/** In the folder of a lease, says that there may be containers under it. */
const markOf = (dir: string): string => path.join(dir, 'has-containers');

/** To be called before the first container of the lease `dir` is made. */
export const markLease = (dir: string): void => writeFileSync(markOf(dir), '');

const filterFor = (label: string) => ({ filters: JSON.stringify({ label: [label] }) });

const looksMax = 100;
const lookEveryMs = 100;

/** Two that clean up at once meet what the other has removed, or is removing. */
const unlessGone = async (removing: Promise<unknown>): Promise<void> => {
  await removing.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
};

/**
 * Removes the containers of the lease `dir`, then its networks, until none is left; the names of what was removed. Safe
 * to run by several at once. Rejects with the engine's words, and when something is left after ten seconds.
 */
export const removeFrom = async ({ api }: Pick<Engine, 'api'>, dir: string): Promise<readonly string[]> => {
  const label = `${leaseLabel}=${dir}`;
  const removed = new Set<string>();
  // Twice nothing: the engine may still be making what the owner had asked for.
  for (let looks = 0, emptyLooks = 0; looks < looksMax; looks += 1) {
    const containers = await api.listContainers({ all: true, ...filterFor(label) });
    for (const { Names, Id } of containers) {
      removed.add(Names[0]?.slice(1) ?? Id);
      await unlessGone(api.getContainer(Id).remove({ force: true, v: true }));
    }
    const networks = containers.length > 0 ? [] : await api.listNetworks(filterFor(label));
    for (const { Name, Id } of networks) {
      removed.add(Name);
      await unlessGone(api.getNetwork(Id).remove());
    }
    emptyLooks = containers.length + networks.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === 2) return [...removed];
    await sleep(systemClock, lookEveryMs);
  }
  throw new Error(`the engine goes on to list ${[...removed].join(', ')}`);
};

/** Whether there may be containers under the lease `dir`: no engine is asked. */
export const hasContainers = (dir: string): boolean => existsSync(markOf(dir));

/** As `removeFrom`, with whatever engine there is. */
export const removeContainers = async (dir: string): Promise<readonly string[]> => removeFrom(await needEngine(), dir);

/** The folders of this machine's leases that are named by containers or networks and whose owner is dead. */
export const leftContainerLeases = async ({ api }: Pick<Engine, 'api'>): Promise<readonly string[]> => {
  const mine = filterFor(`${machineLabel}=${os.hostname()}`);
  const labelled = [...(await api.listContainers({ all: true, ...mine })), ...(await api.listNetworks(mine))];
  const dirs = new Set(labelled.flatMap(({ Labels }) => Labels?.[leaseLabel] ?? []));
  return [...dirs].filter((dir) => isOrphan(path.basename(dir), 'topple'));
};
