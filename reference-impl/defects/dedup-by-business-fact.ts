/**
 * No dedup by event id: every delivery is applied again. It stays right, because the second time the order has left
 * PAYMENT_SUCCEEDED and the ledger holds the credit of that payment.
 */
import { soundParts } from '../parts.ts';
import { type Inbox, recordArrival } from '../webhooks/inbox.ts';
import { defineVariant } from './variant.ts';

/** Keeps the notice on record but never recognises one. */
export const everyArrivalIsNew: Inbox = async (db, arrival) => {
  await recordArrival(db, arrival);
  return 'new';
};

/** The look-alike of credit-without-dedup. */
export const dedupByBusinessFact = defineVariant({
  id: 'dedup-by-business-fact',
  kind: 'look-alike',
  summary: 'Applies every delivery of a webhook; the payment itself, not the event, is what is credited once.',
  witness: 'duplicate-webhooks',
  invariant: 'no-double-credit',
  parts: { ...soundParts, inbox: everyArrivalIsNew },
});
