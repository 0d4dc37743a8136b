/** The composition root: joins harness, mocks, dashboards and a target into a lab in which scenarios run. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GeneratedFile } from '#dashboards/rule-files';
import { runRulesOf } from '#dashboards/rule-files';
import { runScrapeIntervalMs } from '#dashboards/rules';
import { postWebhook } from '#mocks/doors/post-webhook';
import { openSocketDoor } from '#mocks/doors/socket';
import { systemClock } from '../clock.ts';
import type { Place } from '../run/result.ts';
import type { Lab } from '../run/run-scenario.ts';
import type { Target } from '../target.ts';
import type { Doors, World } from '../world.ts';
import { withResource } from './cleanup.ts';
import { withProgress } from './progress.ts';
import { toppleVersion } from './version.ts';

/** Sockets on loopback, and webhooks posted by fetch. */
const socketDoors: Doors = {
  open: (provider) => openSocketDoor(provider, {}),
  deliver: postWebhook(systemClock),
};

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a person types in `folder` to start this very topple. */
const commandIn = (folder: string): string =>
  resolve(folder) === resolve(root) ? 'npm run topple --' : `node "${join(root, 'bin', 'topple.js')}"`;

const placeOf = ({ id }: World): Place => ({
  command: commandIn(process.cwd()),
  world: id,
  versions: { topple: toppleVersion(), node: process.version, platform: `${process.platform}-${process.arch}` },
});

/** Loaded while the world is being opened, because the builder of boards takes a while to load. */
const boardOf = async (target: Target): Promise<GeneratedFile> =>
  (await import('#dashboards/boards/money')).moneyBoardFile(target);

const openLab = async (target: Target, world: World): Promise<Lab> => {
  const opening = world.open(socketDoors);
  const board = await boardOf(target).catch(async (error: unknown) => {
    await (await opening).close();
    throw error;
  });
  const watching = { rules: runRulesOf(target), board, intervalMs: runScrapeIntervalMs };
  return { target, watching, place: placeOf(world), world: await opening };
};

const opening = (target: Target, world: World): Promise<Lab> =>
  withProgress('topple', (told) => {
    told(`opening the world ${world.id}`);
    return openLab(target, world);
  });

/** Opens `world` for `target`, does `work` in it, and leaves nothing of it behind, whatever happens. */
export const inLab = async <Result>(
  target: Target,
  world: World,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> => withResource(opening(target, world), (lab) => lab.world.close(), work);
