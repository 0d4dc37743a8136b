/** Asks the provider about orders that should have heard from it: the webhook may be lost, or have come too late. */
import { inTransaction, interval } from '../db/transaction.ts';
import { clientOf } from '../payments/payment-client.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import { type PaymentJobs, recordCaptured } from './compare-payments.ts';
import { report } from './findings.ts';
import type { Captured, Found } from './recover.ts';

const stopAsking = async ({ ports }: PaymentJobs, orderId: string): Promise<void> => {
  await ports.db.query('update topup.orders set query_due_at = null where id = $1', [orderId]);
};

/** The provider has the money: confirm it, or hold the order when it is not the money that was asked for. */
export const confirmCaptured = async (jobs: PaymentJobs, order: Found, trade: Captured): Promise<void> => {
  const { ports, parts, count } = jobs;
  const orderId = order.id;
  await recordCaptured(ports.db, orderId, trade);
  const confirmation = await parts.recover(jobs, order, trade);
  if (confirmation === 'confirmed') {
    count('topup_reconciliation_corrections_total', { action: 'confirm_payment', initiator: 'job' });
    const detail = `provider captured ${trade.amountMinor} ${trade.currency}, no webhook had confirmed it`;
    await report(ports.db, count, { kind: 'order_status_mismatch', subject: orderId, detail });
  }
  if (confirmation === 'mismatch') {
    const detail = `provider captured ${trade.amountMinor} ${trade.currency} as ${trade.tradeNo}`;
    await report(ports.db, count, { kind: 'amount_mismatch', subject: orderId, detail });
  }
  if (confirmation === 'confirmed' || confirmation === 'already-confirmed') await stopAsking(jobs, orderId);
  ports.log.warn({ orderId, confirmation: confirmation ?? 'none' }, 'payment found by reconciliation');
};

/** The buyer can no longer pay it, as `reference` tells. */
const fail = async (
  jobs: PaymentJobs,
  { id: orderId, paymentProvider: provider }: Found,
  reference: 'TRADE_CLOSED' | 'TRADE_NOT_EXIST',
): Promise<void> => {
  const { ports, parts, count } = jobs;
  const { moved, hold } = await inTransaction(ports.db, (client) =>
    parts.transition(client, {
      orderId,
      from: ['PAYMENT_INITIATED', 'PAYMENT_PENDING'],
      to: 'FAILED',
      cause: 'reconciliation',
      reference,
    }),
  );
  if (moved) count('topup_orders_finished_total', { provider, outcome: 'failed' });
  // A held order has not moved and is asked about again once the hold is lifted.
  if (hold === null) await stopAsking(jobs, orderId);
};

/**
 * What there is no payment of fails, or is asked about no more, once none can begin: at once, or, where a buyer begins
 * it, when the order has not changed for `mayBeginWithinMs`. Only there does an order fail that waits for its buyer;
 * one whose intent may be sent once more never does.
 */
const giveUpAbsent = async (jobs: PaymentJobs, order: Found, mayBeginWithinMs: number | undefined): Promise<void> => {
  const { rowCount } = await jobs.ports.db.query(
    `select from topup.orders where id = $1 and updated_at <= now() - ${interval('$2')}
       and (state = 'FAILED' or (state = 'PAYMENT_PENDING' and $3))`,
    [order.id, mayBeginWithinMs ?? 0, mayBeginWithinMs !== undefined],
  );
  if (rowCount === 1) await fail(jobs, order, 'TRADE_NOT_EXIST');
};

/** Its question was not even asked: it is again once the provider may be called, each order a little later. */
const wait = async ({ ports, config, parts }: PaymentJobs, order: Found, waitMs: number): Promise<void> => {
  const backoff = { firstMs: config.times.sweepMs, maxMs: config.times.sweepMs };
  await ports.db.query(
    `update topup.orders set query_due_at = now() + ${interval('$2')}, waiting_for = $3
     where id = $1 and query_due_at is not null`,
    [order.id, waitMs + parts.resilience.waitMs(backoff, 1, ports.ids.unit()), order.paymentProvider],
  );
};

const ask = async (jobs: PaymentJobs, order: Found): Promise<void> => {
  const trade = await clientOf(jobs.payments, order.paymentProvider).query(order);
  if (trade.kind === 'unknown' && trade.turnedAway !== undefined) return wait(jobs, order, trade.waitMs ?? 0);
  jobs.count('topup_reconciliation_records_compared_total', { comparison: 'find-lost-payments' });
  if (trade.kind === 'captured') return confirmCaptured(jobs, order, trade);
  if (trade.kind === 'closed') return fail(jobs, order, 'TRADE_CLOSED');
  // An open trade can still be paid, also one whose order has failed.
  if (trade.kind === 'absent') await giveUpAbsent(jobs, order, trade.mayBeginWithinMs);
};

/**
 * Asks about every order whose time has come; the wait before the next question doubles with the order's age. An intent
 * that was never sent in vain is about to be sent, which tells more: after an outage those are the most of all orders,
 * and to ask about each what nobody was told yet would double the calls that the provider gets when it is back.
 */
export const findLostPayments = async (jobs: PaymentJobs): Promise<number> => {
  const { rows } = await jobs.ports.db.query<Found>(
    `update topup.orders set query_due_at = now() + greatest(now() - created_at, ${interval('$1')}),
       waiting_for = null
     where id in (select id from topup.orders where query_due_at <= now() and hold is null
                    and (initiate_due_at is null or initiate_failures > 0)
                  order by query_due_at limit 50 for update skip locked)
     returning id, payment_provider as "paymentProvider", payment_number as "paymentNumber"`,
    [jobs.config.times.webhookOverdueMs],
  );
  await inParallel(rows, 4, (order) => ask(jobs, order));
  return rows.length;
};
