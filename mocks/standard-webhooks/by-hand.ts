/** What people do without the API: buyers pay or are declined, staff cancels, refunds and rotates the secret. */
import { mockErrors } from '#harness/mock-errors';
import type { ByHand } from '#harness/provider';
import { acknowledged, type Notices } from './notices.ts';
import { amountMinorRange, referenceForm } from './quirks.ts';
import { issuedBy, type KeyRing } from './sign.ts';
import { type Payment, type Payments, refundableMinor, refundedMinor, statusOf } from './states.ts';
import type { Till } from './till.ts';

/** The parts of the open provider that people act on. */
export interface Counter {
  readonly payments: Payments;
  readonly till: Till;
  readonly notices: Notices;
  readonly ring: KeyRing;
  readonly tampers: ByHand['tampers'];
  find(reference: string): Payment;
}

const currency = 'USD';

const makeOrder = ({ payments, till, notices, ring }: Counter, order: Parameters<ByHand['order']>[0]): void => {
  const { reference, amountMinor, webhookUrl } = order;
  const refused = (problem: string) => mockErrors.orderRefused('standard-webhooks', reference, problem);
  if (!referenceForm.test(reference)) throw refused('its number has to be 1 to 64 letters, digits or _.:-');
  if (amountMinor < amountMinorRange.min || amountMinor > amountMinorRange.max)
    throw refused('its amount is not allowed');
  const known = payments.of(reference).at(-1);
  const isTaken = known !== undefined && known.unpaid === undefined;
  if (isTaken && known.amountMinor !== amountMinor) throw refused('that number was used');
  if (webhookUrl !== '') notices.addEndpoint(webhookUrl, ['*'], () => ring);
  if (!isTaken) till.create({ reference, amountMinor, currency });
};

const deedsOf = ({ till, ring, notices, find }: Counter): ByHand['deeds'] => {
  const deed =
    (name: string, isFit: (payment: Payment) => boolean, act: (payment: Payment) => void) =>
    (reference: string): void => {
      const payment = find(reference);
      if (!isFit(payment)) throw mockErrors.notInThisState(name, reference, statusOf(payment));
      act(payment);
    };
  const isPending = (payment: Payment): boolean => statusOf(payment) === 'pending';
  const isPendingOrPaid = (payment: Payment): boolean => payment.unpaid === undefined;
  return {
    pay: deed('pay', isPendingOrPaid, (payment) => {
      if (payment.paid === undefined) till.pay(payment);
    }),
    decline: deed('decline', isPending, (payment) => till.end(payment, 'declined')),
    cancel: deed('cancel', isPending, (payment) => till.end(payment, 'canceled')),
    refund: deed(
      'refund',
      (payment) => refundableMinor(payment) > 0n,
      (payment) => {
        till.giveBack(payment, refundableMinor(payment));
      },
    ),
    rotate: (reference) => {
      find(reference);
      for (const one of new Set([ring, ...notices.endpoints.map((endpoint) => endpoint.ring)])) one.rotate();
    },
  };
};

/** `rotate` replaces all secrets of the merchant, whose order it is: for a day both sign. */
export const openByHand = (counter: Counter): ByHand => {
  const { payments, notices, find } = counter;
  return {
    currency,
    order: (order) => makeOrder(counter, order),
    orders: () =>
      payments.all().map((payment) => ({
        reference: payment.reference,
        id: payment.id,
        status: statusOf(payment),
        amountMinor: payment.paid?.amountMinor ?? payment.amountMinor,
        refundedMinor: refundedMinor(payment),
        currency: payment.currency,
      })),
    deeds: deedsOf(counter),
    issued: { rotate: () => issuedBy(counter.ring) },
    resend: (reference) => {
      if (!notices.sender.resend(find(reference).reference))
        throw mockErrors.nothingToResend('standard-webhooks', reference);
    },
    webhooks: {
      paid: ['pay'],
      declined: ['decline'],
      canceled: ['cancel'],
      refunded: ['pay', 'refund'],
    },
    tampers: counter.tampers,
    acknowledged,
  };
};
