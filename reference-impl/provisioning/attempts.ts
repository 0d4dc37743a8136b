/** One row per attempt to grant, written before the cloud is called and closed when its effect is known. */
import type { Order } from '../orders/order.ts';
import type { Queryable } from '../ports.ts';

/** OPEN: nothing sent. SENT and UNKNOWN: it may have happened. SUPERSEDED: unknown, repeated by the next attempt. */
export type AttemptState = 'OPEN' | 'SENT' | 'UNKNOWN' | 'SUPERSEDED' | 'SUCCEEDED' | 'FAILED';

/** An attempt; `nth` counts from 1 per order. */
export interface Attempt {
  readonly id: string;
  readonly nth: number;
  readonly outBizId: string;
  readonly state: AttemptState;
  /** How long ago its state was noted, in milliseconds. */
  readonly ageMs: number;
  /** What the cloud told of the account just before the call. */
  readonly quotaBeforeMinor: bigint | undefined;
}

interface AttemptRow {
  id: string;
  n: number;
  out_biz_id: string;
  state: AttemptState;
  quota_before_minor: string | bigint | null;
  age_ms: string | bigint;
}

const columns = `id, n, out_biz_id, state, quota_before_minor,
  floor(extract(epoch from now() - updated_at) * 1000)::int8 as age_ms`;

const attemptOf = (row: AttemptRow): Attempt => ({
  id: row.id,
  nth: row.n,
  outBizId: row.out_biz_id,
  state: row.state,
  ageMs: Number(row.age_ms),
  quotaBeforeMinor: row.quota_before_minor === null ? undefined : BigInt(row.quota_before_minor),
});

/** The newest attempt of the order, or undefined. */
export const lastAttempt = async (db: Queryable, orderId: string): Promise<Attempt | undefined> => {
  const sql = `select ${columns} from topup.grant_attempts where order_id = $1 order by n desc limit 1`;
  const { rows } = await db.query<AttemptRow>(sql, [orderId]);
  return rows[0] && attemptOf(rows[0]);
};

/** Opens attempt number `nth`; undefined while any attempt on the same cloud account is open. */
export const openAttempt = async (
  db: Queryable,
  order: Pick<Order, 'id' | 'cloud' | 'cloudAccountId'>,
  next: Pick<Attempt, 'nth' | 'outBizId'>,
): Promise<Attempt | undefined> => {
  const { rows } = await db.query<AttemptRow>(
    `insert into topup.grant_attempts (order_id, n, cloud, cloud_account_id, out_biz_id, state)
     values ($1, $2, $3, $4, $5, 'OPEN') on conflict do nothing returning ${columns}`,
    [order.id, next.nth, order.cloud, order.cloudAccountId, next.outBizId],
  );
  return rows[0] && attemptOf(rows[0]);
};

/** What our grants made of the account, whatever was spent of it; undefined when nothing was ever sent there. */
export const grantedUpTo = async (
  db: Queryable,
  { cloud, cloudAccountId }: Pick<Order, 'cloud' | 'cloudAccountId'>,
): Promise<bigint | undefined> => {
  const { rows } = await db.query<{ up_to_minor: string | bigint | null }>(
    `select ((array_agg(g.quota_before_minor order by g.id) filter (where g.quota_before_minor is not null))[1]
         + coalesce(sum(o.amount_minor) filter (where g.state = 'SUCCEEDED'), 0))::int8 as up_to_minor
     from topup.grant_attempts g join topup.orders o on o.id = g.order_id
     where g.cloud = $1 and g.cloud_account_id = $2`,
    [cloud, cloudAccountId],
  );
  const upTo = rows[0]?.up_to_minor ?? null;
  return upTo === null ? undefined : BigInt(upTo);
};

/** The last moment at which nothing has happened; false when the attempt is no longer OPEN: another worker has it. */
export const markSent = async (db: Queryable, attemptId: string, quotaBeforeMinor: bigint): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update topup.grant_attempts set state = 'SENT', quota_before_minor = $2, updated_at = now()
     where id = $1 and state = 'OPEN'`,
    [attemptId, quotaBeforeMinor.toString()],
  );
  return rowCount === 1;
};

/** Takes `markSent` back: the call was turned away before it left, so this attempt is still to be made. */
export const reopenAttempt = async (db: Queryable, attemptId: string): Promise<void> => {
  await db.query(
    `update topup.grant_attempts set state = 'OPEN', updated_at = now() where id = $1 and state = 'SENT'`,
    [attemptId],
  );
};

/** Notes what is now known of the attempt's effect; false when that had been decided, for it is decided once. */
export const closeAttempt = async (
  db: Queryable,
  attemptId: string,
  state: Exclude<AttemptState, 'OPEN' | 'SENT'>,
  detail: string,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update topup.grant_attempts set state = $2, detail = $3, updated_at = now()
     where id = $1 and state in ('OPEN', 'SENT', 'UNKNOWN')`,
    [attemptId, state, detail],
  );
  return rowCount === 1;
};
