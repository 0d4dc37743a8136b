/** What reconciliation does about a payment that the provider captured and nobody told of. */
import type { Order } from '../orders/order.ts';
import { type Confirmation, confirmPayment } from '../payments/confirm-payment.ts';
import type { Trade } from '../payments/payment-client.ts';
import type { PaymentJobs } from './compare-payments.ts';

/** What the provider says of a payment that it captured. */
export type Captured = Extract<Trade, { kind: 'captured' }>;

/** As much of an order as its provider was asked by. */
export type Found = Pick<Order, 'id' | 'paymentProvider' | 'paymentNumber'>;

/** Does something about it; `undefined` leaves it for the next time that the order is asked about. */
export type Recover = (jobs: PaymentJobs, order: Found, trade: Captured) => Promise<Confirmation | undefined>;

/** The provider's answer confirms the payment, or holds an order that asked for another one. */
export const confirmFound: Recover = ({ ports, parts, count }, { id: orderId, paymentProvider: provider }, trade) =>
  confirmPayment(
    { db: ports.db, transition: parts.transition, fit: parts.fit, count },
    { ...trade, orderId, provider },
    { cause: 'reconciliation', reference: trade.tradeNo, provesLatePayment: true },
  );
