/** What a provider is told with an order's intent, and what becomes of one that it does not answer. */
import { beforeEach, expect, test } from 'vitest';
import { soundParts } from '../parts.ts';
import { paidNotice } from '../test-providers.ts';
import { startService } from '../test-service.ts';
import { testConfig, testDatabase } from '../test-world.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
beforeEach(() => {
  service = startService((role) => database.as(role));
  drawn += 1;
});

const orderRow = async (id: string) => {
  const sql = `select state, hold, initiate_failures as failures, waiting_for, initiate_due_at is not null as due
    from topup.orders where id = $1`;
  return (await database.as().query(sql, [id])).rows[0];
};

/** Makes the order due again, long after whatever closed a breaker. */
const resume = async (id: string): Promise<void> => {
  await database.as().query(`update topup.orders set initiate_due_at = now() where id = $1`, [id]);
  service.pass(3_600_000);
  await service.run('api', 'resume-initiations');
};

const initiationsOf = (id: string) => service.sent.filter((call) => call === `precreate ${id}`).length;

const silence = () => {
  throw new Error('connection reset');
};

test('an order is sent twelve times at most, and then a person must look', async () => {
  service.answers.precreate = silence;
  const id = await service.create(`cap-${drawn}`);
  for (let nth = 1; nth < 12; nth += 1) {
    expect(await orderRow(id)).toMatchObject({ hold: null, failures: nth });
    await resume(id);
  }
  expect(await orderRow(id)).toMatchObject({ state: 'PAYMENT_INITIATED', hold: 'manual_review', failures: 12 });
  await resume(id);
  expect(initiationsOf(id)).toBe(12);
  expect(await service.metric('api', 'topup_queue_dead_lettered_total{queue="initiations"}')).toBe(1);
});

test('an order that is not even sent is marked until it is, and no failure is counted', async () => {
  service.answers.precreate = silence;
  for (let nth = 0; nth < 5; nth += 1) await service.create(`trip-${drawn}-${nth}`);
  const id = await service.create(`marked-${drawn}`);
  expect(initiationsOf(id)).toBe(0);
  expect(await orderRow(id)).toMatchObject({ failures: 0, waiting_for: 'alipay', due: true });
  const waiting = 'topup_orders_waiting{dependency="alipay"}';
  expect(await service.metric('reconciliation', waiting)).toBe(1);
  service.answers.precreate = ({ out_trade_no }) => ({ code: '10000', out_trade_no, qr_code: 'https://qr.test/1' });
  await resume(id);
  expect(await orderRow(id)).toMatchObject({ state: 'PAYMENT_PENDING', waiting_for: null, due: false });
  expect(await service.metric('reconciliation', waiting)).toBe(0);
});

test('an order that was paid meanwhile is not sent again', async () => {
  service.answers.precreate = silence;
  const id = await service.create(`paid-${drawn}`);
  await service.notify(paidNotice(id));
  await resume(id);
  expect(await orderRow(id)).toMatchObject({ hold: null, due: false });
  await service.run('api', 'resume-initiations');
  expect(initiationsOf(id)).toBe(2);
});

test('a request that Alipay refuses for our fault is not repeated; a person must look', async () => {
  service.answers.precreate = () => ({ code: '40002', sub_code: 'isv.invalid-signature' });
  const id = await service.create(`refused-${drawn}`);
  expect(await orderRow(id)).toMatchObject({ state: 'PAYMENT_INITIATED', hold: 'manual_review' });
  await resume(id);
  expect(initiationsOf(id)).toBe(1);
});

test.each([
  { webhookUrls: {}, told: 'http://webhooks.test/webhooks/alipay' },
  { webhookUrls: { alipay: 'http://own.test' }, told: 'http://own.test/webhooks/alipay' },
  { webhookUrls: { stripe: 'http://other.test' }, told: 'http://webhooks.test/webhooks/alipay' },
])('with $webhookUrls, Alipay is told to come to $told', async ({ webhookUrls, told }) => {
  service = startService((role) => database.as(role), soundParts, { ...testConfig, webhookUrls });
  const heard: string[] = [];
  service.answers.precreate = ({ notify_url = '' }) => {
    heard.push(notify_url);
    return silence();
  };
  await service.create(`told-${drawn}`);
  expect(new Set(heard)).toEqual(new Set([told]));
});
