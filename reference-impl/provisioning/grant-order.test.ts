import { beforeEach, describe, expect, test } from 'vitest';
import { grantRetriedBlindly } from '../defects/grant-retried-blindly.ts';
import { grantRetriedSameReference } from '../defects/grant-retried-same-reference.ts';
import { type Parts, soundParts } from '../parts.ts';
import { paidNotice } from '../test-providers.ts';
import { orderBody, startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';
import { closeAttempt, openAttempt } from './attempts.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
let orderId: string;

/** An order of a wallet and account of its own, paid and credited. */
const credited = async (cloudAccountId: string): Promise<string> => {
  drawn += 1;
  const id = await service.create(`grant-${drawn}`, { ...orderBody, cloudAccountId });
  await service.notify(paidNotice(id));
  return id;
};

const start = async (parts: Parts): Promise<void> => {
  service = startService((role) => database.as(role), parts);
  orderId = await credited(`account-${drawn}`);
};

beforeEach(async () => {
  await database.as().query('update topup.outbox set done_at = now()');
  await start(soundParts);
});

const attempts = async (id = orderId): Promise<string[]> => {
  const { rows } = await database
    .as()
    .query('select state from topup.grant_attempts where order_id = $1 order by n', [id]);
  return rows.map(({ state }) => state);
};

/** Makes postponed work due, long after whatever closed a breaker, then lets the worker run. */
const work = async (): Promise<void> => {
  await database.as().query('update topup.outbox set next_at = now(), lease_until = null where done_at is null');
  service.pass(3_600_000);
  await service.run('provisioning', 'grant-credits');
};

const loseAnswers = (times: number, before: boolean): void => {
  const { change } = service.answers;
  let lost = 0;
  service.answers.change = (fields) => {
    if (lost === times) return change(fields);
    lost += 1;
    if (!before) change(fields);
    throw new Error('connection reset');
  };
};

test('credit becomes a grant, once', async () => {
  await work();
  await work();
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
  expect([await attempts(), service.quotaMinor()]).toEqual([['SUCCEEDED'], 1000n]);
  expect(service.sent.slice(-2)).toEqual([`quota account-${drawn - 1}`, `change ${orderId}`]);
});

test('a grant whose answer was lost is found by its quota and not sent again', async () => {
  loseAnswers(1, false);
  await work();
  expect(await attempts()).toEqual(['UNKNOWN']);
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING' });
  await work();
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
  expect(service.sent.filter((call) => call.startsWith('change'))).toHaveLength(1);
  expect(service.quotaMinor()).toBe(1000n);
});

test('while the quota cannot be read, a lost grant waits; nothing is sent and nobody gives up', async () => {
  loseAnswers(1, false);
  await work();
  const { quota } = service.answers;
  service.answers.quota = () => ({ Success: false, Code: 'Throttling.User' });
  for (let turn = 0; turn < 12; turn += 1) await work();
  expect(await attempts()).toEqual(['UNKNOWN']);
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: null });
  service.answers.quota = quota;
  await work();
  expect([await attempts(), service.quotaMinor()]).toEqual([['SUCCEEDED'], 1000n]);
});

test('a grant that never arrived is sent again under its reference', async () => {
  loseAnswers(1, true);
  await work();
  await work();
  expect([await attempts(), service.quotaMinor()]).toEqual([['SUPERSEDED', 'SUCCEEDED'], 1000n]);
  expect(service.sent.filter((call) => call === `change ${orderId}`)).toHaveLength(2);
});

test('when somebody else changed the quota, the repeat under the same reference still grants once', async () => {
  loseAnswers(1, false);
  await work();
  const { quota } = service.answers;
  service.answers.quota = () => ({ Success: true, Code: '200', Data: '77.00' });
  await work();
  service.answers.quota = quota;
  expect([await attempts(), service.quotaMinor()]).toEqual([['SUPERSEDED', 'SUCCEEDED'], 1000n]);
});

describe('a worker that died', () => {
  test.each(['OPEN', 'SENT'])('with its attempt %s leaves work that the next one finishes', async (state) => {
    await database.as().query(
      `insert into topup.grant_attempts (order_id, n, cloud, cloud_account_id, out_biz_id, state, quota_before_minor)
       select id, 1, cloud, cloud_account_id, id, $2, case $2 when 'SENT' then 0 end from topup.orders where id = $1`,
      [orderId, state],
    );
    await work();
    expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
    expect(service.quotaMinor()).toBe(1000n);
  });
});

test.each([
  { code: 'Throttling.User', attempt: 'FAILED', hold: null },
  { code: 'CreditInnerError', attempt: 'UNKNOWN', hold: null },
  { code: '', attempt: 'UNKNOWN', hold: null },
  { code: 'NotAuthorized', attempt: 'FAILED', hold: 'manual_review' },
])('code "$code" leaves the attempt $attempt and the order on hold $hold', async ({ code, attempt, hold }) => {
  service.answers.change = () => ({ Success: false, Code: code });
  await work();
  expect(await attempts()).toEqual([attempt]);
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold });
});

test.each([
  { what: 'is not an amount', answer: { Success: true, Code: '200', Data: 'a lot' } },
  { what: 'is not told now', answer: { Success: false, Code: 'Throttling.User' } },
])('while the quota $what, nothing is sent and no attempt is spent', async ({ answer }) => {
  const { quota } = service.answers;
  service.answers.quota = () => answer;
  for (let turn = 0; turn < 12; turn += 1) await work();
  expect(await attempts()).toEqual(['OPEN']);
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: null });
  expect(service.sent.filter((call) => call.startsWith('change'))).toEqual([]);
  service.answers.quota = quota;
  await work();
  expect([await attempts(), service.quotaMinor()]).toEqual([['SUCCEEDED'], 1000n]);
});

test('a debt is a quota too', async () => {
  service.answers.quota = () => ({ Success: true, Code: '200', Data: '-5.00' });
  await work();
  expect(await attempts()).toEqual(['SUCCEEDED']);
});

test.each(['first', 'lost'])(
  'a cloud that refuses to tell the quota sends the %s attempt to a person at once',
  async (nth) => {
    if (nth === 'lost') {
      loseAnswers(1, true);
      await work();
    }
    service.answers.quota = () => ({ Success: false, Code: 'NotAuthorized' });
    for (let turn = 0; turn < 3; turn += 1) await work();
    expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: 'manual_review' });
    expect(await service.metric('provisioning', 'topup_queue_dead_lettered_total{queue="grants"}')).toBe(1);
  },
);

test('after ten attempts a person must look, and the order stays paid', async () => {
  service.answers.change = () => ({ Success: false, Code: 'Throttling.User' });
  for (let turn = 0; turn < 11; turn += 1) await work();
  expect(await attempts()).toHaveLength(10);
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: 'manual_review' });
  expect(await service.metric('provisioning', 'topup_queue_dead_lettered_total{queue="grants"}')).toBe(1);
});

test('while an attempt on an account is open, no other order of it gets one', async () => {
  const other = await credited(`account-${drawn - 1}`);
  const account = { cloud: 'alibaba-cloud', cloudAccountId: `account-${drawn - 2}` } as const;
  const open = (id: string) => openAttempt(database.as(), { id, ...account }, { nth: 1, outBizId: id });
  const first = await open(orderId);
  expect(await open(other)).toBeUndefined();
  for (const state of ['UNKNOWN', 'FAILED'] as const) {
    await closeAttempt(database.as(), first?.id ?? '', state, 'test');
    expect((await open(other)) !== undefined).toBe(state === 'FAILED');
  }
});

test('two workers never have two open attempts on one account, and all its orders are granted', async () => {
  const account = `busy-${drawn}`;
  const orders = [orderId];
  for (let count = 0; count < 6; count += 1) orders.push(await credited(account));
  const rival = startService((role) => database.as(role));
  rival.answers.change = (fields) => service.answers.change(fields);
  rival.answers.quota = (fields) => service.answers.quota(fields);
  for (let turn = 0; turn < 8; turn += 1) {
    await database.as().query('update topup.outbox set next_at = now(), lease_until = null where done_at is null');
    await Promise.all([service.run('provisioning', 'grant-credits'), rival.run('provisioning', 'grant-credits')]);
  }
  for (const id of orders) expect(await service.show(id)).toMatchObject({ state: 'COMPLETED' });
  expect(service.quotaMinor()).toBe(7000n);
});

test.each([
  { parts: grantRetriedBlindly.parts, id: grantRetriedBlindly.id, grantedMinor: 2000n, gap: 1000 },
  { parts: grantRetriedSameReference.parts, id: grantRetriedSameReference.id, grantedMinor: 1000n, gap: 0 },
])(
  '$id grants $grantedMinor after a lost answer, and reconciliation sees a gap of $gap',
  async ({ parts, grantedMinor, gap }) => {
    await work();
    await start(parts);
    loseAnswers(1, false);
    await work();
    await work();
    expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
    expect(service.quotaMinor()).toBe(grantedMinor);
    // Accounts of earlier tests lived at other providers; only this one is compared.
    await database.as().query('delete from topup.grant_attempts where order_id <> $1', [orderId]);
    await service.run('reconciliation', 'compare-grants');
    const gapSql = `select granted_minor - credited_minor as gap from topup.grant_comparisons
      join topup.orders o using (cloud_account_id) where o.id = $1`;
    expect((await database.as().query(gapSql, [orderId])).rows).toEqual([{ gap: String(gap) }]);
  },
);
