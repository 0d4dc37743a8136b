/**
 * The load kind: traffic that a k6 script makes by itself, what is done to the surroundings meanwhile, and the promises
 * that must survive both. Data only, like a scenario.
 */
import type { Place } from './fault.ts';
import type { Scenario } from './scenario.ts';

/** A provider that is away for a part of the time for which the script sends. */
export interface Outage {
  /** The link to it, of those between the system and its providers. */
  readonly at: Place;
  readonly fromPercent: number;
  readonly untilPercent: number;
}

/**
 * A script, and what it is for. Its workload says how long and how hard it asks. None of its faults kills the role that
 * answers customers: that would come back on another port, and k6 keeps the address that it was given.
 */
export interface Load extends Scenario {
  /** Path of the script that k6 runs. */
  readonly script: string;
  /** Left out: nobody is away. With one, the load runs twice, first without it, so that both can be compared. */
  readonly outage?: Outage;
}

/** Freezes a load. */
export const defineLoad = (load: Load): Load => Object.freeze(load);
