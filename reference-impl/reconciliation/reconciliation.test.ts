import { beforeEach, describe, expect, test } from 'vitest';
import { captured, paidNotice } from '../test-providers.ts';
import { testRole } from '../test-role.ts';
import { orderBody, startService } from '../test-service.ts';
import { testDatabase, testPorts } from '../test-world.ts';
import { compareGrants, type GrantJobs } from './compare-grants.ts';
import { findLostPayments } from './find-lost-payments.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
let orderId: string;
beforeEach(async () => {
  service = startService((role) => database.as(role));
  await database.as().query(`update topup.orders set query_due_at = null;
    update topup.payments set compare_due_at = null`);
  drawn += 1;
  orderId = await service.create(`reconciliation-${drawn}`, { ...orderBody, cloudAccountId: `account-${drawn}` });
});

const letBeOverdue = () =>
  database
    .as()
    .query("update topup.orders set query_due_at = now(), created_at = now() - interval '11 minutes' where id = $1", [
      orderId,
    ]);

/** Lets the webhook be overdue, then asks. */
const findLost = async (): Promise<number> => {
  await letBeOverdue();
  return service.run('reconciliation', 'find-lost-payments');
};

const nextQuestionS = async (): Promise<number | null> => {
  const sql = 'select extract(epoch from query_due_at - now())::int as s from topup.orders where id = $1';
  return (await database.as().query(sql, [orderId])).rows[0].s;
};

const findings = async (subject = orderId): Promise<string[]> => {
  const { rows } = await database
    .as()
    .query('select kind from topup.reconciliation_findings where subject = $1', [subject]);
  return rows.map(({ kind }) => kind);
};

const gauge = (series: string) => service.metric('reconciliation', series);

describe('an order without a webhook', () => {
  test('is left alone until it is overdue', async () => {
    expect(await service.run('reconciliation', 'find-lost-payments')).toBe(0);
    expect(await nextQuestionS()).toBeGreaterThan(590);
  });

  test('that was paid is confirmed, credited once, and counted as a correction', async () => {
    service.answers.query = () => captured(orderId, '10.00');
    expect(await findLost()).toBe(1);
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_SUCCEEDED' });
    expect(await service.run('webhooks', 'credit-confirmed-orders')).toBe(1);
    await service.notify(paidNotice(orderId));
    expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED', hold: null });
    expect(await findings()).toEqual(['order_status_mismatch']);
    expect(await gauge('topup_reconciliation_corrections_total{action="confirm_payment",initiator="job"}')).toBe(1);
    expect(await nextQuestionS()).toBeNull();
  });

  test('that was paid short is held and not credited', async () => {
    service.answers.query = () => captured(orderId, '9.80');
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: 'reconciliation' });
    expect(await findings()).toEqual(['amount_mismatch']);
    expect(await service.run('webhooks', 'credit-confirmed-orders')).toBe(0);
  });

  test('that nobody paid is asked about again, after twice its age', async () => {
    service.answers.query = () => ({ code: '10000', out_trade_no: orderId, trade_status: 'WAIT_BUYER_PAY' });
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING' });
    expect(await nextQuestionS()).toBeGreaterThan(650);
  });

  test.each([
    ['that waits for its intent to be sent is not asked about', 'initiate_due_at = now()', 0],
    ['whose intent was sent in vain is', 'initiate_due_at = now(), initiate_failures = 1', 1],
  ])('%s', async (_, waiting, asked) => {
    await database.as().query(`update topup.orders set ${waiting} where id = $1`, [orderId]);
    expect(await findLost()).toBe(asked);
  });

  test('whose trade the provider closed has failed', async () => {
    service.answers.query = () => ({ code: '10000', out_trade_no: orderId, trade_status: 'TRADE_CLOSED' });
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state: 'FAILED' });
    expect(await nextQuestionS()).toBeNull();
  });

  test.each([
    { what: 'captured', answer: () => captured(orderId, '10.00') },
    { what: 'closed', answer: () => ({ code: '10000', out_trade_no: orderId, trade_status: 'TRADE_CLOSED' }) },
  ])('that is held while the answer is $what is asked about again once the hold is lifted', async ({ answer }) => {
    service.answers.query = async () => {
      await database.as().query("update topup.orders set hold = 'manual_review' where id = $1", [orderId]);
      return answer();
    };
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: 'manual_review' });
    expect(await nextQuestionS()).toBeGreaterThan(650);
  });

  /** Lets the order be in its state for so long. */
  const age = (sinceMinutes: number) =>
    database
      .as()
      .query("update topup.orders set updated_at = now() - $2 * interval '1 minute' where id = $1", [
        orderId,
        sinceMinutes,
      ]);

  test.each([
    { sinceMinutes: 125, state: 'PAYMENT_PENDING' },
    { sinceMinutes: 131, state: 'FAILED' },
  ])('whose code nobody has scanned is $state after $sinceMinutes minutes', async ({ sinceMinutes, state }) => {
    await age(sinceMinutes);
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state, hold: null });
    expect((await nextQuestionS()) === null).toBe(state === 'FAILED');
    expect(await findings()).toEqual([]);
    // The buyer scanned at the last moment and took his time: only the provider's own word brings the order back.
    await service.notify(paidNotice(orderId));
    service.answers.query = () => captured(orderId, '10.00');
    await service.run('reconciliation', 'find-lost-payments');
    expect(await service.show(orderId)).toMatchObject({ state: expect.stringMatching(/PAYMENT_SUCCEEDED|CREDITED/) });
  });

  test('whose intent may be sent once more does not fail, however long there is no trade', async () => {
    service.answers.precreate = () => ({ code: '20000', sub_code: 'isp.unknow-error' });
    orderId = await service.create(`unsent-${drawn}`);
    await age(600);
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_INITIATED', hold: null });
    expect(await nextQuestionS()).toBeGreaterThan(650);
    await age(0);
  });

  test('does not fail where payments need no buyer to begin, however long there is none', async () => {
    const unused = () => expect.unreachable();
    const query = async () => ({ kind: 'absent' }) as const;
    await age(600);
    await letBeOverdue();
    await findLostPayments({
      ...testRole('reconciliation', testPorts(database.as('reconciliation'), unused)),
      payments: { alipay: { initiate: unused, query } },
    });
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: null });
    expect(await nextQuestionS()).toBeGreaterThan(650);
    await age(0);
  });

  const noTrade = { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' };
  test.each([
    { what: 'open', sinceMinutes: 131, asksAgain: true, answer: { code: '10000', trade_status: 'WAIT_BUYER_PAY' } },
    { what: 'absent', sinceMinutes: 125, asksAgain: true, answer: noTrade },
    { what: 'absent', sinceMinutes: 131, asksAgain: false, answer: noTrade },
  ])('that failed $sinceMinutes minutes ago, its trade $what, is asked about: $asksAgain', async (given) => {
    const { answer, asksAgain, sinceMinutes } = given;
    service.answers.precreate = () => ({ code: '40004', sub_code: 'ACQ.TOTAL_FEE_EXCEED' });
    orderId = await service.create(`failed-${drawn}`);
    expect(await service.show(orderId)).toMatchObject({ state: 'FAILED' });
    await age(sinceMinutes);
    service.answers.query = () => ({ ...answer, out_trade_no: orderId });
    await findLost();
    expect((await nextQuestionS()) !== null).toBe(asksAgain);
  });

  test.each([
    { what: 'about another order', answer: () => captured('ord_other', '10.00') },
    { what: 'without a trade number', answer: () => ({ ...captured(orderId, '10.00'), trade_no: '' }) },
    { what: 'with an amount that is none', answer: () => ({ ...captured(orderId, '10.00'), total_amount: '10.001' }) },
    { what: 'with an unheard-of status', answer: () => ({ ...captured(orderId, '10.00'), trade_status: 'PAID' }) },
  ])('is not moved by an answer $what', async ({ answer }) => {
    service.answers.query = answer;
    await findLost();
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: null });
  });
});

describe('a confirmed payment', () => {
  beforeEach(async () => {
    await service.notify(paidNotice(orderId));
  });

  test('is compared with the provider once', async () => {
    service.answers.query = () => captured(orderId, '10.00');
    expect(await service.run('reconciliation', 'compare-payments')).toBe(1);
    expect(await service.run('reconciliation', 'compare-payments')).toBe(0);
    expect(await findings()).toEqual([]);
  });

  test('that the provider does not know counts as unbacked, once its record can no longer be late', async () => {
    expect(await service.run('reconciliation', 'compare-payments')).toBe(0);
    const settle = `update topup.payments set confirmed_at = now() - interval '1 hour', compare_due_at = now()
      where order_id = $1`;
    await database.as().query(settle, [orderId]);
    expect(await gauge('topup_credits_unbacked')).toBe(0);
    expect(await service.run('reconciliation', 'compare-payments')).toBe(1);
    expect([await findings(), await gauge('topup_credits_unbacked')]).toEqual([['orphan_ledger_entry'], 1]);
    await database.as().query('delete from topup.payment_comparisons where order_id = $1', [orderId]);
  });

  test('that the provider booked with another amount shows as mismatched', async () => {
    service.answers.query = () => captured(orderId, '10.01');
    await service.run('reconciliation', 'compare-payments');
    expect([await findings(), await gauge('topup_credits_mismatched')]).toEqual([['amount_mismatch'], 1]);
    await database
      .as()
      .query('update topup.payment_comparisons set captured_minor = 1000 where order_id = $1', [orderId]);
  });
});

test('captured money that stays uncredited past the limit is on the gauge until it is held', async () => {
  service.answers.query = () => captured(orderId, '10.00');
  await findLost();
  const series = 'topup_captured_uncredited_minor_units{currency="CNY"}';
  expect(await gauge(series)).toBe(0);
  await database
    .as()
    .query("update topup.payment_comparisons set compared_at = now() - interval '61 minutes' where order_id = $1", [
      orderId,
    ]);
  expect(await gauge(series)).toBe(1000);
  await database.as().query("update topup.orders set hold = 'manual_review' where id = $1", [orderId]);
  expect(await gauge(series)).toBe(0);
});

test('grants are compared when attempts changed, from the quota that was there before; a gap is shown', async () => {
  const { quota } = service.answers;
  const raised = (text: unknown): string => String(Number.parseInt(String(text), 10) + 50);
  service.answers.quota = async (fields) => {
    const reading = await quota(fields);
    return { ...reading, Data: raised(reading.Data) };
  };
  await service.notify(paidNotice(orderId));
  await service.run('provisioning', 'grant-credits');
  expect(await service.run('reconciliation', 'compare-grants')).toBeGreaterThan(0);
  expect(await service.run('reconciliation', 'compare-grants')).toBe(0);
  expect(await gauge('topup_misgranted_minor_units{cloud="alibaba-cloud"}')).toBe(0);
  await database.as().query('delete from topup.grant_comparisons where cloud_account_id = $1', [`account-${drawn}`]);
  service.answers.quota = () => ({ Success: true, Code: '200', Data: '70.00' });
  await service.run('reconciliation', 'compare-grants');
  expect(await gauge('topup_misgranted_minor_units{cloud="alibaba-cloud"}')).toBe(1000);
  expect(await findings(`account-${drawn}`)).toEqual(['duplicate_grant']);
});

test('a grant that was told and never made shows where no spending hides it, and nowhere else', async () => {
  const short = (cloud: string, completedMinor: number | null) =>
    database.as().query(
      `insert into topup.grant_comparisons
         (cloud, cloud_account_id, due_at, granted_minor, credited_minor, completed_minor)
       values ($1, 'short', now(), 0, 1000, $2)`,
      [cloud, completedMinor],
    );
  await short('huawei-cloud', 1000);
  await short('alibaba-cloud-quota', null);
  expect(await gauge('topup_misgranted_minor_units{cloud="huawei-cloud"}')).toBe(1000);
  expect(await gauge('topup_misgranted_minor_units{cloud="alibaba-cloud-quota"}')).toBe(0);
});

test('a cloud that tells of less than we told customers is asked again, until its list has caught up', async () => {
  await service.notify(paidNotice(orderId));
  await service.run('provisioning', 'grant-credits');
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
  const account = `account-${drawn}`;
  await database.as().query(`update topup.orders set cloud = 'huawei-cloud' where cloud_account_id = '${account}';
    update topup.grant_attempts set cloud = 'huawei-cloud', quota_before_minor = 0
      where cloud_account_id = '${account}'`);
  let amountMinor = 0n;
  const unused = () => expect.unreachable();
  const jobs: GrantJobs = {
    ...testRole('reconciliation', testPorts(database.as('reconciliation'), unused)),
    clients: {
      'huawei-cloud': { id: 'huawei-cloud', grant: unused, read: async () => ({ kind: 'reading', amountMinor }) },
    },
  };
  const compared = async (): Promise<object> => {
    await compareGrants(jobs);
    const { rows } = await database.as().query(
      `select granted_minor::int as granted, completed_minor::int as completed, due_at > now() as waits
       from topup.grant_comparisons where cloud_account_id = $1`,
      [account],
    );
    await database.as().query('update topup.grant_comparisons set due_at = now()');
    return rows[0];
  };
  expect(await compared()).toEqual({ granted: 0, completed: 1000, waits: true });
  amountMinor = 1000n;
  expect(await compared()).toEqual({ granted: 1000, completed: 1000, waits: false });
  amountMinor = 7n;
  expect(await compared()).toMatchObject({ granted: 1000 });
});

test('each gauge sees what it is for', async () => {
  const counts = async () => ({
    illegal: await gauge('topup_illegal_transitions'),
    drift: await gauge('topup_balance_drift_minor_units{currency="CNY"}'),
    stuck: await gauge('topup_orders_stuck{state="PAYMENT_INITIATED"}'),
  });
  const before = await counts();
  expect(before).toEqual({ illegal: 0, drift: 0, stuck: 0 });
  await database.as().query(`
    set local session_replication_role = replica; -- no trigger refuses what the gauges are there for
    insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause) values
      ('${orderId}', 90, 'PAYMENT_PENDING', 'COMPLETED', 'x'), ('${orderId}', 91, 'CREDITED', 'PROVISIONING', 'x');
    insert into topup.balances (wallet_id, currency, balance_minor) values ('drifted', 'CNY', -7);
    update topup.orders set state = 'PAYMENT_INITIATED', updated_at = now() - interval '31 minutes'
      where id = '${orderId}';`);
  expect(await counts()).toEqual({ illegal: 2, drift: 7, stuck: 1 });
});

test('a scrape that cannot count fails instead of showing zeros', async () => {
  await database.as().query('alter table topup.grant_comparisons rename to away');
  const answer = await service.send('reconciliation', '/metrics');
  await database.as().query('alter table topup.away rename to grant_comparisons');
  expect(answer.status).toBe(500);
  expect((await service.send('reconciliation', '/metrics')).status).toBe(200);
});

test('a counter has a series for each pair of provider and operation that exists, and for no other', async () => {
  const series = (dependency: string, operation: string) =>
    `topup_dependency_requests_total{dependency="${dependency}",operation="${operation}",outcome="ok"}`;
  expect(await gauge(series('alipay', 'query'))).toBe(0);
  expect(await gauge(series('alibaba-cloud', 'query_quota'))).toBe(0);
  expect(await gauge(series('alipay', 'query_quota'))).toBeUndefined();
});

describe('the second look at webhooks on record', () => {
  test('counts none of those that are signed, once each', async () => {
    await service.notify(paidNotice(orderId));
    expect(await service.run('reconciliation', 'verify-inbox')).toBeGreaterThan(0);
    expect(await service.run('reconciliation', 'verify-inbox')).toBe(0);
    expect(await gauge('topup_unauthentic_webhooks')).toBe(0);
  });

  test('counts one that got in without a signature', async () => {
    await database.as().query(
      `insert into topup.inbox (provider, event_id, order_id, body, headers_digest)
       values ('alipay', 'forged', $1, 'out_trade_no=1&trade_status=TRADE_SUCCESS', '')`,
      [orderId],
    );
    expect(await service.run('reconciliation', 'verify-inbox')).toBe(1);
    expect(await gauge('topup_unauthentic_webhooks')).toBe(1);
    await database.as().query(`delete from topup.inbox where event_id = 'forged'`);
  });

  test('counts one whose signed bytes speak of another order than its row', async () => {
    await service.notify(paidNotice(orderId));
    const assign = (order: string) =>
      database
        .as()
        .query('update topup.inbox set order_id = $2, authentic = null where event_id = $1', [
          `event-${orderId}`,
          order,
        ]);
    await assign('another');
    expect(await service.run('reconciliation', 'verify-inbox')).toBe(1);
    expect(await gauge('topup_unauthentic_webhooks')).toBe(1);
    await assign(orderId);
    expect(await service.run('reconciliation', 'verify-inbox')).toBe(1);
    expect(await gauge('topup_unauthentic_webhooks')).toBe(0);
  });

  test('counts one that moved an order and is not on record', async () => {
    await service.notify(paidNotice(orderId));
    const rename = 'update topup.inbox set event_id = $2 where event_id = $1';
    await database.as().query(rename, [`event-${orderId}`, 'other']);
    expect(await gauge('topup_unauthentic_webhooks')).toBe(1);
    await database.as().query(rename, ['other', `event-${orderId}`]);
    expect(await gauge('topup_unauthentic_webhooks')).toBe(0);
  });
});

test('a paid order that stays pending counts as stuck, one that nobody has paid does not', async () => {
  await database.as().query(`update topup.orders set updated_at = now() - interval '1 hour' where id = $1`, [orderId]);
  const stuck = (): Promise<number | undefined> => gauge('topup_orders_stuck{state="PAYMENT_PENDING"}');
  expect(await stuck()).toBe(0);
  await database
    .as()
    .query(`insert into topup.payment_comparisons values ($1, 'trade-stuck', 1000, 'CNY') on conflict do nothing`, [
      orderId,
    ]);
  expect(await stuck()).toBe(1);
});
