/** An order as its customer sees it: what the database says, never what the client claimed. */
import { bankReferenceOf } from '../payments/bank-reference.ts';
import type { Order } from './order.ts';

/** The name under which the provider knows the payment: the order's id, or what its payer has to write. */
const referenceOf = ({ id, paymentProvider }: Order): string =>
  (paymentProvider === 'bank-transfer' ? bankReferenceOf(id) : undefined) ?? id;

/** JSON shape; times are ISO 8601 in UTC, `amountMinor` is below 2^53 by the limit on orders. */
export const shown = (order: Order) => ({
  id: order.id,
  walletId: order.walletId,
  cloudAccountId: order.cloudAccountId,
  amountMinor: Number(order.amountMinor),
  currency: order.currency,
  state: order.state,
  hold: order.hold,
  payment: { provider: order.paymentProvider, reference: referenceOf(order), payBy: order.payBy },
  cloud: order.cloud,
  createdAt: new Date(order.createdAtMs).toISOString(),
  updatedAt: new Date(order.updatedAtMs).toISOString(),
});
