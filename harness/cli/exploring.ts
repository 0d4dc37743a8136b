/** What the verbs of simulated worlds share: opening, shrinking and keeping. */
import { errors } from '../errors.ts';
import { confirm } from '../explore/confirm.ts';
import { type Exploration, openExploration, type RecordedWorld, type Subject } from '../explore/exploration.ts';
import { type KeptWorld, keepPage } from '../explore/kept-worlds.ts';
import type { WorldOutcome } from '../explore/one-world.ts';
import { type ShrinkLimits, type Shrunk, shrink } from '../explore/shrink.ts';
import { worldPage } from '../explore/world-page.ts';
import { parseDurationMs } from '../observe/duration.ts';
import { withResource } from './cleanup.ts';
import { commandIn, versionsHere } from './compose.ts';
import { keepOnOneCore } from './one-core.ts';
import type { Chosen } from './subjects.ts';

/** Milliseconds of a budget; throws `badDuration` when there are none. */
export const budgetMs = (option: string, text: string): number => {
  const durationMs = parseDurationMs(text);
  if (durationMs === undefined || durationMs <= 0) throw errors.badDuration(option, text);
  return durationMs;
};

/** Opens an exploration for `work`, and leaves nothing of it behind. */
export const inExploration = <Result>(
  subject: Subject,
  work: (exploration: Exploration) => Promise<Result>,
): Promise<Result> => {
  // Who was started by another process of Node is placed by that one, or not at all. The number of
  // the process picks the core, so that two searches need not share one.
  const leave = process.connected ? () => undefined : keepOnOneCore(process.pid, process.pid);
  return withResource(openExploration(subject), (exploration) => exploration.close(), work).finally(leave);
};

/** The document of a world that is worth keeping. */
export const keptFrom = (
  subject: Subject,
  world: RecordedWorld,
  from: Chosen['from'],
  needs?: readonly string[],
): KeptWorld => ({
  version: 1,
  scenario: subject.scenario.id,
  ...(subject.variant === undefined ? {} : { variant: subject.variant }),
  ...from,
  ...(needs === undefined ? {} : { needs }),
  versions: versionsHere(),
  ...world,
});

/** Writes the page of a kept world of which `outcome` was watched; returns its path from the working folder. */
export const showWorld = (
  { target, scenario }: Subject,
  id: string,
  world: KeptWorld,
  outcome: WorldOutcome,
): string => {
  const cwd = process.cwd();
  const { hypothesis } = scenario;
  return keepPage(cwd, id, worldPage({ id, world, outcome, hypothesis, system: target.id, command: commandIn(cwd) }));
};

/** The smallest world that breaks like `world` and repeats to the byte, or why there is none. */
export const shrinkSurely = async (
  exploration: Exploration,
  world: RecordedWorld,
  limits: ShrinkLimits,
): Promise<{ readonly smaller: Shrunk } | { readonly differs: string | undefined }> => {
  const smaller = await shrink(exploration, world, limits);
  const differs = smaller && (await confirm(exploration, smaller.world));
  return smaller === undefined || differs !== undefined ? { differs } : { smaller };
};
