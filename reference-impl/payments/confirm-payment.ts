/**
 * The step from "the provider says it was paid" to PAYMENT_SUCCEEDED. Webhook, customer's confirm and reconciliation
 * all come through here, possibly at the same moment; one of them moves the order, the others find it moved.
 */
import { inTransaction } from '../db/transaction.ts';
import { findOrder, holdOrder } from '../orders/order.ts';
import type { Cause, OrderState } from '../orders/states.ts';
import type { Transition } from '../orders/transition.ts';
import type { Db, Queryable } from '../ports.ts';
import type { Count } from '../telemetry/counters.ts';
import type { Fit, Misfit } from './fit.ts';
import type { PaymentProvider } from './payment-client.ts';

/** What the provider provably said: by a signed notice or by the signed answer to our query. */
export interface PaidFact {
  readonly provider: PaymentProvider;
  readonly orderId: string;
  readonly tradeNo: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Who says so, and whether that is enough to revive a failed order (only the provider's own answer to a query is). */
export interface Evidence {
  readonly cause: Extract<Cause, 'webhook' | 'confirm' | 'reconciliation'>;
  /** The number of the notice, or of the payment that a query returned. */
  readonly reference: string;
  readonly provesLatePayment: boolean;
}

/** What became of the fact. On `mismatch` the order is on hold; nothing else than `confirmed` changed anything. */
export type Confirmation = 'confirmed' | 'already-confirmed' | 'mismatch' | 'late' | 'on-hold' | 'unknown-order';

/** What the step works with. */
export interface ConfirmParts {
  readonly db: Db;
  readonly transition: Transition;
  readonly fit: Fit;
  readonly count: Count;
}

const open: readonly OrderState[] = ['PAYMENT_INITIATED', 'PAYMENT_PENDING'];

/** True when the payment is on record for this order, now or before. */
const recordPayment = async (client: Queryable, fact: PaidFact, cause: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    `insert into topup.payments (provider, trade_no, order_id, amount_minor, currency, confirmed_by)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [fact.provider, fact.tradeNo, fact.orderId, fact.amountMinor.toString(), fact.currency, cause],
  );
  return rowCount === 1 || isRecorded(client, fact);
};

const isRecorded = async (client: Queryable, fact: PaidFact): Promise<boolean> => {
  const { rows } = await client.query(
    'select 1 from topup.payments where provider = $1 and trade_no = $2 and order_id = $3',
    [fact.provider, fact.tradeNo, fact.orderId],
  );
  return rows.length > 0;
};

const refuse = async ({ db, count }: ConfirmParts, orderId: string, field: Misfit | 'payment') => {
  await holdOrder(db, orderId, 'reconciliation');
  count('topup_order_mismatches_total', { field });
  return 'mismatch' as const;
};

/** Thrown inside the transaction, so that the move is rolled back with it. */
class ForeignPayment extends Error {}

const confirm = (parts: ConfirmParts, fact: PaidFact, evidence: Evidence): Promise<Confirmation> =>
  inTransaction(parts.db, async (client) => {
    const { orderId } = fact;
    const from: readonly OrderState[] = evidence.provesLatePayment ? [...open, 'FAILED'] : open;
    const { cause, reference } = evidence;
    const { moved, state, hold } = await parts.transition(client, {
      orderId,
      from,
      to: 'PAYMENT_SUCCEEDED',
      cause,
      reference,
    });
    if (moved) {
      await client.query('update topup.orders set query_due_at = null where id = $1', [orderId]);
      if (await recordPayment(client, fact, cause)) return 'confirmed';
      throw new ForeignPayment(`payment ${fact.tradeNo} belongs to another order`);
    }
    if (state === undefined) return 'unknown-order';
    if (await isRecorded(client, fact)) return 'already-confirmed';
    if (hold !== null) return 'on-hold';
    if (state === 'FAILED') return 'late';
    throw new ForeignPayment(`order ${orderId} has another payment than ${fact.tradeNo}`);
  });

/** Applies the fact once, whoever brings it and however often. Rejects only when the database fails. */
export const confirmPayment = async (
  parts: ConfirmParts,
  fact: PaidFact,
  evidence: Evidence,
): Promise<Confirmation> => {
  const order = await findOrder(parts.db, fact.orderId);
  if (!order) return 'unknown-order';
  // Whoever else took money for this order was not asked to.
  if (order.paymentProvider !== fact.provider) return refuse(parts, order.id, 'payment');
  const fitting = parts.fit(order, fact);
  if (typeof fitting === 'string') return refuse(parts, order.id, fitting);
  try {
    const confirmation = await confirm(parts, fitting, evidence);
    if (confirmation === 'confirmed') parts.count('topup_payments_confirmed_total', { provider: fact.provider });
    return confirmation;
  } catch (error) {
    if (error instanceof ForeignPayment) return refuse(parts, order.id, 'payment');
    throw error;
  }
};
