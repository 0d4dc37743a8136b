/**
 * Grants one order's credit at the cloud. Every step is durable before the next begins, so a worker that dies at any
 * point leaves a row that tells the next one what may have happened.
 */
import { inTransaction } from '../db/transaction.ts';
import { holdOrder, type Order, orderNamed } from '../orders/order.ts';
import { bury, type Claimed, finish, postpone } from '../outbox/outbox.ts';
import type { Parts } from '../parts.ts';
import type { Queryable } from '../ports.ts';
import { backoffMs } from '../resilience/backoff.ts';
import type { RoleParts } from '../service.ts';
import type { Cloud, Grant } from './alibaba.ts';
import { type Attempt, closeAttempt, lastAttempt, markSent, openAttempt } from './attempts.ts';

/** What granting works with. */
export interface GrantParts extends RoleParts {
  readonly cloud: Cloud;
}

/** After so many attempts a person must look. */
const attemptsMax = 10;

const waitMs = ({ ports, config }: GrantParts, failures: number): number =>
  backoffMs({ firstMs: config.times.grantRetryMs, maxMs: config.times.grantRetryMaxMs }, failures, ports.ids.unit());

/** Failed or unknown attempts: wait longer each time, then hand over to a person. The order stays paid and credited. */
const tryLater = (grant: GrantParts, claimed: Claimed, attempt: Attempt, reason: string): Promise<void> =>
  attempt.nth < attemptsMax
    ? postpone(grant.ports.db, claimed, waitMs(grant, attempt.nth), reason)
    : giveUp(grant, claimed, reason);

const giveUp = async ({ ports, count }: GrantParts, claimed: Claimed, reason: string): Promise<void> => {
  await holdOrder(ports.db, claimed.orderId, 'manual_review');
  await bury(ports.db, claimed, reason);
  count('topup_queue_dead_lettered_total', { queue: 'grants' });
  ports.log.error({ orderId: claimed.orderId, reason }, 'grant handed to a person');
};

/** CREDITED orders begin; those that have begun stay as they are. */
const startProvisioning = (parts: Parts, client: Queryable, orderId: string): Promise<unknown> =>
  parts.transition(client, { orderId, from: ['CREDITED'], to: 'PROVISIONING', cause: 'grant', reference: orderId });

/** The grant is a fact: close the attempt, finish the order, keep the promise, all at once. */
const complete = async (
  { ports, parts, count }: GrantParts,
  claimed: Claimed,
  attempt: Attempt,
  how: string,
): Promise<void> => {
  const { orderId } = claimed;
  const { moved, hold } = await inTransaction(ports.db, async (client) => {
    await startProvisioning(parts, client, orderId);
    if (attempt.state !== 'SUCCEEDED') await closeAttempt(client, attempt.id, 'SUCCEEDED', how);
    const move = {
      orderId,
      from: ['PROVISIONING'],
      to: 'COMPLETED',
      cause: 'grant',
      reference: attempt.outBizId,
    } as const;
    const result = await parts.transition(client, move);
    // A held order keeps its promise open; it is completed once the hold is lifted.
    if (result.hold === null) await finish(client, claimed);
    return result;
  });
  if (moved) count('topup_orders_finished_total', { provider: 'alipay', outcome: 'completed' });
  ports.log.info({ orderId, attempt: attempt.nth, how, held: hold !== null }, 'credit granted');
};

const settle = async (grant: GrantParts, claimed: Claimed, attempt: Attempt, outcome: Grant): Promise<void> => {
  const { ports, count } = grant;
  const named = { granted: 'succeeded', retry: 'retry', refused: 'refused', unknown: 'unknown' } as const;
  count('topup_provisioning_attempts_total', { cloud: 'alibaba-cloud', outcome: named[outcome.kind] });
  if (outcome.kind === 'granted') return complete(grant, claimed, attempt, 'answer');
  await closeAttempt(ports.db, attempt.id, outcome.kind === 'unknown' ? 'UNKNOWN' : 'FAILED', outcome.reason);
  if (outcome.kind === 'refused') return giveUp(grant, claimed, outcome.reason);
  return tryLater(grant, claimed, attempt, outcome.reason);
};

/** Reads the quota, notes that the call is about to be made, makes it. */
const send = async (grant: GrantParts, claimed: Claimed, order: Order, attempt: Attempt): Promise<void> => {
  const { cloud, ports } = grant;
  const reading = await cloud.quota(order.cloudAccountId);
  if (reading.kind !== 'quota') {
    await closeAttempt(ports.db, attempt.id, 'FAILED', `quota not read: ${reading.reason}`);
    return tryLater(grant, claimed, attempt, reading.reason);
  }
  await markSent(ports.db, attempt.id, reading.quotaMinor);
  const outcome = await cloud.grant(order.cloudAccountId, order.amountMinor, attempt.outBizId);
  return settle(grant, claimed, attempt, outcome);
};

/** The attempt to send now: a fresh one, or the one that a dead worker opened; undefined while the account is busy. */
const nextAttempt = (
  { ports, parts }: GrantParts,
  order: Order,
  last: Attempt | undefined,
): Promise<Attempt | undefined> =>
  inTransaction(ports.db, async (client) => {
    await startProvisioning(parts, client, order.id);
    if (last?.state === 'OPEN') return last;
    const nth = (last?.nth ?? 0) + 1;
    // In the same transaction, so that no other order slips in between and blurs what the quota tells.
    const lost = last && last.state !== 'FAILED' ? last.id : undefined;
    if (lost !== undefined) await closeAttempt(client, lost, 'SUPERSEDED', `repeated by attempt ${nth}`);
    return openAttempt(client, order, { nth, outBizId: parts.repeat.outBizId(order.id, nth) });
  });

/** Takes one claimed order as far as it goes now. Rejects when the database fails; the lease then runs out. */
export const grantOrder = async (grant: GrantParts, claimed: Claimed): Promise<void> => {
  const { ports, parts, cloud, config } = grant;
  const order = await orderNamed(ports.db, claimed.orderId);
  const last = await lastAttempt(ports.db, order.id);
  if (order.hold !== null) return postpone(ports.db, claimed, config.times.grantRetryMaxMs, `on hold: ${order.hold}`);
  if (last?.state === 'SUCCEEDED') return complete(grant, claimed, last, 'earlier');
  if (last?.state === 'SENT' || last?.state === 'UNKNOWN') {
    const { cloudAccountId, amountMinor } = order;
    const decision = await parts.repeat.afterLostAnswer(cloud, { cloudAccountId, amountMinor, attempt: last });
    if (decision === 'wait') return postpone(ports.db, claimed, waitMs(grant, claimed.claims), 'quota not read');
    if (decision === 'granted') {
      grant.count('topup_provisioning_attempts_total', { cloud: 'alibaba-cloud', outcome: 'found_granted' });
      return complete(grant, claimed, last, 'quota');
    }
  }
  const attempt = await nextAttempt(grant, order, last);
  if (!attempt) return postpone(ports.db, claimed, config.times.accountBusyMs, 'cloud account is busy');
  return send(grant, claimed, order, attempt);
};
