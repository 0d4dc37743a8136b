/** The composition root: joins harness, mocks, dashboards and a target into a lab in which scenarios run. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GeneratedFile } from '#dashboards/rule-files';
import { productionRulesOf, runRulesOf } from '#dashboards/rule-files';
import { runScrapeIntervalMs, scrapeIntervalMsOf } from '#dashboards/rules';
import { withControl } from '#mocks/doors/control';
import { postWebhook } from '#mocks/doors/post-webhook';
import { openSocketDoor } from '#mocks/doors/socket';
import { systemClock } from '../clock.ts';
import type { Observation } from '../explore/observation.ts';
import type { Lie } from '../run/lies.ts';
import type { Place } from '../run/result.ts';
import type { Lab } from '../run/run-scenario.ts';
import { lookingAt } from '../run/signals.ts';
import type { Target } from '../target.ts';
import type { Doors, World } from '../world.ts';
import { withResource } from './cleanup.ts';
import type { Project } from './load-config.ts';
import { withProgress } from './progress.ts';
import { toppleVersion } from './version.ts';

/** The system under test, and what its runs are audited for. */
type Tested = Pick<Project, 'target' | 'invariants' | 'attachment'>;

/** Sockets on loopback, and webhooks posted by fetch. */
const socketDoors: Doors = {
  open: (provider) => openSocketDoor(provider, {}),
  deliver: postWebhook(systemClock),
};

/** The same, where buyers from outside can pay: providers answer their control routes as well. */
export const cashierDoors: Doors = {
  ...socketDoors,
  open: (provider) => openSocketDoor(withControl(provider, { id: provider.id, identity: provider.identity })),
};

/** The clone, or `dist/` in the published package. */
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Whether `npx topple`, typed in `folder`, starts the copy of the package whose manifest is `manifest`. */
const isInstalledIn = (folder: string, manifest: string): boolean => {
  try {
    return createRequire(join(folder, 'any.js')).resolve('topple/package.json') === manifest;
  } catch {
    return false;
  }
};

/** What a person types in `folder` to start this very topple. */
export const commandIn = (folder: string): string => {
  if (resolve(folder) === resolve(root)) return 'npm run topple --';
  const isClone = existsSync(join(root, 'bin', 'topple.js'));
  const home = isClone ? root : dirname(resolve(root));
  if (!isClone && isInstalledIn(folder, join(home, 'package.json'))) return 'npx topple';
  return `node "${join(home, 'bin', 'topple.js')}"`;
};

/** What a run was made with, each part with its version. */
export const versionsHere = (): Readonly<Record<string, string>> => ({
  topple: toppleVersion(),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
});

const placeOf = ({ id }: World): Place => ({ command: commandIn(process.cwd()), world: id, versions: versionsHere() });

/** Loaded while the world is being opened, because the builder of boards takes a while to load. */
const boardOf = async ({ target, invariants }: Tested): Promise<GeneratedFile> =>
  (await import('#dashboards/boards/money')).moneyBoardFile(target, invariants);

/** What simulated worlds are watched with: production's rules, evaluated just before each scrape, as late as can be. */
export const observationOf = async (tested: Tested, lie: Lie | undefined): Promise<Observation> => {
  const { target, invariants } = tested;
  const intervalMs = scrapeIntervalMsOf(target, 1);
  const times = { intervalMs, evaluateAfterMs: intervalMs - 1 };
  return lookingAt({ rules: productionRulesOf(target, invariants), board: await boardOf(tested), ...times }, lie);
};

/** The target without what is done to its data by others than its API. */
const asGuest = (target: Target): Target => {
  const { remedies: _remedies, ledgerTable: _ledgerTable, ...database } = target.database;
  return { ...target, database };
};

const openLab = async (tested: Tested, world: World, doors: Doors): Promise<Lab> => {
  const opening = world.open(doors, tested);
  const board = await boardOf(tested).catch(async (error: unknown) => {
    await (await opening).close();
    throw error;
  });
  const { invariants } = tested;
  const target = world.isGuest ? asGuest(tested.target) : tested.target;
  const watching = { rules: runRulesOf(target, invariants), board, intervalMs: runScrapeIntervalMs };
  return { target, invariants, watching, place: placeOf(world), world: await opening };
};

const opening = (tested: Tested, world: World, doors: Doors): Promise<Lab> =>
  withProgress('topple', (told) => {
    told(`opening the world ${world.id}`);
    return openLab(tested, world, doors);
  });

/** Opens `world` for what is `tested`, does `work` in it, and leaves nothing of it behind, whatever happens. */
export const inLab = async <Result>(
  tested: Tested,
  world: World,
  work: (lab: Lab) => Promise<Result>,
  doors: Doors = socketDoors,
): Promise<Result> => withResource(opening(tested, world, doors), (lab) => lab.world.close(), work);
