/** The memory of webhooks. A notice is on record before anything follows from it, so a crash cannot lose it. */
import { interval } from '../db/transaction.ts';
import type { PaymentProvider } from '../payments/payment-client.ts';
import type { Queryable } from '../ports.ts';

/** An authentic notice as it arrived. */
export interface Arrival {
  readonly provider: PaymentProvider;
  readonly eventId: string;
  readonly orderId: string;
  readonly body: Uint8Array;
  readonly headersDigest: string;
  /** The headers that its signature travels in, as JSON; null where the body has its own. */
  readonly signature: string | null;
  /** How long the request that brought it may take before the sweep helps. */
  readonly leaseMs: number;
}

/** The headers of a webhook on record: those that its signature came in. */
export const headersIn = (signature: Arrival['signature']): Headers =>
  new Headers(JSON.parse(signature ?? '{}') as Record<string, string>);

/** Records an arrival; `duplicate` when this event was recorded before. */
export type Inbox = (db: Queryable, arrival: Arrival) => Promise<'new' | 'duplicate'>;

/** How many times an event arrived, this time included. */
export const recordArrival = async (db: Queryable, arrival: Arrival): Promise<number> => {
  const { rows } = await db.query<{ deliveries: number }>(
    `insert into topup.inbox (provider, event_id, order_id, body, headers_digest, signature, apply_due_at)
     values ($1, $2, $3, $4, $5, $6, now() + ${interval('$7')})
     on conflict (provider, event_id) do update set deliveries = inbox.deliveries + 1
     returning deliveries`,
    [
      arrival.provider,
      arrival.eventId,
      arrival.orderId,
      arrival.body,
      arrival.headersDigest,
      arrival.signature,
      arrival.leaseMs,
    ],
  );
  return rows[0]?.deliveries ?? 1;
};

/** The provider's event id stops redeliveries; a second event about the same money is stopped further down. */
export const dedupByEvent: Inbox = async (db, arrival) =>
  (await recordArrival(db, arrival)) === 1 ? 'new' : 'duplicate';

/** What became of a notice. */
export interface Verdict {
  readonly status: 'applied' | 'ignored' | 'quarantined';
  readonly reason: string;
}

/** Notes the verdict; the sweep no longer looks at the row. */
export const settleArrival = async (
  db: Queryable,
  { provider, eventId }: Pick<Arrival, 'provider' | 'eventId'>,
  { status, reason }: Verdict,
): Promise<void> => {
  await db.query(
    'update topup.inbox set status = $3, reason = $4, apply_due_at = null where provider = $1 and event_id = $2',
    [provider, eventId, status, reason],
  );
};
