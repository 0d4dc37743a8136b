/**
 * Grants one order's credit at the cloud. Every step is durable before the next begins, so a worker that dies at any
 * point leaves a row that tells the next one what may have happened.
 */
import { inTransaction } from '../db/transaction.ts';
import { holdOrder, type Order, orderNamed } from '../orders/order.ts';
import { type Claimed, finish, postpone } from '../outbox/outbox.ts';
import type { Parts } from '../parts.ts';
import type { Queryable } from '../ports.ts';
import type { Failure } from '../resilience/failure.ts';
import type { RoleParts } from '../service.ts';
import type { Cloud, Grant } from './alibaba.ts';
import { type Attempt, closeAttempt, lastAttempt, markSent, openAttempt, reopenAttempt } from './attempts.ts';

/** What granting works with. */
export interface GrantParts extends RoleParts {
  readonly cloud: Cloud;
}

/** Hands over to a person. The order stays paid and credited, and goes on soon after its hold is lifted. */
const giveUp = async ({ ports, config, count }: GrantParts, claimed: Claimed, reason: string): Promise<void> => {
  const held = await inTransaction(ports.db, async (client) => {
    const ours = await postpone(client, claimed, config.times.grantRetryMaxMs, reason, { isFailure: true });
    return ours && (await holdOrder(client, claimed.orderId, 'manual_review'));
  });
  if (!held) return;
  count('topup_queue_dead_lettered_total', { queue: 'grants' });
  ports.log.error({ orderId: claimed.orderId, reason }, 'grant handed to a person');
};

/** Comes back after a wait that grows with the failures, and not before the cloud wants; too many need a person. */
const putOff = async (grant: GrantParts, claimed: Claimed, failure: Failure): Promise<void> => {
  const { ports, parts, config } = grant;
  const { reason, waitMs = 0, turnedAway } = failure;
  const isFailure = turnedAway === undefined;
  const failures = claimed.failures + (isFailure ? 1 : 0);
  if (isFailure && failures >= parts.resilience.caps.grant) return giveUp(grant, claimed, reason);
  const backoff = { firstMs: config.times.grantRetryMs, maxMs: config.times.grantRetryMaxMs };
  const delayMs = waitMs + parts.resilience.waitMs(backoff, failures, ports.ids.unit());
  const waiting = turnedAway === 'breaker' ? { waitingFor: 'alibaba-cloud' } : {};
  await postpone(ports.db, claimed, delayMs, reason, { isFailure, ...waiting });
};

const waitOnHold = async ({ config }: GrantParts, db: Queryable, claimed: Claimed): Promise<void> => {
  await postpone(db, claimed, config.times.grantRetryMaxMs, 'on hold');
};

/** CREDITED orders begin; those that have begun stay as they are. */
const startProvisioning = (parts: Parts, client: Queryable, orderId: string): Promise<unknown> =>
  parts.transition(client, { orderId, from: ['CREDITED'], to: 'PROVISIONING', cause: 'grant', reference: orderId });

/** The grant is a fact: close the attempt, finish the order, keep the promise, all at once. */
const complete = async (grant: GrantParts, claimed: Claimed, attempt: Attempt, how: string): Promise<void> => {
  const { ports, parts, count } = grant;
  const { orderId } = claimed;
  const moved = await inTransaction(ports.db, async (client) => {
    await startProvisioning(parts, client, orderId);
    const known = attempt.state === 'SUCCEEDED';
    if (!known && !(await closeAttempt(client, attempt.id, 'SUCCEEDED', how))) return false;
    const move = { orderId, from: ['PROVISIONING'], to: 'COMPLETED', cause: 'grant' } as const;
    const result = await parts.transition(client, { ...move, reference: attempt.outBizId });
    if (result.hold === null) await finish(client, claimed);
    else await waitOnHold(grant, client, claimed);
    return result.moved;
  });
  if (!moved) return;
  count('topup_orders_finished_total', { provider: 'alipay', outcome: 'completed' });
  ports.log.info({ orderId, attempt: attempt.nth, how }, 'credit granted');
};

/** Notes the outcome and what follows from it; nothing follows when another worker decided while we waited. */
const settle = async (grant: GrantParts, claimed: Claimed, attempt: Attempt, outcome: Grant): Promise<void> => {
  const { ports, parts, count } = grant;
  const named = { granted: 'succeeded', retry: 'retry', refused: 'refused', unknown: 'unknown' } as const;
  count('topup_provisioning_attempts_total', { cloud: 'alibaba-cloud', outcome: named[outcome.kind] });
  if (outcome.kind === 'granted') return complete(grant, claimed, attempt, 'answer');
  const { kind, reason } = outcome;
  const { change } = parts.resilience.caps;
  if (!(await closeAttempt(ports.db, attempt.id, kind === 'unknown' ? 'UNKNOWN' : 'FAILED', reason))) return;
  // Whether an unanswered one was granted is found out first, also after the last attempt.
  const isOver = kind === 'refused' || (kind === 'retry' && attempt.nth >= change);
  if (isOver) await giveUp(grant, claimed, reason);
  else await putOff(grant, claimed, outcome);
};

/** Reads the quota, notes that the call is about to be made, makes it. */
const send = async (grant: GrantParts, claimed: Claimed, order: Order, attempt: Attempt): Promise<void> => {
  const { cloud, ports } = grant;
  const isRetry = claimed.failures > 0;
  const reading = await cloud.quota(order.cloudAccountId, isRetry);
  if (reading.kind === 'refused') {
    const closed = await closeAttempt(ports.db, attempt.id, 'FAILED', `quota not read: ${reading.reason}`);
    return closed ? giveUp(grant, claimed, reading.reason) : undefined;
  }
  // Nothing was sent, so the attempt stays open for the next turn.
  if (reading.kind !== 'quota') return putOff(grant, claimed, reading);
  if (!(await markSent(ports.db, attempt.id, reading.quotaMinor))) return;
  const outcome = await cloud.grant(order.cloudAccountId, order.amountMinor, attempt.outBizId, isRetry);
  if (outcome.kind !== 'granted' && outcome.turnedAway !== undefined) {
    await reopenAttempt(ports.db, attempt.id);
    return putOff(grant, claimed, outcome);
  }
  return settle(grant, claimed, attempt, outcome);
};

const isLost = (attempt: Attempt | undefined): attempt is Attempt =>
  attempt?.state === 'SENT' || attempt?.state === 'UNKNOWN';

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
    const detail = `repeated by attempt ${nth}`;
    if (isLost(last) && !(await closeAttempt(client, last.id, 'SUPERSEDED', detail))) return undefined;
    return openAttempt(client, order, { nth, outBizId: parts.repeat.outBizId(order.id, nth) });
  });

/** What became of an attempt without an answer: `repeat`, unless that was the end of this turn. */
const resolve = async (grant: GrantParts, claimed: Claimed, order: Order, lost: Attempt): Promise<'repeat' | 'end'> => {
  const { ports, parts, cloud, count } = grant;
  const { cloudAccountId, amountMinor } = order;
  const decision = await parts.repeat.afterLostAnswer(cloud, { cloudAccountId, amountMinor, attempt: lost });
  if (decision === 'repeat' && order.hold === null && lost.nth < parts.resilience.caps.change) return 'repeat';
  if (decision === 'granted') {
    count('topup_provisioning_attempts_total', { cloud: 'alibaba-cloud', outcome: 'found_granted' });
    await complete(grant, claimed, lost, 'quota');
  } else if (decision !== 'repeat' && decision.kind !== 'refused') {
    await putOff(grant, claimed, decision);
  } else {
    // It did not happen and is not repeated now, so the account is free for other orders.
    if (decision === 'repeat') await closeAttempt(ports.db, lost.id, 'SUPERSEDED', 'not repeated for now');
    await giveUp(grant, claimed, `attempt ${lost.nth} had no answer`);
  }
  return 'end';
};

/** Takes one claimed order as far as it goes now. Rejects when the database fails; the lease then runs out. */
export const grantOrder = async (grant: GrantParts, claimed: Claimed): Promise<void> => {
  const { ports, config } = grant;
  const order = await orderNamed(ports.db, claimed.orderId);
  const last = await lastAttempt(ports.db, order.id);
  // Before the hold is looked at: finding out moves no money, and until then no other order of the account gets a turn.
  if (isLost(last) && (await resolve(grant, claimed, order, last)) === 'end') return;
  if (order.hold !== null) {
    if (last?.state === 'OPEN') await closeAttempt(ports.db, last.id, 'FAILED', 'on hold, nothing was sent');
    return waitOnHold(grant, ports.db, claimed);
  }
  if (last?.state === 'SUCCEEDED') return complete(grant, claimed, last, 'earlier');
  const attempt = await nextAttempt(grant, order, last);
  if (attempt) return send(grant, claimed, order, attempt);
  await postpone(ports.db, claimed, config.times.accountBusyMs, 'cloud account is busy');
};
