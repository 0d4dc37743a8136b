/**
 * The anomaly kind: a class of breach. An invariant says that a promise is broken, its witnesses say of which class
 * each breach is, because that is what tells where to look for the mistake.
 */

/**
 * C is about credit, S about the states of an order, K about idempotency keys, L about the ledger, B about balances,
 * V about grants at the cloud, X about what the system does to others.
 */
export type AnomalyId =
  | 'B1'
  | 'B2'
  | 'B3'
  | 'C1'
  | 'C2'
  | 'C3'
  | 'C4'
  | 'C5'
  | 'C6'
  | 'C7'
  | 'C8'
  | 'K1'
  | 'K2'
  | 'K3'
  | 'L1'
  | 'L2'
  | 'L3'
  | 'S1'
  | 'S2'
  | 'S3'
  | 'V1'
  | 'X3'
  | 'X4';

/** One class of breach: what it is, and what to look at. */
export interface Anomaly {
  readonly id: AnomalyId;
  /** What it is called: a noun phrase, in lower case. */
  readonly name: string;
  /** When a breach is of this class: one sentence. */
  readonly when: string;
  /** Where the mistake usually is. */
  readonly look: string;
  /** Id of the invariant whose witnesses are of this class, or what else finds it. */
  readonly judgedBy: string;
}
