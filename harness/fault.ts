/**
 * The fault kind: one deliberate deviation of the surroundings, at a provider or on a link. Its decisions come from
 * the run's seed, each of its hits is counted, and a planned fault that hit too little makes the verdict `unknown`.
 */
import type { LedgerView } from './books.ts';
import { narrowed, type Ranges, type Values } from './params.ts';
import type {
  CallFate,
  CallPoint,
  CapturePoint,
  ForgedWebhook,
  Misnaming,
  Moment,
  ProviderRecords,
  WebhookFate,
  WebhookPoint,
} from './provider.ts';
import type { Random } from './seed.ts';
import type { Aftermath, Span, Strike, StrikeKind, Struck } from './strike.ts';

/** What a fault knows when it decides about one subject (a reference): its drawn values, and chance of its own. */
export interface Draw<Name extends string> {
  readonly values: Values<Name>;
  readonly random: Random;
}

/** A toxic as Toxiproxy names it. */
export interface Toxic {
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** A time within the faults' own, in real milliseconds since they were put in place. */
export interface Window {
  readonly afterMs: number;
  readonly lengthMs: number;
}

/** Holes in a link to the database, each opened while commits to the ledger are under way, which last `delayMs`. */
export interface CommitHoles {
  readonly times: number;
  /** Real milliseconds, and the same for every commit. */
  readonly delayMs: number;
}

/**
 * Where a fault acts. A decision of `undefined` leaves the subject alone.
 * Draws are made once per reference, so every call and webhook of one order meets the same values.
 */
export interface Site<Name extends string> {
  onCall(decide: (point: CallPoint, draw: Draw<Name>) => CallFate | undefined): void;
  onWebhook(decide: (point: WebhookPoint, draw: Draw<Name>) => WebhookFate | undefined): void;
  onCapture(decide: (point: CapturePoint, draw: Draw<Name>) => bigint | undefined): void;
  onTransfer(decide: (point: { readonly reference: string }, draw: Draw<Name>) => Misnaming | undefined): void;
  onOrder(
    decide: (point: { readonly reference: string }, draw: Draw<Name>) => readonly ForgedWebhook[] | undefined,
  ): void;
  /**
   * Adds a toxic to the link, for its window or, without one, for as long as faults act; its hits are the connections
   * that the proxy saw it touch.
   */
  addToxic(toxicOf: (draw: Draw<Name>) => Toxic, windowOf?: (draw: Draw<Name>) => Window): void;
  /** Loses the answers to commits that add to the ledger; its hits are the rows that were committed without one. */
  loseCommitAnswers(holesOf: (draw: Draw<Name>) => CommitHoles): void;
  /** Strikes the process at chosen moments, as often as `timesOf` says at most, and never while it is struck. */
  strike(
    how: StrikeKind,
    decide: (moment: Moment, draw: Draw<Name>) => Strike | undefined,
    timesOf: (draw: Draw<Name>) => number,
  ): void;
}

/**
 * Where in the world a fault is planned: a provider, one operation of it, a link; or a process, and the operation of a
 * provider, `webhook` or `acknowledgement`, during which it is struck.
 */
export interface Place {
  readonly id: string;
  readonly operation?: string;
}

/** The contract of a fault. `params` are the allowed ranges. */
export interface FaultDefinition<Name extends string> {
  readonly id: string;
  readonly layer: 'provider' | 'transport' | 'process';
  /** One sentence, in which the parameters stand in backticks. */
  readonly summary: string;
  readonly params: Ranges<Name>;
  inject(site: Site<Name>): void;
  /**
   * How often it really struck, by the records of its provider; `decided` are the references that it chose. A decision
   * alone proves nothing: the copy may never have left. A toxic's hits are counted by the proxy instead.
   */
  hits?(records: ProviderRecords, decided: ReadonlySet<string>, at: Place): number;
  /** How often it struck, by the ledger; `spans` are the times during which it was there. */
  hitsInLedger?(ledger: LedgerView, spans: readonly Span[]): number;
  /** Whether a strike, which was carried out, interrupted what it was aimed at; each that did is a hit. */
  hasHit?(struck: Struck, after: Aftermath, at: Place): boolean;
}

/** A fault as a scenario uses it: at a place, with narrowed ranges. */
export interface PlannedFault {
  readonly fault: FaultDefinition<string>;
  readonly at: Place;
  readonly ranges: Ranges;
  /** Fewer hits than this make the verdict `unknown`. */
  readonly hitsMin: number;
  /** When its toxic is on its link; left out: when the fault says, or for as long as faults act. */
  readonly during?: Window;
}

/** A fault's definition, and the function by which a scenario plans it. */
export type Fault<Name extends string> = FaultDefinition<Name> &
  ((at: Place, ranges: Ranges<Name>, evidence?: { readonly hitsMin: number }) => PlannedFault);

/** The place of a planned fault in a word: its process; else the operation, if it names one, the provider or link. */
export const placeName = ({ fault, at }: Pick<PlannedFault, 'fault' | 'at'>): string =>
  fault.layer === 'process' ? at.id : (at.operation ?? at.id);

/** Makes a fault; planning it outside its allowed ranges throws. */
export const defineFault = <Name extends string>(definition: FaultDefinition<Name>): Fault<Name> => {
  const plan = (at: Place, ranges: Ranges<Name>, { hitsMin } = { hitsMin: 1 }): PlannedFault =>
    Object.freeze({
      fault: definition as FaultDefinition<string>,
      at,
      ranges: narrowed(definition.id, definition.params, ranges),
      hitsMin,
    });
  return Object.freeze(Object.assign(plan, definition));
};

/**
 * The link from a role of the system to a neighbour, or from a provider to the system. `api-role` and `webhook-role`
 * stand for whatever a target calls the roles that answer customers and providers.
 */
export const link = (from: string, to: string): Place => ({ id: `${from}-${to}` });

/** The database server, as faults name it. */
export const databaseProcess = 'postgres';

/**
 * A process while a provider's `operation` is done for it, a `webhook` is with it, or it just has answered one
 * (`acknowledgement`) and has others: a role of the system, or
 * `postgres`. `api-role`, `webhook-role` and `grant-role` stand for whatever a target calls those.
 */
export const during = (operation: string, process: string): Place => ({ id: process, operation });
