/**
 * The same defects looked for in several ways, beside what nobody schedules: requests, webhooks and statements that are
 * started together, as `Promise.all` would, on the same system and the same database.
 */
import { inExploration } from '#harness/cli/exploring';
import { chooseSubject } from '#harness/cli/subjects';
import { preciseClock } from '#harness/clock';
import { searchExhaustively } from '#harness/explore/exhaustive';
import { type Exploration, runShaped } from '#harness/explore/exploration';
import { drawChooser, drawShape, type WorldShape } from '#harness/explore/shape';
import { whole } from '#harness/explore/shard';
import { planRun } from '#harness/run/plan';
import { type Random, randomFrom } from '#harness/seed';
import { byPriority, type Chooser, inTurns, stalling, swarming, uniformly } from '#harness/simulate/choices';
import type { Target } from '#harness/target';

type Variant = Target['variants'][number];

interface Mode {
  readonly name: string;
  readonly shape: Omit<WorldShape, 'ordinals'>;
  chooser(random: Random, shape: Pick<WorldShape, 'isHasty'>): Chooser;
}

/** Nothing comes to harm but by what the scenario itself plans. */
const unharmed = (schedule: Chooser, random: Random): Chooser => ({
  choose: (point) => {
    if (point.kind === 'schedule') return schedule.choose(point);
    return point.kind === 'fault' ? random.integer(0, point.options.length - 1) : 0;
  },
});

const inOrderOffered: Chooser = { choose: () => 0 };
const plain = { hasGates: false, isHasty: false } as const;

const unscheduled: Mode = {
  name: 'Promise.all',
  shape: { ...plain, isUnscheduled: true },
  chooser: (random) => unharmed(inOrderOffered, random),
};

const scheduled: readonly Mode[] = [
  { name: 'uniform', shape: plain, chooser: (random) => unharmed(uniformly(random), random) },
  { name: 'priority', shape: plain, chooser: (random) => unharmed(byPriority(random, 3, 120), random) },
  { name: 'turns', shape: plain, chooser: (random) => unharmed(inTurns(random), random) },
  {
    name: 'pauses',
    shape: { ...plain, isHasty: true },
    chooser: (random) => unharmed(stalling(uniformly(random), random, 2, 120), random),
  },
  {
    name: 'gates',
    shape: { ...plain, hasGates: true },
    chooser: (random) => unharmed(uniformly(random), random),
  },
  { name: 'swarm', shape: plain, chooser: (random) => swarming(uniformly(random), random.fork('swarm')) },
  { name: 'as explore', shape: plain, chooser: drawChooser },
];

/** Runs the world of `seed` in this mode; true when a promise was broken. */
const breaks = async (exploration: Exploration, mode: Mode, seed: number): Promise<boolean> => {
  const { scenario, settings } = exploration.subject;
  const random = randomFrom(`${scenario.id}/${seed}`).fork('world');
  const drawn = drawShape(planRun(scenario, seed, settings), random);
  const shape = mode.chooser === drawChooser ? drawn : { ...mode.shape, ordinals: drawn.ordinals };
  const { fingerprint } = await runShaped(exploration, seed, shape, mode.chooser(random, shape), 'quick');
  return fingerprint.length > 0;
};

const hitText = (worlds: number, startedMs: number): string =>
  `${worlds} in ${((preciseClock.nowMs() - startedMs) / 1_000).toFixed(1)} s`;

/**
 * The same for all interleavings of two requests of the first seed's world, of two orders. Its budget is told in
 * worlds, not in milliseconds, so that the machine decides nothing.
 */
const firstInterleaving = async (exploration: Exploration, worldsMax: number): Promise<string> => {
  const startedMs = preciseClock.nowMs();
  let worlds = 0;
  const limits = { seed: 1, shard: whole, orders: 2, isEvery: false, leftMs: () => worldsMax - worlds };
  const { found } = await searchExhaustively(exploration, {
    ...limits,
    told: (tally) => {
      worlds = tally.worlds;
    },
  });
  return found === undefined ? `none of ${worlds}` : hitText(worlds, startedMs);
};

/** `3 in 0.4 s`: the first world that broke something; `none of 20`. */
const firstHit = async (exploration: Exploration, mode: Mode, worldsMax: number): Promise<string> => {
  const startedMs = preciseClock.nowMs();
  for (let seed = 1; seed <= worldsMax; seed += 1) {
    if (await breaks(exploration, mode, seed)) return hitText(seed, startedMs);
  }
  return `none of ${worldsMax}`;
};

/** What of the search is measured. */
export interface ModeLimits {
  /** How often each defect is raced without a scheduler. */
  readonly unscheduledRuns: number;
  /** How many worlds a mode has to find a defect. */
  readonly worldsMax: number;
}

const measureDefect = async ({ id, witness }: Variant, { unscheduledRuns, worldsMax }: ModeLimits): Promise<number> => {
  const { subject } = await chooseSubject(process.cwd(), witness, { settings: [], variant: id });
  return inExploration(subject, async (exploration) => {
    let hits = 0;
    for (let seed = 1; seed <= unscheduledRuns; seed += 1) if (await breaks(exploration, unscheduled, seed)) hits += 1;
    const cells = [`${hits} of ${unscheduledRuns}`];
    for (const mode of scheduled) cells.push(await firstHit(exploration, mode, worldsMax));
    cells.push(await firstInterleaving(exploration, worldsMax));
    console.log(`${id.padEnd(31)}${cells.map((cell) => cell.padStart(14)).join('')}`);
    return hits;
  });
};

/** Prints a row per defect: how often it shows without a scheduler, and the first world in which each mode shows it. */
export const measureModes = async (defects: readonly Variant[], limits: ModeLimits): Promise<void> => {
  const names = [...[unscheduled, ...scheduled].map(({ name }) => name), 'exhaustive'].map((name) => name.padStart(14));
  console.log(`\n${'first world that shows it'.padEnd(31)}${names.join('')}`);
  const missed: string[] = [];
  for (const defect of defects) if ((await measureDefect(defect, limits)) === 0) missed.push(defect.id);
  console.log(`missed by ${limits.unscheduledRuns} runs of Promise.all each: ${missed.join(', ') || 'none'}`);
};
