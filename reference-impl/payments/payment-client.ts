/** What every payment provider is to the service: an intent is sent, and the provider is asked what came of it. */
import type { Order } from '../orders/order.ts';
import type { Failure } from '../resilience/failure.ts';

/** The providers that a buyer may pay by; the first is taken when an order names none. */
export const paymentProviders = ['alipay', 'bank-transfer', 'standard-webhooks', 'stripe', 'wechat-pay'] as const;

/** One of them. */
export type PaymentProvider = (typeof paymentProviders)[number];

/** The currencies in which each of them is asked for money. */
export const payableIn: Readonly<Record<PaymentProvider, readonly string[]>> = {
  alipay: ['CNY'],
  'bank-transfer': ['CNY', 'USD'],
  'standard-webhooks': ['CNY', 'USD'],
  stripe: ['CNY', 'USD'],
  'wechat-pay': ['CNY'],
};

/** No answer that can be believed: lost, cut, not signed, the provider does not know, or the call was not made. */
export interface Unknown extends Omit<Failure, 'kind'> {
  readonly kind: 'unknown';
  /** The provider refused it for a reason that is ours, not the order's: the same again changes nothing. */
  readonly isOurFault?: boolean;
}

/** The answer to an initiation. */
export type Initiation =
  | {
      readonly kind: 'accepted';
      /** What the buyer pays by: the text of a QR code, the secret that his page needs, or account and reference. */
      readonly payBy: string;
      /** The number by which the provider knows it, where that is another than the order's. */
      readonly number?: string;
    }
  | { readonly kind: 'refused'; readonly code: string }
  | Unknown;

/** What the provider says of an order; `captured` when the buyer's money was taken. */
export type Trade =
  | { readonly kind: 'captured'; readonly tradeNo: string; readonly amountMinor: bigint; readonly currency: string }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'absent';
      /** Where a payment begins with its buyer: how long after the buyer was given what he pays by it still may. */
      readonly mayBeginWithinMs?: number;
    }
  | Unknown;

/** As much of an order as a provider is asked by. */
export type Asked = Pick<Order, 'id' | 'paymentNumber'>;

/** As much of an order as an intent consists of. */
export type Payable = Pick<Order, 'id' | 'amountMinor' | 'currency'>;

/** The calls that the service makes to one payment provider. */
export interface PaymentClient {
  /**
   * Asks for a payment. Safe to repeat: the same order is the same payment. `isRetry` when it would not be asked but
   * for an earlier failure.
   */
  initiate(order: Payable, notifyUrl: string, isRetry: boolean): Promise<Initiation>;
  query(order: Asked): Promise<Trade>;
}

/** The client of each provider that is served. */
export type PaymentClients = Readonly<Partial<Record<PaymentProvider, PaymentClient>>>;

/** The providers that have one, in their usual order. */
export const servedBy = (clients: PaymentClients): readonly PaymentProvider[] =>
  paymentProviders.filter((provider) => clients[provider] !== undefined);

/** The client of an order's provider; where this role is not configured for it, one that knows nothing by our fault. */
export const clientOf = (clients: PaymentClients, provider: PaymentProvider): PaymentClient => {
  const notServed: Unknown = { ...unknown(`this role is not configured for ${provider}`), isOurFault: true };
  return clients[provider] ?? { initiate: async () => notServed, query: async () => notServed };
};

/** An answer that cannot be believed, and that says nothing of the provider's health. */
export const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });

/** No answer at all, or none that can be read. */
export const noAnswer = (reason: string): Unknown => ({ kind: 'unknown', reason, isStrain: true });

/** What came of a call, or that it was not made: then nothing is known. */
export const asUnknown = <Result extends { readonly kind: string }>(result: Result | Failure): Result | Unknown =>
  'reason' in result ? { ...result, kind: 'unknown' } : result;
