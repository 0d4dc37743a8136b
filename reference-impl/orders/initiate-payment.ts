/** Sends an order's payment intent to the provider, as often as needed, always under the order's own number. */

import type { Config, Times } from '../config.ts';
import { inTransaction, interval } from '../db/transaction.ts';
import type { Idempotency } from '../idempotency/claim.ts';
import { clientOf, type Initiation, type PaymentClients, type Unknown } from '../payments/payment-client.ts';
import type { Ports, Queryable } from '../ports.ts';
import { errorText } from '../resilience/error-text.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import type { Resilience } from '../resilience/policy.ts';
import type { Count } from '../telemetry/counters.ts';
import { holdOrder, type Order, orderNamed } from './order.ts';
import type { OrderState } from './states.ts';
import type { Transition } from './transition.ts';

/** What the step works with. */
export interface InitiateParts {
  readonly ports: Ports;
  readonly transition: Transition;
  readonly idempotency: Idempotency;
  readonly resilience: Resilience;
  readonly count: Count;
  readonly payments: PaymentClients;
  /** Public base URLs of the role `webhooks`, as `Config` has them. */
  readonly webhookUrl: string;
  readonly webhookUrls: Config['webhookUrls'];
  readonly times: Times;
}

/** The order has moved or is past its initiation. A held one is neither: it is sent again once the hold is lifted. */
const stopSending = async (client: Queryable, orderId: string): Promise<void> => {
  await client.query('update topup.orders set initiate_due_at = null where id = $1', [orderId]);
};

/** The provider accepted: the buyer can pay by the code. A webhook may have overtaken this answer; then it stands. */
const accepted = (
  { ports, transition }: InitiateParts,
  order: Order,
  { payBy, number }: Extract<Initiation, { kind: 'accepted' }>,
): Promise<void> =>
  inTransaction(ports.db, async (client) => {
    const noted = [order.id, payBy, number ?? null];
    await client.query('update topup.orders set qr_code = $2, payment_number = $3 where id = $1', noted);
    const move = {
      orderId: order.id,
      from: ['PAYMENT_INITIATED'],
      to: 'PAYMENT_PENDING',
      cause: 'initiation',
    } as const;
    const { hold } = await transition(client, { ...move, reference: 'precreate' });
    if (hold === null) await stopSending(client, order.id);
  });

const refused = async ({ ports, transition, count }: InitiateParts, order: Order, code: string): Promise<void> => {
  const { moved } = await inTransaction(ports.db, async (client) => {
    const move = { orderId: order.id, from: ['PAYMENT_INITIATED'], to: 'FAILED', cause: 'initiation' } as const;
    const result = await transition(client, { ...move, reference: code });
    if (result.hold === null) await stopSending(client, order.id);
    return result;
  });
  if (moved) count('topup_orders_finished_total', { provider: order.paymentProvider, outcome: 'failed' });
};

/** The same again is of no use. Whether the buyer could still pay is unknown, so a person decides. */
const giveUp = async ({ ports, count }: InitiateParts, orderId: string): Promise<void> => {
  if (!(await holdOrder(ports.db, orderId, 'manual_review'))) return;
  count('topup_queue_dead_lettered_total', { queue: 'initiations' });
  ports.log.error({ orderId }, 'initiation handed to a person');
};

/**
 * Whether the provider has the intent is unknown, so it is sent again under the same number: after a wait that grows
 * with the failures, and not before the provider wants. An order that was paid meanwhile needs no code to pay by.
 */
const unanswered = async (parts: InitiateParts, order: Order, failure: Unknown): Promise<void> => {
  const { ports, times, resilience } = parts;
  const { reason, waitMs = 0, turnedAway, isOurFault } = failure;
  const isFailure = turnedAway === undefined;
  const failures = order.initiateFailures + (isFailure ? 1 : 0);
  const backoff = { firstMs: times.initiationRetryMs, maxMs: times.initiationRetryMaxMs };
  const delayMs = waitMs + resilience.waitMs(backoff, failures, ports.ids.unit());
  const { rows } = await ports.db.query<{ state: OrderState }>(
    `update topup.orders set initiate_failures = initiate_failures + $3, waiting_for = $4,
       initiate_due_at = case state when 'PAYMENT_INITIATED' then now() + ${interval('$2')} end
     where id = $1 and initiate_due_at is not null returning state`,
    [order.id, delayMs, isFailure ? 1 : 0, turnedAway === 'breaker' ? order.paymentProvider : null],
  );
  ports.log.warn({ orderId: order.id, reason }, 'initiation without an answer');
  const isOver = isOurFault || (isFailure && failures >= resilience.caps.precreate);
  if (isOver && rows[0]?.state === 'PAYMENT_INITIATED') await giveUp(parts, order.id);
};

/** Asks the provider once and stores its answer. Without one the order stays as it is and becomes due again. */
export const initiatePayment = async (parts: InitiateParts, order: Order): Promise<void> => {
  const { paymentProvider: provider } = order;
  const notifyUrl = `${parts.webhookUrls[provider] ?? parts.webhookUrl}/webhooks/${provider}`;
  const initiation = await clientOf(parts.payments, provider).initiate(order, notifyUrl, order.initiateFailures > 0);
  const { kind } = initiation;
  parts.count('topup_payment_initiations_total', { provider, outcome: kind });
  if (kind === 'accepted') await accepted(parts, order, initiation);
  else if (kind === 'refused') await refused(parts, order, initiation.code);
  else await unanswered(parts, order, initiation);
};

/** Takes up intents whose answer never came or whose process died; returns how many. */
export const resumeInitiations = async (parts: InitiateParts): Promise<number> => {
  const { rows } = await parts.ports.db.query<{ id: string }>(
    `update topup.orders set initiate_due_at = now() + ${interval('$1')}, waiting_for = null
     where id in (select id from topup.orders where initiate_due_at <= now() and hold is null
                  order by initiate_due_at limit 50 for update skip locked)
     returning id`,
    [parts.times.initiationLeaseMs],
  );
  await inParallel(rows, 4, async ({ id }) => {
    try {
      await initiatePayment(parts, await orderNamed(parts.ports.db, id));
    } catch (error) {
      parts.ports.log.error({ orderId: id, error: errorText(error) }, 'initiation not stored, it will be repeated');
    }
  });
  return rows.length;
};
