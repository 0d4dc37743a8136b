/** What an authentic notice does to its order. May be repeated: a second time it finds its work done. */

import type { Parts } from '../parts.ts';
import { type Confirmation, type ConfirmParts, confirmPayment } from '../payments/confirm-payment.ts';
import type { Db, Log } from '../ports.ts';
import type { Count } from '../telemetry/counters.ts';
import { settleArrival, type Verdict } from './inbox.ts';
import type { Notice } from './inlet.ts';

/** What applying works with. */
export interface ApplyParts extends ConfirmParts {
  readonly parts: Parts;
  readonly log: Log;
}

const verdicts: Readonly<Record<Confirmation, Verdict>> = {
  confirmed: { status: 'applied', reason: 'confirmed' },
  'already-confirmed': { status: 'applied', reason: 'already confirmed' },
  mismatch: { status: 'quarantined', reason: 'does not match the order' },
  late: { status: 'quarantined', reason: 'paid after the order had failed' },
  'on-hold': { status: 'quarantined', reason: 'order is on hold' },
  'unknown-order': { status: 'quarantined', reason: 'unknown order' },
};

/**
 * Credits once and counts; true when this call credited. The order stays PAYMENT_SUCCEEDED for the sweep when the
 * ledger cannot be written.
 */
export const creditCounted = async (db: Db, parts: Parts, count: Count, orderId: string): Promise<boolean> => {
  try {
    const credited = await parts.credit(db, parts, orderId);
    count('topup_ledger_credits_total', { outcome: credited ? 'credited' : 'already' });
    return credited;
  } catch (error) {
    count('topup_ledger_credits_total', { outcome: 'error' });
    throw error;
  }
};

const verdictOn = async (apply: ApplyParts, notice: Notice): Promise<Verdict> => {
  if (!notice.isPaid) return { status: 'ignored', reason: `status ${notice.status.slice(0, 32)}` };
  const { provider, orderId, tradeNo, amountMinor, currency, eventId } = notice;
  if (amountMinor === undefined) return { status: 'quarantined', reason: 'amount cannot be read' };
  const evidence = { cause: 'webhook', reference: eventId, provesLatePayment: false } as const;
  const confirmation = await confirmPayment(apply, { provider, orderId, tradeNo, amountMinor, currency }, evidence);
  if (confirmation === 'already-confirmed') apply.count('topup_callback_duplicates_total', { provider, by: 'fact' });
  // Only the provider's own answer may revive a failed order, so reconciliation asks it at once.
  if (confirmation === 'late')
    await apply.db.query('update topup.orders set query_due_at = now() where id = $1', [orderId]);
  if (verdicts[confirmation].status === 'applied') await creditCounted(apply.db, apply.parts, apply.count, orderId);
  return verdicts[confirmation];
};

/** Applies the notice and settles its inbox row. Rejects when the database fails; the row then stays for the sweep. */
export const applyNotice = async (apply: ApplyParts, notice: Notice): Promise<void> => {
  const verdict = await verdictOn(apply, notice);
  await settleArrival(apply.db, notice, verdict);
  apply.count('topup_callbacks_processed_total', { provider: notice.provider, outcome: verdict.status });
  const fields = { orderId: notice.orderId, eventId: notice.eventId, status: verdict.status, reason: verdict.reason };
  if (verdict.status === 'quarantined') apply.log.warn(fields, 'webhook quarantined');
  else apply.log.info(fields, 'webhook settled');
};
