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
import {
  type Attempt,
  closeAttempt,
  grantedUpTo,
  lastAttempt,
  markSent,
  openAttempt,
  reopenAttempt,
} from './attempts.ts';
import { type Cloud, type CloudClients, cloudOf, clouds, type Grant } from './cloud.ts';
import type { GrantStrategy } from './repeat-policy.ts';

/** What granting works with. */
export interface GrantParts extends RoleParts {
  readonly clients: CloudClients;
}

/** A claimed order, its cloud, and what may be done there about lost answers. */
interface Work extends GrantParts {
  readonly claimed: Claimed;
  readonly order: Order;
  readonly cloud: Cloud;
  readonly strategy: GrantStrategy;
}

const workOn = async (grant: GrantParts, claimed: Claimed): Promise<Work> => {
  const named = await orderNamed(grant.ports.db, claimed.orderId);
  const order = { ...named, cloudAccountId: grant.parts.nameAccount(named.cloudAccountId) };
  const strategy = grant.parts.repeat[clouds[order.cloud].idempotency];
  return { ...grant, claimed, order, cloud: cloudOf(grant.clients, order.cloud), strategy };
};

/** Hands over to a person. The order stays paid and credited, and goes on soon after its hold is lifted. */
const giveUp = async ({ ports, config, count, claimed }: Work, reason: string): Promise<void> => {
  const held = await inTransaction(ports.db, async (client) => {
    const ours = await postpone(client, claimed, config.times.grantRetryMaxMs, reason, { isFailure: true });
    return ours && (await holdOrder(client, claimed.orderId, 'manual_review'));
  });
  if (!held) return;
  count('topup_queue_dead_lettered_total', { queue: 'grants' });
  ports.log.error({ orderId: claimed.orderId, reason }, 'grant handed to a person');
};

/** Comes back after a wait that grows with the failures, and not before the cloud wants; too many need a person. */
const putOff = async (work: Work, failure: Failure): Promise<void> => {
  const { ports, parts, config, claimed, order } = work;
  const { reason, waitMs = 0, turnedAway } = failure;
  const isFailure = turnedAway === undefined;
  const failures = claimed.failures + (isFailure ? 1 : 0);
  if (isFailure && failures >= parts.resilience.caps.grant) return giveUp(work, reason);
  const backoff = { firstMs: config.times.grantRetryMs, maxMs: config.times.grantRetryMaxMs };
  const delayMs = waitMs + parts.resilience.waitMs(backoff, failures, ports.ids.unit());
  const waiting = turnedAway === 'breaker' ? { waitingFor: clouds[order.cloud].dependency } : {};
  await postpone(ports.db, claimed, delayMs, reason, { isFailure, ...waiting });
};

const waitOnHold = async ({ config, claimed }: Work, db: Queryable): Promise<void> => {
  await postpone(db, claimed, config.times.grantRetryMaxMs, 'on hold');
};

/** CREDITED orders begin; those that have begun stay as they are. */
const startProvisioning = (parts: Parts, client: Queryable, orderId: string): Promise<unknown> =>
  parts.transition(client, { orderId, from: ['CREDITED'], to: 'PROVISIONING', cause: 'grant', reference: orderId });

/** The grant is a fact: close the attempt, finish the order, keep the promise, all at once. */
const complete = async (work: Work, attempt: Attempt, how: string): Promise<void> => {
  const { ports, parts, count, claimed, order } = work;
  const { orderId } = claimed;
  const moved = await inTransaction(ports.db, async (client) => {
    await startProvisioning(parts, client, orderId);
    const known = attempt.state === 'SUCCEEDED';
    if (!known && !(await closeAttempt(client, attempt.id, 'SUCCEEDED', how))) return false;
    const move = { orderId, from: ['PROVISIONING'], to: 'COMPLETED', cause: 'grant' } as const;
    const result = await parts.transition(client, { ...move, reference: attempt.outBizId });
    if (result.hold === null) await finish(client, claimed);
    else await waitOnHold(work, client);
    return result.moved;
  });
  if (!moved) return;
  count('topup_orders_finished_total', { provider: order.paymentProvider, outcome: 'completed' });
  ports.log.info({ orderId, attempt: attempt.nth, how }, 'credit granted');
};

/** Notes the outcome and what follows from it; nothing follows when another worker decided while we waited. */
const settle = async (work: Work, attempt: Attempt, outcome: Grant): Promise<void> => {
  const { ports, parts, count, order } = work;
  const named = { granted: 'succeeded', retry: 'retry', refused: 'refused', unknown: 'unknown' } as const;
  count('topup_provisioning_attempts_total', { cloud: order.cloud, outcome: named[outcome.kind] });
  if (outcome.kind === 'granted') return complete(work, attempt, 'answer');
  const { kind, reason } = outcome;
  const { change } = parts.resilience.caps;
  if (!(await closeAttempt(ports.db, attempt.id, kind === 'unknown' ? 'UNKNOWN' : 'FAILED', reason))) return;
  // Whether an unanswered one was granted is found out first, also after the last attempt.
  const isOver = kind === 'refused' || (kind === 'retry' && attempt.nth >= change);
  if (isOver) await giveUp(work, reason);
  else await putOff(work, outcome);
};

/** What the account has before the attempt; undefined when it cannot be told now, which ends this turn. */
const readBefore = async (work: Work, attempt: Attempt, isRetry: boolean): Promise<bigint | undefined> => {
  const { cloud, ports, order, strategy } = work;
  const known = strategy.startsFromOwnBooks ? await grantedUpTo(ports.db, order) : undefined;
  if (known !== undefined) return known;
  const reading = await cloud.read(order.cloudAccountId, isRetry);
  if (reading.kind === 'reading') return reading.amountMinor;
  // Nothing was sent, so the attempt stays open for the next turn.
  if (reading.kind !== 'refused') await putOff(work, reading);
  else if (await closeAttempt(ports.db, attempt.id, 'FAILED', `account not read: ${reading.reason}`))
    await giveUp(work, reading.reason);
  return undefined;
};

/** Reads the account, notes that the call is about to be made, makes it. */
const send = async (work: Work, attempt: Attempt): Promise<void> => {
  const { cloud, ports, claimed, order } = work;
  const { cloudAccountId, amountMinor } = order;
  const isRetry = claimed.failures > 0;
  const beforeMinor = await readBefore(work, attempt, isRetry);
  if (beforeMinor === undefined || !(await markSent(ports.db, attempt.id, beforeMinor))) return;
  const grantable = { cloudAccountId, amountMinor, reference: attempt.outBizId, beforeMinor };
  const outcome = await cloud.grant(grantable, order.id, isRetry);
  if (outcome.kind !== 'granted' && outcome.turnedAway !== undefined) {
    await reopenAttempt(ports.db, attempt.id);
    return putOff(work, outcome);
  }
  return settle(work, attempt, outcome);
};

const isLost = (attempt: Attempt | undefined): attempt is Attempt =>
  attempt?.state === 'SENT' || attempt?.state === 'UNKNOWN';

/** The attempt to send now: a fresh one, or the one that a dead worker opened; undefined while the account is busy. */
const nextAttempt = (
  { ports, parts, order, strategy }: Work,
  last: Attempt | undefined,
): Promise<Attempt | undefined> =>
  inTransaction(ports.db, async (client) => {
    await startProvisioning(parts, client, order.id);
    if (last?.state === 'OPEN') return last;
    const nth = (last?.nth ?? 0) + 1;
    // In the same transaction, so that no other order slips in between and blurs what the account tells.
    const detail = `repeated by attempt ${nth}`;
    if (isLost(last) && !(await closeAttempt(client, last.id, 'SUPERSEDED', detail))) return undefined;
    return openAttempt(client, order, { nth, outBizId: strategy.reference(order.id, nth) });
  });

/** True when it was postponed because the lost call may still arrive, so that nobody can tell yet that it will not. */
const waitsForArrival = async ({ ports, config, claimed, strategy }: Work, lost: Attempt): Promise<boolean> => {
  const waitMs = config.times.grantArrivalMs - lost.ageMs;
  if (!strategy.waitsForArrival || waitMs <= 0) return false;
  await postpone(ports.db, claimed, waitMs, `attempt ${lost.nth} may still arrive`);
  return true;
};

/** What became of an attempt without an answer: `repeat`, unless that was the end of this turn. */
const resolve = async (work: Work, lost: Attempt): Promise<'repeat' | 'end'> => {
  const { ports, parts, cloud, count, order, strategy } = work;
  const { cloudAccountId, amountMinor } = order;
  const decision = await strategy.afterLostAnswer(cloud, { cloudAccountId, amountMinor, attempt: lost });
  if (decision === 'repeat' && (await waitsForArrival(work, lost))) return 'end';
  if (decision === 'repeat' && order.hold === null && lost.nth < parts.resilience.caps.change) return 'repeat';
  if (decision === 'granted') {
    count('topup_provisioning_attempts_total', { cloud: order.cloud, outcome: 'found_granted' });
    await complete(work, lost, 'found');
  } else if (typeof decision === 'object' && decision.kind !== 'refused') {
    await putOff(work, decision);
  } else {
    // It did not happen and is not repeated now, so the account is free for other orders.
    if (decision === 'repeat') await closeAttempt(ports.db, lost.id, 'SUPERSEDED', 'not repeated for now');
    await giveUp(work, `attempt ${lost.nth} had no answer`);
  }
  return 'end';
};

/** Takes one claimed order as far as it goes now. Rejects when the database fails; the lease then runs out. */
export const grantOrder = async (grant: GrantParts, claimed: Claimed): Promise<void> => {
  const { ports, config } = grant;
  const work = await workOn(grant, claimed);
  const { order } = work;
  const last = await lastAttempt(ports.db, order.id);
  // Before the hold is looked at: finding out moves no money, and until then no other order of the account gets a turn.
  if (isLost(last) && (await resolve(work, last)) === 'end') return;
  if (order.hold !== null) {
    if (last?.state === 'OPEN') await closeAttempt(ports.db, last.id, 'FAILED', 'on hold, nothing was sent');
    return waitOnHold(work, ports.db);
  }
  if (last?.state === 'SUCCEEDED') return complete(work, last, 'earlier');
  const attempt = await nextAttempt(work, last);
  if (attempt) return send(work, attempt);
  await postpone(ports.db, claimed, config.times.accountBusyMs, 'cloud account is busy');
};
