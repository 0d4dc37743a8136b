import { beforeEach, expect, test } from 'vitest';
import { soundParts } from '../parts.ts';
import { orderBody, startService } from '../test-service.ts';
import { testConfig, testDatabase } from '../test-world.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
beforeEach(async () => {
  service = startService((role) => database.as(role));
  await database.as().query("update topup.orders set hold = 'reconciliation'");
});

/** An order whose payment is confirmed as `amountMinor` and not credited yet. */
const confirmed = async (amountMinor: number, currency = 'CNY'): Promise<string> => {
  drawn += 1;
  const orderId = await service.create(`sweep-${drawn}`);
  await database.as().query(
    `with moved as (
       update topup.orders set state = 'PAYMENT_SUCCEEDED', version = version + 1 where id = $1 returning id, version),
     paid as (
       insert into topup.payments (provider, trade_no, order_id, amount_minor, currency, confirmed_by)
       values ('alipay', 'trade-' || $1, $1, $2, $3, 'webhook'))
     insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause)
     select id, version, 'PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', 'webhook' from moved`,
    [orderId, amountMinor, currency],
  );
  return orderId;
};

const sweep = (): Promise<number> => service.run('webhooks', 'credit-confirmed-orders');

const makeDue = () => database.as().query('update topup.orders set credit_due_at = now()');

test.each([
  { amountMinor: 999, currency: 'CNY' },
  { amountMinor: 1000, currency: 'USD' },
])('a payment of $amountMinor $currency on record is no credit of 1000 CNY', async ({ amountMinor, currency }) => {
  const orderId = await confirmed(amountMinor, currency);
  expect(await sweep()).toBe(0);
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_SUCCEEDED' });
});

test('fifty orders that cannot be credited do not keep the next one from its turn', async () => {
  for (let count = 0; count < 50; count += 1) await confirmed(999);
  const good = await confirmed(1000);
  expect(await sweep()).toBe(0);
  expect(await sweep()).toBe(1);
  expect(await service.show(good)).toMatchObject({ state: 'CREDITED' });
  await sweep();
  const { rows } = await database.as().query('select max(credit_attempts) as n from topup.orders where hold is null');
  expect(rows).toEqual([{ n: 1 }]);
});

test('after twenty attempts a person must look; once the hold is lifted it is tried again', async () => {
  const orderId = await confirmed(999);
  for (let turn = 0; turn < 20; turn += 1) {
    await makeDue();
    await sweep();
  }
  expect(await service.show(orderId)).toMatchObject({ hold: null });
  await makeDue();
  await sweep();
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_SUCCEEDED', hold: 'manual_review' });
  expect(await service.metric('webhooks', 'topup_queue_dead_lettered_total{queue="credits"}')).toBe(1);
  await database.as().query('update topup.payments set amount_minor = 1000 where order_id = $1', [orderId]);
  await database.as().query('update topup.orders set hold = null where id = $1', [orderId]);
  expect(await sweep()).toBe(1);
});

test('what somebody else has credited meanwhile is not counted as work done', async () => {
  await confirmed(1000);
  service = startService((role) => database.as(role), { ...soundParts, credit: async () => false });
  expect(await sweep()).toBe(0);
});

test('a process that dies in the middle of a sweep has used up an attempt of what it had begun alone', async () => {
  for (let count = 0; count < 20; count += 1) await confirmed(1000);
  const died = startService((role) => database.as(role), { ...soundParts, credit: () => new Promise(() => undefined) });
  const attempts = async () => {
    const { rows } = await database
      .as()
      .query('select count(*)::int as n from topup.orders where credit_attempts > 0 and hold is null');
    return rows[0];
  };
  void died.run('webhooks', 'credit-confirmed-orders');
  await expect.poll(attempts).toEqual({ n: 4 });
  expect(await sweep()).toBe(16);
  await makeDue();
  expect(await sweep()).toBe(4);
});

test('a notice whose number came in a header is applied from its record', async () => {
  const webhookSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const issued = { url: 'http://payments.test', apiKey: 'key', merchantId: 'mer_1', webhookSecret };
  const payments = { ...testConfig.payments, 'standard-webhooks': issued };
  service = startService((role) => database.as(role), soundParts, { ...testConfig, payments });
  const orderId = await service.create('header', { ...orderBody, paymentProvider: 'standard-webhooks' });
  const data = { id: 'pay_1', reference: orderId, status: 'succeeded', captured_amount: 1000, currency: 'CNY' };
  await database.as().query(
    `insert into topup.inbox (provider, event_id, order_id, body, headers_digest, signature, apply_due_at)
     values ('standard-webhooks', 'msg_1', $1, $2, '', $3, now())`,
    [orderId, Buffer.from(JSON.stringify({ type: 'payment.succeeded', data })), '{"webhook-id":"msg_1"}'],
  );
  expect(await service.run('webhooks', 'apply-inbox')).toBe(1);
  expect(await service.show(orderId)).toMatchObject({ state: 'CREDITED', hold: null });
});
