/** Where no key forbids a second grant, a lost one is repeated only once it can no longer arrive. */
import { expect, test } from 'vitest';
import { soundParts } from '../parts.ts';
import { paidNotice } from '../test-providers.ts';
import { startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';
import { sameEverywhere, strategyPerClass } from './repeat-policy.ts';

const database = testDatabase();

/** An order, paid and credited, at a cloud that is treated as one of `by`; its first grant is lost on its way. */
const lostAt = async (by: keyof typeof strategyPerClass, key: string) => {
  const parts = { ...soundParts, repeat: sameEverywhere(strategyPerClass[by]) };
  const service = startService((role) => database.as(role), parts);
  const orderId = await service.create(key, {
    walletId: 'wallet-1',
    cloudAccountId: `account-${key}`,
    amountMinor: 1000,
    currency: 'CNY',
  });
  await service.notify(paidNotice(orderId));
  const { change } = service.answers;
  service.answers.change = () => {
    service.answers.change = change;
    throw new Error('connection reset');
  };
  const work = async (): Promise<void> => {
    await database.as().query('update topup.outbox set next_at = now(), lease_until = null where done_at is null');
    service.pass(3_600_000);
    await service.run('provisioning', 'grant-credits');
  };
  await work();
  const changes = (): number => service.sent.filter((call) => call.startsWith('change')).length;
  return { service, orderId, work, changes };
};

/** Lets the open attempts grow old in the database. */
const age = (minutes: number) => {
  const older = `updated_at = updated_at - interval '${minutes} minutes'`;
  return database.as().query(`update topup.grant_attempts set ${older} where state = 'UNKNOWN'`);
};

test.each(['L', 'N', 'A'] as const)('class %s waits a quarter of an hour, then repeats', async (by) => {
  const { service, orderId, work, changes } = await lostAt(by, `arrival-${by}`);
  expect(changes()).toBe(1);
  await work();
  await age(15);
  await work();
  expect(changes()).toBe(1);
  const { rows } = await database
    .as()
    .query('select last_error, failures, next_at > now() as later from topup.outbox where order_id = $1', [orderId]);
  expect(rows).toEqual([{ last_error: 'attempt 1 may still arrive', failures: 1, later: true }]);
  await age(1);
  await work();
  expect([changes(), await service.show(orderId)]).toMatchObject([2, { state: 'COMPLETED', hold: null }]);
});

test('class K repeats at once', async () => {
  const { service, orderId, work, changes } = await lostAt('K', 'arrival-K');
  await work();
  expect([changes(), await service.show(orderId)]).toMatchObject([2, { state: 'COMPLETED' }]);
});
