/** "I have paid": asks the provider, believes nothing from the client, may be repeated and raced at will. */
import { Refusal } from '../http/answers.ts';
import { type ConfirmParts, confirmPayment } from '../payments/confirm-payment.ts';
import { clientOf, type PaymentClient, type PaymentClients, type Trade } from '../payments/payment-client.ts';
import { findOrder, type Order, orderNamed } from './order.ts';

/** Finds out whether an order was paid, when its buyer says so. */
export type AskProvider = (provider: PaymentClient, order: Order) => Promise<Trade>;

/** Only the provider's own answer counts. */
export const askProvider: AskProvider = (provider, order) => provider.query(order);

/** The order after the provider was asked; an order past its payment is answered without asking again. */
export const confirmOrder = async (
  parts: ConfirmParts & { readonly payments: PaymentClients; readonly ask: AskProvider },
  orderId: string,
): Promise<Order> => {
  const order = await findOrder(parts.db, orderId);
  if (!order) throw new Refusal(404, 'no-such-order', `There is no order ${orderId}.`, 'Check the id.');
  if (order.state !== 'PAYMENT_INITIATED' && order.state !== 'PAYMENT_PENDING') return order;
  const trade = await parts.ask(clientOf(parts.payments, order.paymentProvider), order);
  if (trade.kind === 'unknown') {
    throw new Refusal(
      503,
      'provider-silent',
      'The payment provider gave no answer.',
      'Ask again; nothing was changed.',
    );
  }
  if (trade.kind === 'captured') {
    const fact = { ...trade, orderId, provider: order.paymentProvider };
    await confirmPayment(parts, fact, { cause: 'confirm', reference: trade.tradeNo, provesLatePayment: false });
  }
  return orderNamed(parts.db, orderId);
};
