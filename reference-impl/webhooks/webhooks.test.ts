import { beforeEach, describe, expect, test } from 'vitest';
import { captured, paidNotice } from '../test-providers.ts';
import { startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
let orderId: string;
beforeEach(async () => {
  service = startService((role) => database.as(role));
  drawn += 1;
  orderId = await service.create(`webhook-${drawn}`);
});

const inboxOf = async (eventId: string) => {
  const { rows } = await database
    .as()
    .query('select status, reason, deliveries from topup.inbox where event_id = $1', [eventId]);
  return rows[0] as { status: string; reason: string; deliveries: number } | undefined;
};

const creditsOf = async (id: string): Promise<number> => {
  const { rows } = await database
    .as()
    .query('select count(*)::int as n from topup.journal_entries where order_id = $1', [id]);
  return rows[0].n;
};

test('a paid notice is acknowledged by exactly `success`, credited once, and so are its repeats', async () => {
  const answers = [await service.notify(paidNotice(orderId)), await service.notify(paidNotice(orderId))];
  for (const answer of answers) expect([answer.status, await answer.text()]).toEqual([200, 'success']);
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED' });
  expect(await creditsOf(orderId)).toBe(1);
  expect(await inboxOf(`event-${orderId}`)).toMatchObject({ status: 'applied', deliveries: 2 });
  expect(await service.metric('webhooks', 'topup_callback_duplicates_total{provider="alipay",by="event"}')).toBe(1);
});

test('eight copies at once and a second event about the same payment are one credit', async () => {
  const copies = Array.from({ length: 8 }, () => service.notify(paidNotice(orderId)));
  const other = service.notify(paidNotice(orderId, { notify_id: `second-${orderId}` }));
  for (const answer of await Promise.all([...copies, other])) expect(await answer.text()).toBe('success');
  await service.run('webhooks', 'credit-confirmed-orders');
  expect(await creditsOf(orderId)).toBe(1);
});

describe('nothing but a metric comes of a notice that', () => {
  const forged = (notice: URLSearchParams, name: string, value: string): URLSearchParams => {
    notice.set(name, value);
    return notice;
  };
  test.each([
    {
      what: 'is changed after signing',
      reason: 'signature',
      make: (id: string) => forged(paidNotice(id), 'total_amount', '0.01'),
    },
    {
      what: 'is signed with rubbish',
      reason: 'signature',
      make: (id: string) => forged(paidNotice(id), 'sign', '%%%'),
    },
    {
      what: 'claims another signature',
      reason: 'signature',
      make: (id: string) => forged(paidNotice(id), 'sign_type', 'RSA'),
    },
    { what: 'is not signed', reason: 'malformed', make: (id: string) => forged(paidNotice(id), 'sign', '') },
    { what: 'is for another app', reason: 'app_id', make: (id: string) => paidNotice(id, { app_id: 'app-2' }) },
    {
      what: 'pays another seller',
      reason: 'seller_id',
      make: (id: string) => paidNotice(id, { seller_id: 'seller-2' }),
    },
    { what: 'names no event', reason: 'malformed', make: (id: string) => paidNotice(id, { notify_id: '' }) },
    { what: 'names a field twice', reason: 'malformed', make: (id: string) => `${paidNotice(id)}&out_trade_no=other` },
    { what: 'is no form at all', reason: 'malformed', make: () => '\u0000%zz' },
  ])('$what', async ({ reason, make }) => {
    const answer = await service.notify(make(orderId));
    expect([answer.status >= 400 && answer.status < 500, await answer.text()]).toEqual([true, 'failure']);
    expect(
      await service.metric('webhooks', `topup_callback_signature_failures_total{provider="alipay",reason="${reason}"}`),
    ).toBe(1);
    expect(await inboxOf(`event-${orderId}`)).toBeUndefined();
    expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: null });
  });
});

test('a lone % and a + in a signed field are taken as they are', async () => {
  const body = paidNotice(orderId, { subject: '100 % + more' }).toString().replace('100+%25', '100+%');
  expect(body).toContain('100+%+');
  expect(await (await service.notify(body)).text()).toBe('success');
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED' });
});

test.each([
  { changes: { total_amount: '9.80' }, series: 'topup_order_mismatches_total{field="amount"}' },
  { changes: { trans_currency: 'USD' }, series: 'topup_order_mismatches_total{field="currency"}' },
])('a payment of $changes holds the order and moves no money', async ({ changes, series }) => {
  expect(await (await service.notify(paidNotice(orderId, changes))).text()).toBe('success');
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: 'reconciliation' });
  expect(await inboxOf(`event-${orderId}`)).toMatchObject({
    status: 'quarantined',
    reason: 'does not match the order',
  });
  expect(await service.metric('webhooks', series)).toBe(1);
  expect(await creditsOf(orderId)).toBe(0);

  await service.notify(paidNotice(orderId, { notify_id: `right-${orderId}` }));
  expect(await inboxOf(`right-${orderId}`)).toMatchObject({ status: 'quarantined', reason: 'order is on hold' });
  expect(await creditsOf(orderId)).toBe(0);
});

test('a second payment for a paid order, and a payment booked elsewhere, hold the order', async () => {
  await service.notify(paidNotice(orderId));
  await service.notify(paidNotice(orderId, { notify_id: `twice-${orderId}`, trade_no: 'trade-second' }));
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED', hold: 'reconciliation' });
  const other = await service.create(`foreign-${drawn}`);
  await service.notify(paidNotice(other, { trade_no: `trade-${orderId}` }));
  expect(await service.show(other)).toMatchObject({ state: 'PAYMENT_PENDING', hold: 'reconciliation' });
  expect(await creditsOf(other)).toBe(0);
});

test.each([
  { what: 'an unknown order', make: () => paidNotice('ord_nobody'), event: 'event-ord_nobody', status: 'quarantined' },
  {
    what: 'a buyer who has not paid',
    make: () => paidNotice(orderId, { trade_status: 'WAIT_BUYER_PAY' }),
    status: 'ignored',
  },
  { what: 'an amount that is none', make: () => paidNotice(orderId, { total_amount: '1e3' }), status: 'quarantined' },
])('a notice about $what is kept and acknowledged', async ({ make, event, status }) => {
  expect(await (await service.notify(make())).text()).toBe('success');
  expect(await inboxOf(event ?? `event-${orderId}`)).toMatchObject({ status });
});

test('a body that is too large is refused, counted, and no error of ours', async () => {
  const answer = await service.notify(`${paidNotice(orderId)}&x=${'x'.repeat(70_000)}`);
  expect([answer.status, await answer.text()]).toEqual([413, 'failure']);
  const series = 'topup_callback_signature_failures_total{provider="alipay",reason="malformed"}';
  expect(await service.metric('webhooks', series)).toBe(1);
});

test('a finished trade is a paid one', async () => {
  await service.notify(paidNotice(orderId, { trade_status: 'TRADE_FINISHED' }));
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED' });
  const asked = await service.create(`finished-${drawn}`);
  service.answers.query = () => ({ ...captured(asked, '10.00'), trade_status: 'TRADE_FINISHED' });
  await service.confirm(asked);
  expect(await service.show(asked)).toMatchObject({ state: 'PAYMENT_SUCCEEDED' });
});

const fail = () =>
  database.as().query(
    `with failed as (
      update topup.orders set state = 'FAILED', version = version + 1 where id = $1 returning id, version)
    insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause)
    select id, version, 'PAYMENT_PENDING', 'FAILED', 'initiation' from failed`,
    [orderId],
  );

test("a customer's confirm does not revive an order that fails while the provider is asked", async () => {
  service.answers.query = async () => {
    await fail();
    return captured(orderId, '10.00');
  };
  expect((await service.confirm(orderId)).status).toBe(200);
  expect(await service.show(orderId)).toMatchObject({ state: 'FAILED', hold: null });
});

test('a notice that cannot be applied for the twentieth time goes to a person', async () => {
  await database.as().query('alter table topup.payments rename to payments_away');
  await service.notify(paidNotice(orderId));
  const due = 'update topup.inbox set attempts = $2, apply_due_at = now() where event_id = $1';
  await database.as().query(due, [`event-${orderId}`, 19]);
  await service.run('webhooks', 'apply-inbox');
  expect(await inboxOf(`event-${orderId}`)).toMatchObject({ status: 'received' });
  await database.as().query(due, [`event-${orderId}`, 20]);
  await service.run('webhooks', 'apply-inbox');
  await database.as().query('alter table topup.payments_away rename to payments');
  expect(await inboxOf(`event-${orderId}`)).toMatchObject({ status: 'quarantined' });
  expect(await service.show(orderId)).toMatchObject({ hold: 'manual_review' });
  expect(await service.metric('webhooks', 'topup_queue_dead_lettered_total{queue="inbox"}')).toBe(1);
});

test('a payment of a failed order is revived only by the answer of the provider', async () => {
  await fail();
  await service.notify(paidNotice(orderId));
  expect(await service.show(orderId)).toMatchObject({ state: 'FAILED' });
  expect(await service.run('reconciliation', 'find-lost-payments')).toBe(1);
  expect(await service.show(orderId)).toMatchObject({ state: 'FAILED' });

  service.answers.query = () => captured(orderId, '10.00');
  await service.notify(paidNotice(orderId, { notify_id: `again-${orderId}` }));
  await service.run('reconciliation', 'find-lost-payments');
  await service.run('webhooks', 'credit-confirmed-orders');
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED' });
  expect(await creditsOf(orderId)).toBe(1);
});

test('a notice that cannot be recorded is answered 500; one that cannot be applied waits for the sweep', async () => {
  await database.as().query('alter table topup.inbox rename to inbox_away');
  const refused = await service.notify(paidNotice(orderId));
  await database.as().query('alter table topup.inbox_away rename to inbox');
  expect([refused.status, await refused.text()]).toEqual([500, 'failure']);

  await database.as().query('alter table topup.payments rename to payments_away');
  const kept = await service.notify(paidNotice(orderId));
  await database.as().query('alter table topup.payments_away rename to payments');
  expect(await kept.text()).toBe('success');
  expect(await inboxOf(`event-${orderId}`)).toMatchObject({ status: 'received' });
  await database.as().query('update topup.inbox set apply_due_at = now() where event_id = $1', [`event-${orderId}`]);
  expect(await service.run('webhooks', 'apply-inbox')).toBe(1);
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED' });
});

test('webhook, query and three clicks at once confirm an order once', async () => {
  service.answers.query = ({ out_trade_no = '' }) => captured(out_trade_no, '10.00');
  const clicks = Array.from({ length: 3 }, () => service.confirm(orderId));
  await Promise.all([...clicks, service.notify(paidNotice(orderId))]);
  await service.run('webhooks', 'credit-confirmed-orders');
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED' });
  const { rows } = await database
    .as()
    .query('select to_state from topup.order_transitions where order_id = $1 order by sequence', [orderId]);
  const states = rows.map(({ to_state }) => to_state);
  expect(states).toEqual(['CREATED', 'PAYMENT_INITIATED', 'PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', 'CREDITED']);
});

test('a client that confirms without having paid changes nothing, nor does a silent provider', async () => {
  expect((await service.confirm(orderId)).status).toBe(200);
  service.answers.query = () => {
    throw new Error('timeout');
  };
  expect((await service.confirm(orderId)).status).toBe(503);
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING', hold: null });
});
