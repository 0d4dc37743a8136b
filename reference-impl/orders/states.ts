/** The states of an order and the only ways between them; the database holds the same table and enforces it. */

/** CREATED: stored, nothing sent. PAYMENT_INITIATED: the intent is durable, the provider's answer may be unknown. */
export type OrderState =
  | 'CREATED'
  | 'PAYMENT_INITIATED'
  | 'PAYMENT_PENDING'
  | 'PAYMENT_SUCCEEDED'
  | 'CREDITED'
  | 'PROVISIONING'
  | 'COMPLETED'
  | 'FAILED';

/** Where an order may go from each state. FAILED is left only when the provider itself proves a late payment. */
export const legalMoves: Readonly<Record<OrderState, readonly OrderState[]>> = {
  CREATED: ['PAYMENT_INITIATED'],
  PAYMENT_INITIATED: ['PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', 'FAILED'],
  PAYMENT_PENDING: ['PAYMENT_SUCCEEDED', 'FAILED'],
  PAYMENT_SUCCEEDED: ['CREDITED'],
  CREDITED: ['PROVISIONING'],
  PROVISIONING: ['COMPLETED'],
  COMPLETED: [],
  FAILED: ['PAYMENT_SUCCEEDED'],
};

/** States that an order leaves by itself; one that stays in them too long is stuck. */
export const unfinishedStates: readonly OrderState[] = [
  'CREATED',
  'PAYMENT_INITIATED',
  'PAYMENT_SUCCEEDED',
  'CREDITED',
  'PROVISIONING',
];

/** All states, in the order of a top-up's life. */
export const orderStates = Object.keys(legalMoves) as readonly OrderState[];

/** Why an order moved; the history keeps it. */
export type Cause = 'customer' | 'initiation' | 'webhook' | 'confirm' | 'reconciliation' | 'ledger' | 'grant';

/** While set, nothing moves the order: reconciliation or a person decides. */
export type Hold = 'reconciliation' | 'manual_review';

/** All holds, as labels of a gauge. */
export const holds: readonly Hold[] = ['reconciliation', 'manual_review'];
