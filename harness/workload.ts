/**
 * The workload kind: traffic as a plan. What is asked is decided here by the seed; how it is asked (the same for
 * every workload) is the business of `run/execute.ts`; what must come of it is the business of the invariants.
 */
import { narrowed, type Ranges } from './params.ts';
import type { Random } from './seed.ts';
import type { CreateOrder } from './target.ts';

/** One buyer's intent with every choice made. */
export interface PlannedOrder extends CreateOrder {
  /** Position in the plan, from 0; the history names orders by it until the system has given them an id. */
  readonly ordinal: number;
  /** Who buys, as people call them. */
  readonly customer: string;
  /** How many identical create requests are sent at once (1 = no double click). */
  readonly createsAtOnce: number;
  /** How many confirm requests are sent at the moment of payment. */
  readonly confirmsAtOnce: number;
  /** Amounts of other requests under the same key, each sent at once with the first ones and again when it is taken. */
  readonly otherAmounts?: readonly bigint[];
  /** How often the buyer who has paid looks at order and wallet at most; none by default. */
  readonly looks?: number;
}

/** Batches run one after the other; the orders of a batch are created together, then paid together. */
export interface PlannedTraffic {
  readonly batches: readonly (readonly PlannedOrder[])[];
}

/** The contract of a workload. `params` are the allowed ranges. */
export interface WorkloadDefinition<Name extends string> {
  readonly id: string;
  readonly summary: string;
  readonly params: Ranges<Name>;
  plan(ranges: Ranges<Name>, random: Random): PlannedTraffic;
}

/** A workload as a scenario uses it. */
export interface PlannedWorkload {
  readonly workload: WorkloadDefinition<string>;
  readonly ranges: Ranges;
}

/** A workload's definition, and the function by which a scenario plans it. */
export type Workload<Name extends string> = WorkloadDefinition<Name> & ((ranges: Ranges<Name>) => PlannedWorkload);

/** Makes a workload; planning it outside its allowed ranges throws. */
export const defineWorkload = <Name extends string>(definition: WorkloadDefinition<Name>): Workload<Name> => {
  const plan = (ranges: Ranges<Name>): PlannedWorkload =>
    Object.freeze({
      workload: definition as WorkloadDefinition<string>,
      ranges: narrowed(definition.id, definition.params, ranges),
    });
  return Object.freeze(Object.assign(plan, definition));
};

/** The traffic that a planned workload makes of a seed. */
export const trafficOf = ({ workload, ranges }: PlannedWorkload, random: Random): PlannedTraffic =>
  workload.plan(ranges, random);
