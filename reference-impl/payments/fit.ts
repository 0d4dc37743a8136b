/** Whether a payment is the one that its order asked for. A payment that does not fit credits nothing. */
import type { Order } from '../orders/order.ts';
import type { PaidFact } from './confirm-payment.ts';

/** The first field in which they differ. */
export type Misfit = 'amount' | 'currency';

/** The fact to go on with, or the field that does not fit. */
export type Fit = (order: Order, fact: PaidFact) => PaidFact | Misfit;

/** Equal to the minor unit and in currency. The amount comes first: it is what people ask about. */
export const exactFit: Fit = (order, fact) => {
  if (fact.amountMinor !== order.amountMinor) return 'amount';
  return fact.currency === order.currency ? fact : 'currency';
};
