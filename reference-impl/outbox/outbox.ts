/** Work promised in a transaction and done after it: at least once, so whoever does it must bear repeats. */
import { interval } from '../db/transaction.ts';
import type { Queryable } from '../ports.ts';

/** A claimed promise; `claims` is the proof that the claim is still ours. */
export interface Claimed {
  readonly id: string;
  readonly orderId: string;
  readonly claims: number;
  /** Calls without a usable answer so far. */
  readonly failures: number;
}

/** Promises the grant of an order; a promise that was made before stays as it is. */
export const grantOnce = async (db: Queryable, orderId: string): Promise<void> => {
  await db.query(
    `insert into topup.outbox (kind, dedup_key, order_id) values ('grant', 'grant:' || $1, $1) on conflict do nothing`,
    [orderId],
  );
};

/** Claims up to `countMax` due promises for `leaseMs`; workers side by side never get the same one. */
export const claimDue = async (db: Queryable, countMax: number, leaseMs: number): Promise<readonly Claimed[]> => {
  const { rows } = await db.query<{ id: string; order_id: string; claims: number; failures: number }>(
    `update topup.outbox set claims = claims + 1, waiting_for = null,
       lease_until = now() + ${interval('$2')}
     where id in (
       select id from topup.outbox
       where done_at is null and next_at <= now() and (lease_until is null or lease_until <= now())
       order by next_at, id limit $1 for update skip locked)
     returning id, order_id, claims, failures`,
    [countMax, leaseMs],
  );
  return rows.map(({ id, order_id, claims, failures }) => ({ id, orderId: order_id, claims, failures }));
};

/** Takes a full lease again before the next piece of work; false when the claim is no longer ours. */
export const renew = async (db: Queryable, { id, claims }: Claimed, leaseMs: number): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update topup.outbox set lease_until = now() + ${interval('$3')} where id = $1 and claims = $2 and done_at is null`,
    [id, claims, leaseMs],
  );
  return rowCount === 1;
};

/** The promise is kept; nothing happens when the claim is no longer ours. */
export const finish = async (db: Queryable, { id, claims }: Claimed): Promise<void> => {
  await db.query('update topup.outbox set done_at = now(), lease_until = null where id = $1 and claims = $2', [
    id,
    claims,
  ]);
};

/** What else is to be noted of a promise that is not kept yet. */
export interface Setback {
  /** A call was made in vain. */
  readonly isFailure?: boolean;
  /** The provider that is not even asked for now. */
  readonly waitingFor?: string;
}

/** Gives the claim back until `delayMs` from now; false when it is no longer ours or the promise is kept. */
export const postpone = async (
  db: Queryable,
  claimed: Claimed,
  delayMs: number,
  reason: string,
  { isFailure = false, waitingFor }: Setback = {},
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update topup.outbox set next_at = now() + ${interval('$3')}, lease_until = null, last_error = $4,
       failures = failures + $5, waiting_for = $6
     where id = $1 and claims = $2 and done_at is null`,
    [claimed.id, claimed.claims, delayMs, reason, isFailure ? 1 : 0, waitingFor ?? null],
  );
  return rowCount === 1;
};
