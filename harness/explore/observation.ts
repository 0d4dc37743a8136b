/** Watches a simulated world by production's rules at production's intervals, all of it in virtual time. */
import { sleep } from '../clock.ts';
import { alertNameOf } from '../invariant.ts';
import { type Testimony, testimonyOf } from '../run/agreement.ts';
import type { Audit } from '../run/audit.ts';
import { boundsOf, type Looking, type SignalWatch, watchSignals } from '../run/signals.ts';
import type { Target } from '../target.ts';
import type { Simulation } from '../worlds/simulated/simulation.ts';

/** What worlds are watched with: rules and panels of production, and perhaps a lie between. */
export type Observation = Looking;

/** A watch over one world. */
export interface WorldWatch {
  /**
   * Lets the world go on until the alert of each broken promise has spoken or twice its time is over, and says what
   * alerts and panels said.
   */
  testify(audits: readonly Audit[]): Promise<readonly Testimony[]>;
}

/** A panel that judges nothing has nothing to say here. */
const judging = ({ panels, ...looking }: Looking): Looking => ({
  ...looking,
  panels: panels.filter(({ steps }) => steps.length > 0),
});

/** Lets time pass while an alert is silent about what is violated; one that comes too late is still heard. */
const untilTold = async (
  simulation: Simulation,
  signals: SignalWatch,
  audits: readonly Audit[],
  stepMs: number,
  allowedMs: (signal: string) => number,
): Promise<void> => {
  const violated = audits.filter(({ finding, invariant }) => finding === 'violated' && invariant.signal !== undefined);
  const beginMs = simulation.clock.nowMs();
  const isAwaited = ({ invariant }: Audit): boolean =>
    signals.isSilent(alertNameOf(invariant)) &&
    simulation.clock.nowMs() - beginMs < 2 * allowedMs(invariant.signal ?? '');
  while (violated.some(isAwaited)) await simulation.run(() => sleep(simulation.clock, stepMs));
};

/** Begins to watch; the first scrape of every role has been made when this resolves. */
export const watchWorldSignals = async (
  simulation: Simulation,
  target: Target,
  observation: Observation,
): Promise<WorldWatch> => {
  const watched = { world: simulation, job: target.id, fetchPage: simulation.fetchPage };
  const signals = await watchSignals(watched, judging(observation), simulation.onlookers);
  const bounds = boundsOf(target, 1, signals.latencyMsMax);
  return {
    testify: async (audits) => {
      const allowedMs = (signal: string): number => bounds.slowMsMax.get(signal) ?? bounds.detectMsMax;
      await untilTold(simulation, signals, audits, observation.intervalMs, allowedMs);
      const heard = await simulation.run(() => signals.stop(bounds, new Map()));
      return audits.map((audit) => testimonyOf(audit, heard.signals));
    },
  };
};

/** `no-double-credit missed`, `no-lost-credit false alarm`: what was said and is not so, in order. */
export const liesIn = (testimonies: readonly Testimony[]): readonly string[] =>
  testimonies
    .filter(({ liars }) => liars.length > 0)
    .map(({ audit, agreement }) => `${audit.invariant.id} ${agreement}`)
    .sort();
