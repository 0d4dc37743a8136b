/**
 * The graph of order states (requirements A.2), written down independently of any system under test: an order's
 * history is legal when each row starts where the row before it ended and follows one of these arrows.
 */
import type { OrderState } from './books.ts';

/** The state in which every order begins. */
export const initialState: OrderState = 'CREATED';

/** Allowed successors of each state. */
export const nextStates: Readonly<Record<OrderState, readonly OrderState[]>> = {
  CREATED: ['PAYMENT_INITIATED', 'FAILED', 'CANCELED', 'EXPIRED'],
  PAYMENT_INITIATED: ['PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED'],
  PAYMENT_PENDING: ['PAYMENT_SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED'],
  PAYMENT_SUCCEEDED: ['CREDITED', 'REFUND_PENDING'],
  CREDITED: ['PROVISIONING', 'COMPLETED', 'REFUND_PENDING', 'REVERSED'],
  PROVISIONING: ['PROVISIONING', 'COMPLETED'],
  COMPLETED: ['REFUND_PENDING', 'REVERSED'],
  FAILED: ['PAYMENT_SUCCEEDED'],
  CANCELED: ['PAYMENT_SUCCEEDED'],
  EXPIRED: ['PAYMENT_SUCCEEDED'],
  REFUND_PENDING: ['REFUNDED'],
  REFUNDED: [],
  REVERSED: [],
};
