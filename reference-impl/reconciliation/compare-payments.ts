/** Asks the provider about every payment that we believe in, once: was it captured, and for how much? */
import { interval } from '../db/transaction.ts';
import { clientOf, type PaymentClients, type PaymentProvider, type Trade } from '../payments/payment-client.ts';
import type { Queryable } from '../ports.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import type { RoleParts } from '../service.ts';
import { report } from './findings.ts';

/** What the jobs that talk to payment providers work with. */
export interface PaymentJobs extends RoleParts {
  readonly payments: PaymentClients;
}

/** Notes what the provider says it captured for the order; zero minor units if nothing. The newest word counts. */
export const recordCaptured = async (
  db: Queryable,
  orderId: string,
  captured: { readonly tradeNo: string | null; readonly amountMinor: bigint; readonly currency: string },
): Promise<void> => {
  await db.query(
    `insert into topup.payment_comparisons (order_id, trade_no, captured_minor, currency) values ($1, $2, $3, $4)
     on conflict (order_id) do update set trade_no = excluded.trade_no, captured_minor = excluded.captured_minor,
       currency = excluded.currency`,
    [orderId, captured.tradeNo, captured.amountMinor.toString(), captured.currency],
  );
};

interface BelievedRow {
  order_id: string;
  provider: PaymentProvider;
  trade_no: string;
  amount_minor: string | bigint;
  currency: string;
  settled: boolean;
}

/** True when the comparison is made. A provider's record may lag behind its notice, so "nothing" is believed late. */
const compare = async ({ ports, count }: PaymentJobs, row: BelievedRow, trade: Trade): Promise<boolean> => {
  if (trade.kind === 'unknown' || (trade.kind !== 'captured' && !row.settled)) return false;
  const { order_id: subject, amount_minor: believed } = row;
  if (trade.kind === 'captured') {
    await recordCaptured(ports.db, subject, trade);
    if (trade.amountMinor !== BigInt(believed) || trade.currency !== row.currency) {
      const detail = `provider captured ${trade.amountMinor} ${trade.currency}, we booked ${believed} ${row.currency}`;
      await report(ports.db, count, { kind: 'amount_mismatch', subject, detail });
    }
  } else {
    await recordCaptured(ports.db, subject, { tradeNo: null, amountMinor: 0n, currency: row.currency });
    await report(ports.db, count, { kind: 'orphan_ledger_entry', subject, detail: `provider says ${trade.kind}` });
  }
  return true;
};

/** Asks about every confirmed payment until the provider has answered; the wait doubles with the payment's age. */
export const comparePayments = async (jobs: PaymentJobs): Promise<number> => {
  const { db } = jobs.ports;
  const { rows } = await db.query<BelievedRow>(
    `update topup.payments set compare_due_at = now() + greatest(now() - confirmed_at, ${interval('$1')})
     where id in (select id from topup.payments where compare_due_at <= now()
                  order by compare_due_at, id limit 50 for update skip locked)
     returning order_id, provider, trade_no, amount_minor, currency,
       confirmed_at <= now() - ${interval('$2')} as settled`,
    [jobs.config.times.reconcileMs, jobs.config.times.webhookOverdueMs],
  );
  let compared = 0;
  await inParallel(rows, 4, async (row) => {
    const asked = { id: row.order_id, paymentNumber: row.trade_no };
    if (!(await compare(jobs, row, await clientOf(jobs.payments, row.provider).query(asked)))) return;
    await db.query('update topup.payments set compare_due_at = null where order_id = $1', [row.order_id]);
    compared += 1;
    jobs.count('topup_reconciliation_records_compared_total', { comparison: 'compare-payments' });
  });
  return compared;
};
