/**
 * Payments of the mock. A PaymentIntent waits (requires_payment_method, requires_confirmation, requires_action) until
 * it is paid (succeeded, which nothing leaves) or canceled; a declined card leads back to requires_payment_method. A
 * Checkout Session is open until its payment (complete) or its end (expired); its PaymentIntent is known from then on.
 */
import { hash } from 'node:crypto';
import { once } from '../once.ts';

/** What a PaymentIntent can be. */
export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled';

/** What a merchant asks for. `currency` in lower case. */
export interface IntentRequest {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly methodTypes: readonly string[];
}

/** A page on which the buyer pays. */
export interface Session {
  readonly id: string;
  readonly clientReference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly successUrl: string | null;
  readonly createdMs: number;
  status: 'open' | 'complete' | 'expired';
}

/** Money given back. */
export interface Refund {
  readonly id: string;
  readonly intent: Intent;
  readonly amountMinor: bigint;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdMs: number;
}

/** A failed try: the charge that was made of it, and why. */
export interface Failure {
  readonly chargeId: string;
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

/** One payment; times are milliseconds of the provider's clock. */
export interface Intent extends IntentRequest {
  readonly id: string;
  /** The merchant's order number: client_reference_id, metadata.order_no, or the id where neither is given. */
  readonly reference: string;
  readonly createdMs: number;
  status: IntentStatus;
  method?: string;
  paid?: { readonly amountMinor: bigint; readonly atMs: number; readonly chargeId: string };
  failure?: Failure;
  session?: Session;
  disputeId?: string;
  disputedMs?: number;
  refunds: readonly Refund[];
}

/** What all refunds of a payment take together. */
export const refundedMinor = (intent: Intent): bigint =>
  intent.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

/** Makes ids: no two are the same. */
export type MakeId = (prefix: string) => string;

/**
 * Ids of 24 letters and digits after their prefix: a 3, as the vendor's have it; fourteen of the moment at which the
 * first one was made, as `nowMs` tells it, so that they differ over restarts; nine that count.
 */
export const openIds = (nowMs: () => number): MakeId => {
  const shared = once(() => `3${hash('sha256', `${nowMs()}`, 'hex').slice(0, 14)}`);
  let count = 0;
  return (prefix) => {
    count += 1;
    return prefix + shared() + String(count).padStart(9, '0');
  };
};

/** Shared by all payments of which nothing was given back. */
const none: readonly Refund[] = [];

/** All payments of the account. */
export interface Payments {
  /** Oldest first, those of open sessions among them. */
  all(): readonly Intent[];
  intent(id: string): Intent | undefined;
  session(id: string): { readonly session: Session; readonly intent: Intent } | undefined;
  refund(id: string): Refund | undefined;
  byCharge(chargeId: string): Intent | undefined;
  /** By the merchant's order number, else by id of intent or session; the newest of several. */
  find(reference: string): Intent | undefined;
  create(request: IntentRequest, nowMs: number): Intent;
  /** Wraps a payment in a page that is open. */
  openSession(
    intent: Intent,
    page: Pick<Session, 'clientReference' | 'metadata' | 'successUrl'>,
    nowMs: number,
  ): Session;
  giveBack(intent: Intent, amountMinor: bigint, given: Pick<Refund, 'reason' | 'metadata'>, nowMs: number): Refund;
}

/** No payments yet. */
export const openPayments = (makeId: MakeId): Payments => {
  const intents = new Map<string, Intent>();
  const sessions = new Map<string, { readonly session: Session; readonly intent: Intent }>();
  const refunds = new Map<string, Refund>();
  const newest = new Map<string, Intent>();
  return {
    all: () => [...intents.values()],
    intent: (id) => intents.get(id),
    session: (id) => sessions.get(id),
    refund: (id) => refunds.get(id),
    byCharge: (chargeId) => [...intents.values()].find(({ paid }) => paid?.chargeId === chargeId),
    find: (reference) => newest.get(reference) ?? intents.get(reference) ?? sessions.get(reference)?.intent,
    create: (request, nowMs) => {
      const id = makeId('pi_');
      const reference = request.metadata.order_no ?? id;
      const intent: Intent = {
        ...request,
        id,
        reference,
        createdMs: nowMs,
        status: 'requires_payment_method',
        refunds: none,
      };
      intents.set(id, intent);
      if (reference !== id) newest.set(reference, intent);
      return intent;
    },
    openSession: (intent, page, nowMs) => {
      const session: Session = { ...page, id: makeId('cs_test_'), createdMs: nowMs, status: 'open' };
      intent.session = session;
      sessions.set(session.id, { session, intent });
      return session;
    },
    giveBack: (intent, amountMinor, given, nowMs) => {
      const refund: Refund = { ...given, id: makeId('re_'), intent, amountMinor, createdMs: nowMs };
      refunds.set(refund.id, refund);
      intent.refunds = [...intent.refunds, refund];
      return refund;
    },
  };
};
