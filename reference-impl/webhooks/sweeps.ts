/** Takes up what a webhook's own request could not finish: the process died, the database was away. */
import { interval } from '../db/transaction.ts';
import { holdOrder } from '../orders/order.ts';
import type { PaymentProvider } from '../payments/payment-client.ts';
import { errorText } from '../resilience/error-text.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import { type ApplyParts, applyNotice, creditCounted } from './apply-notice.ts';
import { headersIn, settleArrival } from './inbox.ts';
import type { Inlets } from './inlets.ts';

/** After so many sweeps a person must look: something about this notice, or this credit, cannot be applied. */
const attemptsMax = 20;

/** Taking something up counts as an attempt, so no more is taken up than is begun at once: a process may die. */
const atOnce = 4;
/** So many in one sweep at most. */
const sweepMax = 50;

/** Takes up what `claim` finds, a few at a time, until there is no more; returns how many. */
const inTurns = async <Row>(
  claim: (countMax: number) => Promise<readonly Row[]>,
  work: (row: Row) => Promise<void>,
): Promise<number> => {
  for (let taken = 0; ; ) {
    const countMax = Math.min(atOnce, sweepMax - taken);
    const rows = await claim(countMax);
    await inParallel(rows, atOnce, work);
    taken += rows.length;
    if (rows.length < countMax || taken >= sweepMax) return taken;
  }
};

interface DueRow {
  provider: PaymentProvider;
  event_id: string;
  order_id: string;
  body: Uint8Array;
  signature: string | null;
  attempts: number;
}

const giveUp = async ({ db, count }: ApplyParts, row: DueRow): Promise<void> => {
  await holdOrder(db, row.order_id, 'manual_review');
  await settleArrival(
    db,
    { provider: row.provider, eventId: row.event_id },
    { status: 'quarantined', reason: `not applied in ${attemptsMax} attempts` },
  );
  count('topup_queue_dead_lettered_total', { queue: 'inbox' });
};

const applyRow = async (apply: ApplyParts, inlets: Inlets, row: DueRow): Promise<void> => {
  const notice = inlets[row.provider]?.noticeIn({ body: row.body, headers: headersIn(row.signature) });
  try {
    if (row.attempts > attemptsMax || !notice) await giveUp(apply, row);
    else await applyNotice(apply, notice);
  } catch (error) {
    apply.count('topup_callbacks_processed_total', { provider: row.provider, outcome: 'error' });
    apply.log.error({ orderId: row.order_id, error: errorText(error) }, 'webhook not applied yet');
  }
};

/** Applies notices that are still `received` after `leaseMs`; returns how many it took up. */
export const applyInbox = (apply: ApplyParts, inlets: Inlets, leaseMs: number): Promise<number> =>
  inTurns(
    async (countMax) => {
      const { rows } = await apply.db.query<DueRow>(
        `update topup.inbox set attempts = attempts + 1, apply_due_at = now() + ${interval('$1')}
         where (provider, event_id) in (
           select provider, event_id from topup.inbox where status = 'received' and apply_due_at <= now()
           order by apply_due_at limit $2 for update skip locked)
         returning provider, event_id, order_id, body, signature, attempts`,
        [leaseMs, countMax],
      );
      return rows;
    },
    (row) => applyRow(apply, inlets, row),
  );

interface UncreditedRow {
  id: string;
  credit_attempts: number;
}

/** The order is held; once a person lifts the hold it gets as many attempts again. */
const giveUpCredit = async ({ db, count, log }: ApplyParts, orderId: string): Promise<void> => {
  await db.query('update topup.orders set credit_attempts = 0, credit_due_at = null where id = $1', [orderId]);
  await holdOrder(db, orderId, 'manual_review');
  count('topup_queue_dead_lettered_total', { queue: 'credits' });
  log.error({ orderId }, 'credit handed to a person');
};

/**
 * Credits payments that others confirmed, or whose webhook died between its steps; returns how many it credited. An
 * order that cannot be credited is tried again after `waitMs`, twice that, and so on, behind all others.
 */
export const creditConfirmedOrders = async (apply: ApplyParts, waitMs: number): Promise<number> => {
  let credited = 0;
  const claim = async (countMax: number): Promise<readonly UncreditedRow[]> => {
    const { rows } = await apply.db.query<UncreditedRow>(
      `update topup.orders set credit_attempts = credit_attempts + 1,
         credit_due_at = now() + ${interval('$1')} * 2 ^ least(credit_attempts, 6)
       where id in (
         select id from topup.orders where state = 'PAYMENT_SUCCEEDED' and hold is null
           and coalesce(credit_due_at <= now(), true)
         order by credit_due_at nulls first, updated_at limit $2 for update skip locked)
       returning id, credit_attempts`,
      [waitMs, countMax],
    );
    return rows;
  };
  await inTurns(claim, async ({ id, credit_attempts }) => {
    if (credit_attempts > attemptsMax) return giveUpCredit(apply, id);
    try {
      if (await creditCounted(apply.db, apply.parts, apply.count, id)) credited += 1;
    } catch (error) {
      apply.log.error({ orderId: id, error: errorText(error) }, 'credit not posted yet');
    }
  });
  return credited;
};
