/** A worker may fall asleep in any call; whoever takes over after its lease decides, and what it decided stays. */
import { beforeEach, expect, test } from 'vitest';
import { holdOrder } from '../orders/order.ts';
import { claimDue, finish, postpone, renew } from '../outbox/outbox.ts';
import { paidNotice } from '../test-providers.ts';
import { orderBody, startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
let orderId: string;

beforeEach(async () => {
  await database.as().query('update topup.outbox set done_at = now()');
  service = startService((role) => database.as(role));
  drawn += 1;
  orderId = await service.create(`stale-${drawn}`, { ...orderBody, cloudAccountId: `account-${drawn}` });
  await service.notify(paidNotice(orderId));
});

const work = async (): Promise<void> => {
  await database.as().query('update topup.outbox set next_at = now(), lease_until = null where done_at is null');
  await service.run('provisioning', 'grant-credits');
};

const attempts = async () => {
  const sql = 'select state, quota_before_minor as before from topup.grant_attempts where order_id = $1 order by n';
  return (await database.as().query<{ state: string; before: string }>(sql, [orderId])).rows;
};

const sleepIn = (operation: 'change' | 'quota', onWaking: () => Readonly<Record<string, unknown>>): void => {
  const answer = service.answers[operation];
  service.answers[operation] = async (fields) => {
    service.answers[operation] = answer;
    if (operation === 'change') await answer(fields);
    await work();
    return onWaking();
  };
};

test.each([
  {
    late: 'timeout',
    onWaking: () => {
      throw new Error('timeout');
    },
  },
  { late: 'refusal', onWaking: () => ({ Success: false, Code: 'NotAuthorized' }) },
  { late: 'throttling', onWaking: () => ({ Success: false, Code: 'Throttling.User' }) },
  { late: 'success', onWaking: () => ({ Success: true, Code: '200', Data: '10.00' }) },
])('a late $late leaves a completed order completed and its account free', async ({ onWaking }) => {
  sleepIn('change', onWaking);
  await work();
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED', hold: null });
  expect(await attempts()).toEqual([{ state: 'SUCCEEDED', before: '0' }]);
  expect(await service.metric('provisioning', 'topup_queue_dead_lettered_total{queue="grants"}')).toBe(0);
  expect(service.quotaMinor()).toBe(1000n);
});

test('a late reading of the quota neither rewrites the attempt nor sends it', async () => {
  sleepIn('quota', () => ({ Success: true, Code: '200', Data: '77.00' }));
  await work();
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED', hold: null });
  expect(await attempts()).toEqual([{ state: 'SUCCEEDED', before: '0' }]);
  expect(service.sent.filter((call) => call.startsWith('change'))).toHaveLength(1);
});

test('a manual hold never reaches an order that is completed, another one does', async () => {
  await work();
  expect(await holdOrder(database.as(), orderId, 'manual_review')).toBe(false);
  expect(await holdOrder(database.as(), orderId, 'reconciliation')).toBe(true);
});

test.each([
  { what: 'whose lease ran short is renewed', meanwhile: "lease_until = now() + interval '1 second'", sends: 1 },
  { what: 'that another worker has claimed is left to it', meanwhile: 'claims = claims + 1', sends: 0 },
])('in a batch, an order $what before its turn', async ({ meanwhile, sends }) => {
  const other = await service.create(`batch-${drawn}`, { ...orderBody, cloudAccountId: `account-${drawn}` });
  await service.notify(paidNotice(other));
  const { change } = service.answers;
  const leases: number[] = [];
  service.answers.change = async (fields) => {
    if (fields.OutBizId === orderId) {
      await database.as().query(`update topup.outbox set ${meanwhile} where order_id = $1`, [other]);
    } else {
      const sql = 'select extract(epoch from lease_until - now())::int as s from topup.outbox where order_id = $1';
      leases.push((await database.as().query(sql, [other])).rows[0].s);
    }
    return change(fields);
  };
  await work();
  expect(leases.map((leftS) => leftS > 50)).toEqual(Array.from({ length: sends }, () => true));
});

test('a claim is nobody else’s while its lease runs, and afterwards the old one counts for nothing', async () => {
  const db = database.as();
  const [old] = await claimDue(db, 10, 60_000);
  expect(await claimDue(db, 10, 60_000)).toEqual([]);
  await db.query('update topup.outbox set lease_until = now()');
  expect(await renew(db, old ?? expect.unreachable(), 60_000)).toBe(true);
  expect(await claimDue(db, 10, 60_000)).toEqual([]);
  await db.query('update topup.outbox set lease_until = now()');
  const [fresh] = await claimDue(db, 10, 60_000);
  expect(fresh?.id).toBe(old?.id);
  await finish(db, old ?? expect.unreachable());
  expect(await postpone(db, old ?? expect.unreachable(), 0, 'late')).toBe(false);
  expect(await renew(db, old ?? expect.unreachable(), 60_000)).toBe(false);
  expect(await renew(db, fresh ?? expect.unreachable(), 60_000)).toBe(true);
});
