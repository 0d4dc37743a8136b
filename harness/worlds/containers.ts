/**
 * The world of containers: the system's images, PostgreSQL, the mocks and a real Toxiproxy, on a network of their own,
 * by whatever engine testcontainers finds.
 */
import type { FaultDefinition } from '../fault.ts';
import { type Assignment, defineWorld, type OpenWorld } from '../world.ts';
import { needEngine } from './containers/engine.ts';
import { type ContainerGround, openContainerGround } from './containers/ground.ts';
import { leftContainerLeases, removeFrom } from './containers/leftovers.ts';
import { startContainerRun } from './containers/start-run.ts';
import { openLease } from './embedded/lease.ts';
import { createTemplates } from './embedded/templates.ts';

/** As in the embedded world. */
const timeScale = 600;

const openOn = (ground: ContainerGround): OpenWorld => {
  const templates = createTemplates(ground.databases);
  let runs = 0;
  return {
    start: async (assignment: Assignment) => {
      runs += 1;
      const database = `run_${runs}`;
      const migrated = async (): Promise<void> =>
        ground.databases.createDatabase(database, await templates.of(assignment.target, assignment.variant));
      return startContainerRun({
        ...assignment,
        ground,
        database,
        migrated,
        prefix: `${ground.prefix}-${runs}`,
        timeScale,
      });
    },
    close: async () => {
      await ground.close();
      await ground.lease.release();
    },
  };
};

/** The world `containers`. */
export const containers = defineWorld({
  id: 'containers',
  summary: 'Containers per role, PostgreSQL, the mocks and a real Toxiproxy; needs an engine and the images.',
  cannotHost: ({ target, scenario, knownFaults }) => {
    if (target.container === undefined) return `the target ${target.id} says nothing of containers`;
    const struck = scenario.faults.find(({ fault }) => fault.layer === 'process');
    if (struck !== undefined)
      return `${struck.fault.id} strikes processes, and the mocks that time it are one themselves`;
    const isKnown = ({ inject }: FaultDefinition<string>): boolean => knownFaults.some((one) => one.inject === inject);
    const own = scenario.faults.find(({ fault }) => fault.layer === 'provider' && !isKnown(fault));
    return own && `mocks in a container do not know the fault ${own.fault.id}`;
  },
  open: async () => {
    const engine = await needEngine();
    for (const dir of await leftContainerLeases(engine)) await removeFrom(engine, dir);
    const lease = await openLease();
    try {
      return openOn(await openContainerGround(engine, lease));
    } catch (error) {
      await lease.release();
      throw error;
    }
  },
});
