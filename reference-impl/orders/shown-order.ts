/** An order as its customer sees it: what the database says, never what the client claimed. */
import type { Order } from './order.ts';

/** JSON shape; times are ISO 8601 in UTC, `amountMinor` is below 2^53 by the limit on orders. */
export const shown = (order: Order) => ({
  id: order.id,
  walletId: order.walletId,
  cloudAccountId: order.cloudAccountId,
  amountMinor: Number(order.amountMinor),
  currency: order.currency,
  state: order.state,
  hold: order.hold,
  payment: { provider: order.paymentProvider, reference: order.id, payBy: order.payBy },
  cloud: order.cloud,
  createdAt: new Date(order.createdAtMs).toISOString(),
  updatedAt: new Date(order.updatedAtMs).toISOString(),
});
