/** What people do at Stripe without the API: buyers pay or are declined, staff refunds, banks dispute. */
import { mockErrors } from '#harness/mock-errors';
import type { ByHand, ProviderPorts } from '#harness/provider';
import { acknowledged, type Notices } from './notices.ts';
import { amountMinorRange, declines, genericDecline } from './quirks.ts';
import { type Intent, type Payments, refundedMinor } from './states.ts';
import { refundableMinor, type Till } from './till.ts';

/** The parts of the open provider that people act on. */
export interface Counter {
  readonly orders: Payments;
  readonly till: Till;
  readonly notices: Notices;
  readonly tampers: ByHand['tampers'];
  readonly ports: Pick<ProviderPorts, 'clock'>;
  find(reference: string): Intent;
  pay(reference: string): void;
}

const makeOrder = ({ orders, till, notices }: Counter, order: Parameters<ByHand['order']>[0]): void => {
  const { reference, amountMinor, webhookUrl } = order;
  const refused = (problem: string) => mockErrors.orderRefused('stripe', reference, problem);
  if (reference === '') throw refused('it has no number');
  if (amountMinor < amountMinorRange.min || amountMinor > amountMinorRange.max)
    throw refused('its amount is not allowed');
  const known = orders.find(reference);
  if (known !== undefined && known.amountMinor !== amountMinor) throw refused('that number was used');
  if (webhookUrl !== '') notices.addEndpoint(webhookUrl, ['*']);
  const metadata = { order_no: reference };
  if (known === undefined)
    till.create({ amountMinor, currency: 'usd', metadata, description: null, methodTypes: ['card'] });
};

const isOpen = ({ status }: Intent): boolean => status !== 'succeeded' && status !== 'canceled';

/** The state as people see it: Stripe's own stays succeeded when the money has gone back. */
const stateOf = (intent: Intent): string => {
  if (intent.disputeId !== undefined) return 'disputed';
  return intent.paid !== undefined && refundableMinor(intent) === 0n ? 'refunded' : intent.status;
};

/** Does `act` to a payment that `isFit`; throws what is wrong with it. */
const deed =
  (counter: Counter, name: string, isFit: (intent: Intent) => boolean, act: (intent: Intent) => void) =>
  (reference: string): void => {
    const intent = counter.find(reference);
    if (!isFit(intent)) throw mockErrors.notInThisState(name, reference, stateOf(intent));
    act(intent);
  };

const deedsOf = (counter: Counter): ByHand['deeds'] => {
  const { till, orders, ports, pay } = counter;
  const generic = declines.get(genericDecline);
  const isPaid = (intent: Intent) => refundableMinor(intent) > 0n && intent.disputeId === undefined;
  return {
    pay,
    decline: deed(counter, 'decline', isOpen, (intent) => {
      if (generic !== undefined) till.decline(intent, genericDecline, generic);
    }),
    refund: deed(counter, 'refund', isPaid, (intent) => {
      till.giveBack(intent, refundableMinor(intent), { reason: 'requested_by_customer', metadata: {} });
    }),
    dispute: deed(counter, 'dispute', isPaid, till.dispute),
    checkout: deed(
      counter,
      'checkout',
      (intent) => isOpen(intent) && intent.session === undefined,
      (intent) => {
        const page = { clientReference: intent.reference, metadata: {}, successUrl: null };
        orders.openSession(intent, page, ports.clock.nowMs());
      },
    ),
    expire: deed(counter, 'expire', ({ session }) => session?.status === 'open', till.expire),
  };
};

/** `checkout` wraps an order in a Checkout Session; `expire` ends that; `dispute` is the buyer's bank. */
export const openByHand = (counter: Counter): ByHand => {
  const { orders, notices, find } = counter;
  return {
    currency: 'USD',
    order: (order) => makeOrder(counter, order),
    orders: () =>
      orders.all().map((intent) => ({
        reference: intent.reference,
        id: intent.id,
        status: intent.disputeId === undefined ? intent.status : 'disputed',
        amountMinor: intent.paid?.amountMinor ?? intent.amountMinor,
        refundedMinor: refundedMinor(intent),
        currency: intent.currency.toUpperCase(),
      })),
    deeds: deedsOf(counter),
    resend: (reference) => {
      if (!notices.sender.resend(find(reference).reference)) throw mockErrors.nothingToResend('stripe', reference);
    },
    webhooks: {
      paid: ['pay'],
      'checkout-completed': ['checkout', 'pay'],
      'checkout-expired': ['checkout', 'expire'],
      declined: ['decline'],
      refunded: ['pay', 'refund'],
      disputed: ['pay', 'dispute'],
    },
    tampers: counter.tampers,
    acknowledged,
  };
};
