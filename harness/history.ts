/**
 * What was asked of the system and how it ended, in Jepsen's three ways: `ok`, `failed` (certainly without effect)
 * and `unknown` (may or may not have had an effect). Times are real milliseconds since the epoch.
 */

/**
 * `webhook` is a delivery by a provider, `forged-webhook` one by a stranger, the others are requests of buyers; `pay`
 * happens at the provider.
 */
export type OperationKind =
  | 'create-order'
  | 'read-order'
  | 'confirm-order'
  | 'read-wallet'
  | 'pay'
  | 'webhook'
  | 'forged-webhook';

/** One operation, from its invocation to its completion. */
export interface Operation {
  readonly kind: OperationKind;
  /** The planned order it belongs to, or null when it could not be matched. */
  readonly ordinal: number | null;
  readonly invokedMs: number;
  readonly completedMs: number;
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  /** The order id in the answer, the wallet that was read, or the provider's event id. */
  readonly subject: string | null;
  /**
   * When it began and ended, as places in one order of all beginnings and ends: two of one millisecond, too, came one
   * after the other. Left out where nobody knows.
   */
  readonly begunNth?: number;
  readonly endedNth?: number;
  /** What was shown: the state of the order, the balance of the wallet. */
  readonly shownState?: string;
  readonly shownMinor?: bigint;
}

/** A recorder that keeps operations in the order of their completion. */
export class History {
  readonly operations: Operation[] = [];
  #moments = 0;

  /** The place of this moment in the order of all that were asked for. */
  moment(): number {
    this.#moments += 1;
    return this.#moments;
  }

  add(operation: Operation): void {
    this.operations.push(operation);
  }
}

/** One JSON document per line; amounts are decimal text. */
export const toNdjson = (operations: readonly Operation[]): string =>
  operations
    .map((operation) => JSON.stringify(operation, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}` : one)))
    .map((line) => `${line}\n`)
    .join('');
