/** A place where simulated worlds of one variant run one after the other, and the worlds that were kept. */

import { databaseProcess } from '../fault.ts';
import type { Invariant } from '../invariant.ts';
import { armFaults } from '../run/fault-sites.ts';
import { planRun, type Setting } from '../run/plan.ts';
import type { Scenario } from '../scenario.ts';
import { randomFrom } from '../seed.ts';
import { type Choices, type Chooser, repeating } from '../simulate/choices.ts';
import { guidedBy } from '../simulate/milestones.ts';
import { openSentinel, type Sentinel } from '../simulate/sentinel.ts';
import { simulationErrors } from '../simulation-errors.ts';
import type { Target } from '../target.ts';
import { openLease } from '../worlds/embedded/lease.ts';
import { startPostgres } from '../worlds/embedded/postgres.ts';
import { type Ground, openGround } from '../worlds/simulated/ground.ts';
import type { Observation } from './observation.ts';
import { runWorld, type WorldOutcome } from './one-world.ts';
import { drawChooser, drawShape, reduced, type WorldShape } from './shape.ts';

/** What is explored. */
export interface Subject {
  readonly target: Target;
  readonly invariants: readonly Invariant[];
  readonly scenario: Scenario;
  readonly settings: readonly Setting[];
  readonly variant?: string;
  /** Its worlds are watched as by their operators. */
  readonly observation?: Observation;
}

/** An open exploration. */
export interface Exploration {
  readonly subject: Subject;
  readonly ground: Ground;
  readonly sentinel: Sentinel;
  close(): Promise<void>;
}

/** A world that can be repeated: the seed decides its traffic, the shape and the choices all the rest. */
export interface RecordedWorld {
  readonly seed: number;
  readonly shape: WorldShape;
  readonly choices: Choices;
  readonly digest: string;
  readonly fingerprint: readonly string[];
}

/** Throws `notInProcess` when the target cannot be simulated, and what `openGround` throws. */
export const openExploration = async (subject: Subject): Promise<Exploration> => {
  if (subject.target.inProcess === undefined) throw simulationErrors.notInProcess(subject.target.id);
  const lease = await openLease();
  try {
    const postgres = await startPostgres({ lease });
    const watched = subject.observation && 'watched';
    const ground = await openGround(postgres, subject.target, subject.variant, 'simulated', watched);
    const sentinel = openSentinel();
    return {
      subject,
      ground,
      sentinel,
      close: async () => {
        sentinel.close();
        await ground.close();
        await lease.release();
      },
    };
  } catch (error) {
    await lease.release();
    throw error;
  }
};

/** Runs the world of `seed` in this shape as `chooser` decides. */
export const runShaped = (
  { subject, ground, sentinel }: Exploration,
  seed: number,
  shape: WorldShape,
  chooser: Chooser,
  reset: 'quick' | 'deep',
  watched?: 'watched',
): Promise<WorldOutcome> => {
  const plan = reduced(planRun(subject.scenario, seed, subject.settings), shape);
  return runWorld({
    ground,
    sentinel,
    invariants: subject.invariants,
    plan,
    chooser,
    reset,
    ...(subject.observation === undefined ? {} : { observation: subject.observation }),
    isWatched: watched !== undefined,
    ...shape,
  });
};

/** A new world of this seed: shape, schedule and harm are drawn from it. */
export const runSeed = async (exploration: Exploration, seed: number) => {
  const { scenario, settings } = exploration.subject;
  const random = randomFrom(`${scenario.id}/${seed}`).fork('world');
  const shape = drawShape(planRun(scenario, seed, settings), random);
  const outcome = await runShaped(exploration, seed, shape, drawChooser(random, shape), 'quick');
  return { shape, outcome };
};

/** The recorded world again, looked at after each step: `brokenSince` says which step broke what. */
export const watchWorld = (exploration: Exploration, { seed, shape, choices }: RecordedWorld): Promise<WorldOutcome> =>
  runShaped(exploration, seed, shape, repeating(choices), 'deep', 'watched');

/** The recorded world again, on new tables; throws `choicesDiffer` where its choices are not possible any more. */
export const repeatWorld = (exploration: Exploration, { seed, shape, choices }: RecordedWorld): Promise<WorldOutcome> =>
  runShaped(exploration, seed, shape, repeating(choices), 'deep');

/** The world of a record that may not be possible any more: its choices are made in their order, as far as they are. */
export const followWorld = (exploration: Exploration, { seed, shape, choices }: RecordedWorld): Promise<WorldOutcome> =>
  runShaped(exploration, seed, shape, guidedBy(choices), 'deep');

/**
 * Ids of the scenario's faults that have no meaning in a simulated world: those of TCP, where nothing has a length;
 * pauses, where every process may be slow; and restarts of the database server, where each statement may be lost.
 */
export const meaninglessFaults = ({ faults }: Scenario): readonly string[] => {
  const { toxics, striking } = armFaults(faults, randomFrom(1));
  const strikes = striking.filter(({ how, process }) => how === 'pause' || process === databaseProcess);
  return [...new Set([...toxics, ...strikes].map(({ planned }) => planned.fault.id))];
};
