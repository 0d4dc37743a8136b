/** What becomes of payments: paid, declined, canceled, given back, disputed; each step is told in notices. */
import type { CapturedPayment, ProviderPorts } from '#harness/provider';
import type { Strangers } from '../strangers.ts';
import type { Notices } from './notices.ts';
import type { Decline } from './quirks.ts';
import { type Intent, type IntentRequest, type MakeId, type Payments, type Refund, refundedMinor } from './states.ts';
import { chargeFields, disputeFields, intentFields, refundFields, sessionFields } from './wire.ts';

/** The steps; none of them checks whether it is allowed. */
export interface Till {
  readonly payments: readonly CapturedPayment[];
  create(request: IntentRequest): Intent;
  pay(intent: Intent, method: string): void;
  decline(intent: Intent, method: string, why: Decline): void;
  cancel(intent: Intent): void;
  giveBack(intent: Intent, amountMinor: bigint, given: Pick<Refund, 'reason' | 'metadata'>): Refund;
  dispute(intent: Intent): void;
  /** Ends the page of a payment that was not made. */
  expire(intent: Intent): void;
}

/** What may still be given back of a payment. */
export const refundableMinor = (intent: Intent): bigint => (intent.paid?.amountMinor ?? 0n) - refundedMinor(intent);

/** The steps of `orders`, told through `notices`. */
export const openTill = (
  { clock, wall, site }: Pick<ProviderPorts, 'clock' | 'wall' | 'site'>,
  orders: Payments,
  notices: Pick<Notices, 'tell'>,
  strangers: Strangers<Intent>,
  makeId: MakeId,
): Till => {
  const payments: CapturedPayment[] = [];
  const tell = (intent: Intent, type: string, object: object) => notices.tell(type, object, intent.reference);
  return {
    payments,
    create: (request) => {
      const intent = orders.create(request, clock.nowMs());
      tell(intent, 'payment_intent.created', intentFields(intent));
      strangers.ordered(intent);
      return intent;
    },
    pay: (intent, method) => {
      const currency = intent.currency.toUpperCase();
      const asked = { reference: intent.reference, amountMinor: intent.amountMinor, currency };
      const amountMinor = site.onCapture(asked);
      intent.method = method;
      intent.status = 'succeeded';
      intent.paid = { amountMinor, atMs: clock.nowMs(), chargeId: makeId('ch_') };
      payments.push({ ...asked, id: intent.id, provider: 'stripe', amountMinor, atMs: wall.nowMs() });
      strangers.paid(intent);
      tell(intent, 'charge.succeeded', chargeFields(intent));
      tell(intent, 'payment_intent.succeeded', intentFields(intent));
      if (intent.session === undefined) return;
      intent.session.status = 'complete';
      tell(intent, 'checkout.session.completed', sessionFields(intent.session, intent));
    },
    decline: (intent, method, { code, declineCode, message }) => {
      const failure = { chargeId: makeId('ch_'), code, declineCode, message };
      Object.assign(intent, { method, status: 'requires_payment_method', failure } satisfies Partial<Intent>);
      tell(intent, 'charge.failed', chargeFields(intent));
      tell(intent, 'payment_intent.payment_failed', intentFields(intent));
    },
    cancel: (intent) => {
      intent.status = 'canceled';
      tell(intent, 'payment_intent.canceled', intentFields(intent));
    },
    giveBack: (intent, amountMinor, given) => {
      const refund = orders.giveBack(intent, amountMinor, given, clock.nowMs());
      tell(intent, 'refund.created', refundFields(refund));
      tell(intent, 'charge.refunded', chargeFields(intent));
      return refund;
    },
    dispute: (intent) => {
      Object.assign(intent, { disputeId: makeId('du_'), disputedMs: clock.nowMs() } satisfies Partial<Intent>);
      tell(intent, 'charge.dispute.created', disputeFields(intent, clock.nowMs()));
    },
    expire: (intent) => {
      if (intent.session === undefined) return;
      intent.session.status = 'expired';
      intent.status = 'canceled';
      tell(intent, 'checkout.session.expired', sessionFields(intent.session, intent));
    },
  };
};
