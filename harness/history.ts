/**
 * What was asked of the system and how it ended, in Jepsen's three ways: `ok`, `failed` (certainly without effect)
 * and `unknown` (may or may not have had an effect). Times are real milliseconds since the epoch.
 */

/**
 * `webhook` is a delivery by a provider, `forged-webhook` one by a stranger, the others are requests of buyers; `pay`
 * happens at the provider.
 */
export type OperationKind = 'create-order' | 'read-order' | 'confirm-order' | 'pay' | 'webhook' | 'forged-webhook';

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
  /** The order id in the answer, or the provider's event id. */
  readonly subject: string | null;
}

/** A recorder that keeps operations in the order of their completion. */
export class History {
  readonly operations: Operation[] = [];

  add(operation: Operation): void {
    this.operations.push(operation);
  }
}

/** One JSON document per line. */
export const toNdjson = (operations: readonly Operation[]): string =>
  operations.map((operation) => `${JSON.stringify(operation)}\n`).join('');
