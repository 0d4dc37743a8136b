/**
 * Payments of the mock. A payment is pending until the buyer pays (succeeded), it is declined, or the merchant cancels
 * it; from succeeded refunds lead to refunded, once nothing is left. Nothing else leaves an end. A reference has at
 * most one payment that is pending or paid; after a declined or canceled one it may have another.
 */
import { momentNumber } from '../numbers.ts';

/** What a merchant asks for. */
export interface PaymentRequest {
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Money given back. */
export interface Refund {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly createdMs: number;
}

/** How a payment that was not paid ended. */
export interface Unpaid {
  readonly status: 'declined' | 'canceled';
  readonly atMs: number;
}

/** One payment; times are milliseconds of the provider's clock. */
export interface Payment extends PaymentRequest {
  readonly id: string;
  readonly createdMs: number;
  paid?: { readonly amountMinor: bigint; readonly atMs: number };
  unpaid?: Unpaid;
  readonly refunds: readonly Refund[];
}

/** What all refunds of a payment take together. */
export const refundedMinor = ({ refunds }: Payment): bigint =>
  refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

/** What may still be given back of a payment. */
export const refundableMinor = (payment: Payment): bigint => (payment.paid?.amountMinor ?? 0n) - refundedMinor(payment);

/** The state of a payment, as the API calls it. */
export const statusOf = (payment: Payment): 'pending' | 'succeeded' | 'refunded' | Unpaid['status'] => {
  if (payment.paid === undefined) return payment.unpaid?.status ?? 'pending';
  return refundableMinor(payment) === 0n ? 'refunded' : 'succeeded';
};

/** The payment as it was at `atMs`; undefined before it was made. */
export const asOf = (payment: Payment, atMs: number): Payment | undefined => {
  if (payment.createdMs > atMs) return undefined;
  const { paid, unpaid, refunds, ...request } = payment;
  return {
    ...request,
    ...(paid !== undefined && paid.atMs <= atMs && { paid }),
    ...(unpaid !== undefined && unpaid.atMs <= atMs && { unpaid }),
    refunds: refunds.filter(({ createdMs }) => createdMs <= atMs),
  };
};

/** Makes ids: prefix and digits, which tell their moment; no full stop, by which signed text is divided. */
export type MakeId = (prefix: string) => string;

/** Ids of the moments that `nowMs` tells. */
export const openIds = (nowMs: () => number): MakeId => {
  let count = 0;
  return (prefix) => {
    count += 1;
    return `${prefix}${momentNumber(nowMs(), count)}`;
  };
};

/** All payments of the merchant. */
export interface Payments {
  /** Oldest first. */
  all(): readonly Payment[];
  byId(id: string): Payment | undefined;
  /** Oldest first. */
  of(reference: string): readonly Payment[];
  create(request: PaymentRequest, nowMs: number): Payment;
  giveBack(payment: Payment, amountMinor: bigint, nowMs: number): Refund;
}

/** No payments yet. */
export const openPayments = (makeId: MakeId): Payments => {
  const payments = new Map<string, Payment & { readonly refunds: Refund[] }>();
  const byReference = new Map<string, Payment[]>();
  return {
    all: () => [...payments.values()],
    byId: (id) => payments.get(id),
    of: (reference) => byReference.get(reference) ?? [],
    create: (request, nowMs) => {
      const payment = { ...request, id: makeId('pay_'), createdMs: nowMs, refunds: [] };
      payments.set(payment.id, payment);
      byReference.set(request.reference, [...(byReference.get(request.reference) ?? []), payment]);
      return payment;
    },
    giveBack: (payment, amountMinor, nowMs) => {
      const refund: Refund = { id: makeId('ref_'), amountMinor, createdMs: nowMs };
      payments.get(payment.id)?.refunds.push(refund);
      return refund;
    },
  };
};
