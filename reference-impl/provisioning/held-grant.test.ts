/** A hold stops money, never the search for what became of a lost attempt: other orders of the account wait for it. */
import { beforeEach, expect, test } from 'vitest';
import { paidNotice } from '../test-providers.ts';
import { orderBody, startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
let drawn = 0;
let orderId: string;
let other: string;

const credited = async (key: string): Promise<string> => {
  const id = await service.create(key, { ...orderBody, cloudAccountId: `account-${drawn}` });
  await service.notify(paidNotice(id));
  return id;
};

beforeEach(async () => {
  await database.as().query('update topup.outbox set done_at = now()');
  service = startService((role) => database.as(role));
  drawn += 1;
  orderId = await credited(`held-${drawn}`);
});

const work = async (turns = 1): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) {
    await database.as().query('update topup.outbox set next_at = now(), lease_until = null where done_at is null');
    service.pass(3_600_000);
    await service.run('provisioning', 'grant-credits');
  }
};

const hold = (value: string | null) =>
  database.as().query('update topup.orders set hold = $2 where id = $1', [orderId, value]);

const attempts = async (): Promise<string[]> => {
  const sql = 'select state from topup.grant_attempts where order_id = $1 order by n';
  return (await database.as().query(sql, [orderId])).rows.map(({ state }) => state);
};

/** The answers of the first `times` grants of `orderId` are lost, before or after the cloud did what was asked. */
const loseAnswers = (times: number, granted: boolean): void => {
  const { change } = service.answers;
  let lost = 0;
  service.answers.change = async (fields) => {
    if (lost === times || fields.OutBizId !== orderId) return change(fields);
    lost += 1;
    if (granted) await change(fields);
    throw new Error('connection reset');
  };
};

test.each([
  { granted: true, during: ['SUCCEEDED'], after: ['SUCCEEDED'] },
  { granted: false, during: ['SUPERSEDED'], after: ['SUPERSEDED', 'SUCCEEDED'] },
])(
  'a lost attempt (granted: $granted) of a held order does not block its account',
  async ({ granted, during, after }) => {
    loseAnswers(1, granted);
    await work();
    await hold('reconciliation');
    other = await credited(`other-${drawn}`);
    await work(3);
    expect(await attempts()).toEqual(during);
    expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: 'reconciliation' });
    expect(await service.show(other)).toMatchObject({ state: 'COMPLETED' });
    await hold(null);
    await work();
    expect(await attempts()).toEqual(after);
    expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
    expect(service.quotaMinor()).toBe(2000n);
  },
);

test('an attempt that was opened and not sent does not block the account of a held order either', async () => {
  const { quota } = service.answers;
  service.answers.quota = () => ({ Success: false, Code: 'Throttling.User' });
  await work();
  service.answers.quota = quota;
  await hold('reconciliation');
  other = await credited(`other-${drawn}`);
  await work(2);
  expect(await attempts()).toEqual(['FAILED']);
  expect(await service.show(other)).toMatchObject({ state: 'COMPLETED' });
});

test('after ten lost answers a person must look, and the account is free', async () => {
  loseAnswers(10, false);
  await work(11);
  expect(await attempts()).toEqual(Array.from({ length: 10 }, () => 'SUPERSEDED'));
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: 'manual_review' });
  other = await credited(`other-${drawn}`);
  await work();
  expect(await service.show(other)).toMatchObject({ state: 'COMPLETED' });
});

test('the tenth lost answer is still looked for before anybody gives up', async () => {
  loseAnswers(9, false);
  await work(9);
  loseAnswers(1, true);
  await work(2);
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED', hold: null });
});

test('a grant that was handed to a person goes on once the hold is lifted', async () => {
  const { change } = service.answers;
  service.answers.change = () => ({ Success: false, Code: 'NotAuthorized' });
  await work(3);
  expect(await service.show(orderId)).toMatchObject({ state: 'PROVISIONING', hold: 'manual_review' });
  expect(await attempts()).toEqual(['FAILED']);
  service.answers.change = change;
  await hold(null);
  await work();
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED', hold: null });
});
