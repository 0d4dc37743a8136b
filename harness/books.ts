/**
 * The books: ground truth of a run. Providers' own records on one side, a read-only view of the ledger on the other.
 * Invariants are judged from these alone; nothing here comes from metrics or status codes.
 */
import type { Operation } from './history.ts';
import type { CapturedPayment, Delivery, GrantedCredit, ProviderCall } from './provider.ts';

/** Order states, as every target reports them (requirements A.1). */
export type OrderState =
  | 'CREATED'
  | 'PAYMENT_INITIATED'
  | 'PAYMENT_PENDING'
  | 'PAYMENT_SUCCEEDED'
  | 'CREDITED'
  | 'PROVISIONING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'REFUND_PENDING'
  | 'REFUNDED'
  | 'REVERSED';

/** An order as the system under test stored it. */
export interface BookedOrder {
  readonly id: string;
  /** The reference under which the payment provider knows it. */
  readonly reference: string;
  readonly wallet: string;
  readonly cloudAccount: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly state: OrderState;
  /** Why the order may not move money, or null. */
  readonly hold: string | null;
}

/** A posting that raises a wallet because of a payment. */
export interface BookedCredit {
  readonly entryId: string;
  readonly orderId: string;
  /** The provider's number of the payment that backs it. */
  readonly paymentId: string;
  readonly wallet: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** When it could first be seen, as near as the database tells: best its commit. Milliseconds since the epoch. */
  readonly atMs: number;
}

/** One stored balance beside the sum of the ledger's postings to the same wallet. */
export interface BookedBalance {
  readonly wallet: string;
  readonly currency: string;
  readonly storedMinor: bigint;
  readonly postedMinor: bigint;
}

/** One row of the state history of an order, in the order in which the rows were written. */
export interface BookedTransition {
  readonly orderId: string;
  readonly sequence: number;
  readonly from: OrderState | null;
  readonly to: OrderState;
  readonly cause: string;
  /** What proves the cause, as the system noted it: the number of a webhook or of a payment. */
  readonly reference?: string | null;
  readonly atMs: number;
}

/** Any ledger row, reduced to what tells whether it was changed: its key and a digest of all its columns. */
export interface BookedEntry {
  readonly entryId: string;
  readonly digest: string;
  /** True when the database itself proves that the row is not as it was written, or that one was removed. */
  readonly isRewritten?: boolean;
  /** When the row was written first, where the database tells; no change is older. Milliseconds since the epoch. */
  readonly writtenMs?: number;
}

/** A ledger row as it was seen first. */
export interface EarlierEntry extends BookedEntry {
  /** The latest moment at which it was seen unchanged; none if it was rewritten when it was seen first. */
  readonly intactMs?: number;
}

/** Money that came in for no order, as the system keeps it until a person has found its owner. */
export interface BookedUnmatched {
  /** The provider's number of the payment. */
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** The two sides of a ledger entry, each as one sum, in one currency. */
export interface BookedSides {
  readonly entryId: string;
  readonly currency: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

/** What the system under test wrote, read in one snapshot by a read-only user. */
export interface LedgerView {
  readonly orders: readonly BookedOrder[];
  readonly credits: readonly BookedCredit[];
  readonly balances: readonly BookedBalance[];
  readonly transitions: readonly BookedTransition[];
  readonly entries: readonly BookedEntry[];
  /** Left out where money cannot come without an order. */
  readonly unmatched?: readonly BookedUnmatched[];
  /** Left out where the ledger has no double entry: then nobody can say whether it balances. */
  readonly sides?: readonly BookedSides[];
}

/**
 * What a buyer wanted, by its idempotency key and what was asked for with it, and what the system answered to all these
 * requests. A key that came with different requests has one of these for each.
 */
export interface Intent {
  readonly key: string;
  readonly requests: number;
  /** Requests, those sent again too, that got no answer that tells whether they had an effect. */
  readonly unanswered: number;
  /** Requests that were refused for good. */
  readonly refused: number;
  /** What each of them asked for. */
  readonly wallet: string;
  readonly amountMinor: bigint;
  /** Different orders named in successful answers; one is right, two are two charges for one wish. */
  readonly orderIds: readonly string[];
}

/** The balance that the system showed to a wallet's owner once it had come to rest. */
export interface ShownBalance {
  readonly wallet: string;
  readonly balanceMinor: bigint;
}

/** A webhook that no provider sent like this to this system, and that was answered. */
export interface ForgedInput {
  /** The order that it speaks of, as the provider knows it. */
  readonly reference: string;
  /** Its number, and that of the payment that it claims: both made up, so whatever cites them comes from it. */
  readonly eventId: string;
  readonly paymentId: string;
  /** What is wrong with it, in words. */
  readonly forgery: string;
  readonly sentMs: number;
  /** HTTP status of the answer. */
  readonly status: number;
  /** True when the answer was the one that the provider takes for "received". */
  readonly wasBelieved: boolean;
}

/** Calls that never arrived at a provider, because a fault cut its link: nobody knows for which orders they were. */
export interface LostCalls {
  readonly count: number;
  /** When the first of them can have been made. */
  readonly sinceMs: number;
}

/** What was seen of the system from outside while it worked. */
export interface Traces {
  /** What buyers asked, and the deliveries of webhooks; in the order of their completion. */
  readonly operations: readonly Operation[];
  readonly deliveries: readonly Delivery[];
  readonly calls: readonly ProviderCall[];
  /** Left out where every call arrived. */
  readonly lostCalls?: LostCalls;
  /** How many times faster than production the surroundings ran. */
  readonly timeScale: number;
}

/** A database connection of the system at rest. */
export interface RestingConnection {
  readonly name: string;
  /** One and the same transaction was open, and idle, at two looks between which it could have ended. */
  readonly isLeftOpen: boolean;
}

/** Everything an invariant may look at. */
export interface Books extends LedgerView {
  readonly captured: readonly CapturedPayment[];
  readonly grants: readonly GrantedCredit[];
  readonly forged: readonly ForgedInput[];
  readonly intents: readonly Intent[];
  readonly shown: readonly ShownBalance[];
  /** Ledger rows seen at earlier moments of the run; an append-only ledger still has each of them, unchanged. */
  readonly earlierEntries: readonly EarlierEntry[];
  readonly traces: Traces;
  /** Left out while the system is not at rest. */
  readonly connections?: readonly RestingConnection[];
}

/**
 * True when `reference`, by which a provider was asked, names the order: it is the order's own, or that with a suffix
 * behind a sign (`r1-2`, not `r12`).
 */
export const namesOrder = (reference: string, order: Pick<BookedOrder, 'reference'>): boolean =>
  reference.startsWith(order.reference) && !/^[A-Za-z0-9]/.test(reference.slice(order.reference.length));
