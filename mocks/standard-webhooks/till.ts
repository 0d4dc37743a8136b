/** What becomes of payments: paid, declined, canceled, given back; each step is told in a notice. */
import type { CapturedPayment, ProviderPorts } from '#harness/provider';
import type { Strangers } from '../strangers.ts';
import type { Notices } from './notices.ts';
import { noticeTypes } from './quirks.ts';
import type { Payment, PaymentRequest, Payments, Unpaid } from './states.ts';
import { noticeOf } from './wire.ts';

/** The steps; none of them checks whether it is allowed. */
export interface Till {
  readonly captured: readonly CapturedPayment[];
  create(request: PaymentRequest): Payment;
  pay(payment: Payment): void;
  end(payment: Payment, status: Unpaid['status']): void;
  giveBack(payment: Payment, amountMinor: bigint): void;
}

/** The steps of `payments`, told through `notices`. */
export const openTill = (
  { clock, wall, site }: Pick<ProviderPorts, 'clock' | 'wall' | 'site'>,
  payments: Payments,
  notices: Pick<Notices, 'tell'>,
  strangers: Strangers<Payment>,
): Till => {
  const captured: CapturedPayment[] = [];
  const tell = (type: string, payment: Payment): void =>
    notices.tell(noticeOf(type, payment, clock.nowMs()), payment.reference);
  return {
    captured,
    create: (request) => {
      const payment = payments.create(request, clock.nowMs());
      tell(noticeTypes.created, payment);
      strangers.ordered(payment);
      return payment;
    },
    pay: (payment) => {
      const { id, reference, amountMinor: askedMinor, currency } = payment;
      const amountMinor = site.onCapture({ reference, amountMinor: askedMinor, currency });
      payment.paid = { amountMinor, atMs: clock.nowMs() };
      captured.push({ id, provider: 'standard-webhooks', reference, amountMinor, currency, atMs: wall.nowMs() });
      strangers.paid(payment);
      tell(noticeTypes.succeeded, payment);
    },
    end: (payment, status) => {
      payment.unpaid = { status, atMs: clock.nowMs() };
      tell(noticeTypes[status], payment);
    },
    giveBack: (payment, amountMinor) => {
      payments.giveBack(payment, amountMinor, clock.nowMs());
      tell(noticeTypes.refunded, payment);
    },
  };
};
