/** The composition root: joins harness, mocks, dashboards and a target into a lab in which scenarios run. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runRulesOf } from '#dashboards/rule-files';
import { runScrapeIntervalMs } from '#dashboards/rules';
import { postWebhook } from '#mocks/doors/post-webhook';
import { openSocketDoor } from '#mocks/doors/socket';
import { systemClock } from '../clock.ts';
import type { Lab } from '../run/run-scenario.ts';
import type { Target } from '../target.ts';
import type { Doors, World } from '../world.ts';
import { withResource } from './cleanup.ts';

/** Sockets on loopback, and webhooks posted by fetch. */
const socketDoors: Doors = {
  open: (provider) => openSocketDoor(provider, {}),
  deliver: postWebhook(systemClock),
};

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a person types in `folder` to start this very topple. */
const commandIn = (folder: string): string =>
  resolve(folder) === resolve(root) ? 'npm run topple --' : `node "${join(root, 'bin', 'topple.js')}"`;

const openLab = async (target: Target, world: World): Promise<Lab> => {
  const rules = { ...runRulesOf(target), intervalMs: runScrapeIntervalMs };
  return { target, rules, command: commandIn(process.cwd()), world: await world.open(socketDoors) };
};

/** Opens `world` for `target`, does `work` in it, and leaves nothing of it behind, whatever happens. */
export const inLab = async <Result>(
  target: Target,
  world: World,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> => withResource(openLab(target, world), (lab) => lab.world.close(), work);
