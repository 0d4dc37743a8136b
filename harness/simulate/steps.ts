/** The loop of a simulated world: wait for quiescence, list what may happen next, let one thing happen. */
import { nextTurn } from '../clock.ts';
import { simulationErrors } from '../simulation-errors.ts';
import type { Chooser } from './choices.ts';
import type { Journal } from './journal.ts';

/** One thing that may happen next. Its label is the same in every run that came here by the same choices. */
export interface Step {
  readonly label: string;
  /** The request whose work it is; none for jobs, timers and time. */
  readonly request?: string | undefined;
  /** The whole statement, if it is one. */
  readonly sql?: string;
  /** Lets it happen; resolves at the next moment at which the program only waits. */
  take(): Promise<void>;
}

/** A part of the world that has steps to offer: sessions, timers, the network. */
export interface StepSource {
  /** In a fixed order; called at quiescence only. */
  steps(): readonly Step[];
}

/** What a world is made of. */
export interface Scheduled {
  readonly sources: readonly StepSource[];
  /** Asked only when no source has a step: time passes when nothing else can happen. */
  readonly lastResort?: StepSource;
  readonly chooser: Chooser;
  readonly journal: Journal;
  /** Called at every quiescence; throws to end the world. */
  readonly inspect?: () => void;
  /** Called after each step with its label; it may look at the world, and must not change it. */
  readonly afterStep?: ((label: string) => Promise<void>) | undefined;
}

/** All promises that can go on have gone on, and the program waits for something that the world owns. */
export const quiescence = (): Promise<void> => new Promise(nextTurn);

/** More than any goal takes: a world that goes on for longer waits for something that will not come. */
const stepsMax = 30_000;

/**
 * Runs until `goal` has settled and returns what it brought; throws `worldStuck` when nothing can happen before, or
 * only timers that change nothing.
 */
export const runSteps = async <T>({ chooser, journal, ...world }: Scheduled, goal: Promise<T>): Promise<T> => {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  goal.then(over, over);
  for (let steps = 0; ; steps += 1) {
    await quiescence();
    world.inspect?.();
    if (isOver) return goal;
    const offered = world.sources.flatMap((source) => source.steps());
    const options = offered.length > 0 ? offered : (world.lastResort?.steps() ?? []);
    if (options.length === 0 || steps > stepsMax) throw simulationErrors.worldStuck(journal.lines);
    const index = chooser.choose({ kind: 'schedule', options: options.map(({ label }) => label), steps: options });
    const step = options[index];
    if (step === undefined) throw new RangeError(`choice ${index} of ${options.length}`);
    journal.note(step.label);
    await step.take();
    await world.afterStep?.(step.label);
  }
};
