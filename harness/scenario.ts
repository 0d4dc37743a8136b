/**
 * The scenario kind: one sentence over four registries, data only. It can be listed, explained, planned and replayed
 * without running anything.
 */
import type { PlannedFault } from './fault.ts';
import type { OperationKind } from './history.ts';
import type { Invariant } from './invariant.ts';
import type { Provider } from './provider.ts';
import type { Route } from './route.ts';
import type { PlannedWorkload } from './workload.ts';

/** A race that must really have happened: an interval of the one operation intersects one of the other. */
export interface Overlap {
  readonly between: readonly [OperationKind, OperationKind];
  /** What the two operations have in common. */
  readonly on: 'order' | 'wallet';
  /** The race must have overlapped on this many orders, else the verdict is `unknown`. */
  readonly ordersMin: number;
}

/** A situation, and the promises that must survive it. */
export interface Scenario {
  readonly id: string;
  readonly hypothesis: string;
  /** Requirement and scenario ids that it covers (C9, S15, …). */
  readonly covers: readonly string[];
  readonly providers: readonly Provider[];
  readonly workload: PlannedWorkload;
  /** The ways that orders take, one after the other; left out: the system takes its own. */
  readonly routes?: readonly Route[];
  readonly faults: readonly PlannedFault[];
  readonly overlaps?: readonly Overlap[];
  /** Fewer credited payments than this make the verdict `unknown`; left out: all that were captured. */
  readonly creditedMin?: number;
  /** Invariants that must be exercised and hold; the others are audited too, but need no evidence. */
  readonly expect: readonly Invariant[];
  /** Longest time that the system may take to come to rest once the faults are gone; 25 ms more for each order. */
  readonly settleMsMax: number;
}

/** Freezes a scenario. */
export const defineScenario = (scenario: Scenario): Scenario => Object.freeze(scenario);
