/** Records that can never be compared must not hide the others. */
import { beforeEach, expect, test } from 'vitest';
import { captured, paidNotice } from '../test-providers.ts';
import { startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
/** Longer than any breaker stays open. */
const breakerMs = 3_600_000;
let service: ReturnType<typeof startService>;
beforeEach(() => {
  service = startService((role) => database.as(role));
});

test('fifty payments that the provider does not answer for do not keep the next one from its turn', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 51; count += 1) ids.push(await service.create(`starving-${count}`));
  for (const id of ids) await service.notify(paidNotice(id));
  service.answers.query = ({ out_trade_no = '' }) => {
    if (out_trade_no !== ids.at(-1)) throw new Error('timeout');
    return captured(out_trade_no, '10.00');
  };
  expect(await service.run('reconciliation', 'compare-payments')).toBe(0);
  service.pass(breakerMs);
  expect(await service.run('reconciliation', 'compare-payments')).toBe(1);
  const { rows } = await database.as().query('select order_id from topup.payment_comparisons');
  expect(rows).toEqual([{ order_id: ids.at(-1) }]);
});

test('fifty accounts whose quota cannot be read do not keep the next one from its turn', async () => {
  const orderId = await service.create('accounts');
  await database.as().query(
    `insert into topup.grant_attempts (order_id, n, cloud, cloud_account_id, out_biz_id, state, quota_before_minor)
     select $1, n, 'alibaba-cloud', to_char(n, 'FM000'), $1, 'SUCCEEDED', 0 from generate_series(1, 51) n`,
    [orderId],
  );
  const { quota } = service.answers;
  service.answers.quota = (fields) => {
    if (fields.OwnerId !== '051') throw new Error('timeout');
    return quota(fields);
  };
  expect(await service.run('reconciliation', 'compare-grants')).toBe(0);
  service.pass(breakerMs);
  expect(await service.run('reconciliation', 'compare-grants')).toBe(1);
  expect(await service.run('reconciliation', 'compare-grants')).toBe(0);
  const waits = `select failures, extract(epoch from due_at - now())::int as s from topup.grant_comparisons
    where cloud_account_id = '001'`;
  const makeDue = "update topup.grant_comparisons set due_at = now() where cloud_account_id = '001'";
  expect((await database.as().query(waits)).rows).toEqual([{ failures: 0, s: 60 }]);
  await database.as().query(makeDue);
  await service.run('reconciliation', 'compare-grants');
  await database.as().query(makeDue);
  await service.run('reconciliation', 'compare-grants');
  expect((await database.as().query(waits)).rows).toEqual([{ failures: 2, s: 120 }]);
});
