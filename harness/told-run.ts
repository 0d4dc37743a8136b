/**
 * What mock providers in another process are told of a run, and what they tell: JSON over their local routes. Chance is
 * a seed, and faults are ids, so both sides decide alike without asking each other.
 */
import type { PlannedFault } from './fault.ts';
import type { ProviderRecords } from './provider.ts';
import type { Random } from './seed.ts';

/** The faults of a run in the order of its plan, and the name of the stream that decides about them. */
export interface ToldRun {
  readonly random: string;
  /** Where the webhooks of this provider go, if it is one that is told so once. */
  readonly webhookUrl?: string;
  readonly faults: readonly (Pick<PlannedFault, 'at' | 'ranges'> & { readonly fault: string })[];
}

/** What a provider knows since it was told of the run. */
export interface ToldRecords {
  readonly records: ProviderRecords;
  /** The references that each fault has chosen, in the order of `ToldRun.faults`. */
  readonly decided: readonly (readonly string[])[];
  readonly isIdle: boolean;
}

/** The faults as they are told. */
export const toldRun = (random: Random, faults: readonly PlannedFault[], webhookUrl?: string): ToldRun => ({
  ...(webhookUrl === undefined ? {} : { webhookUrl }),
  random: random.name,
  faults: faults.map(({ fault, at, ranges }) => ({ fault: fault.id, at, ranges })),
});

/** What was told, from its JSON: amounts are texts of minor units there. */
export const readToldRecords = (json: string): ToldRecords =>
  JSON.parse(json, (name, value) => (name.endsWith('Minor') ? BigInt(value) : value)) as ToldRecords;
