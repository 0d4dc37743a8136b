import { expect, test } from 'vitest';
import { balanceReadModifyWrite } from '../defects/balance-read-modify-write.ts';
import { balanceUnderVersion } from '../defects/balance-under-version.ts';
import { creditWithoutDedup } from '../defects/credit-without-dedup.ts';
import { dedupByBusinessFact } from '../defects/dedup-by-business-fact.ts';
import { soundParts } from '../parts.ts';
import { paidNotice } from '../test-providers.ts';
import { startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
const withoutKeys = testDatabase(creditWithoutDedup.overlay);

/** Two sessions raise one wallet by 100: the second starts while the first has not committed yet. */
const balanceAfterRace = async (parts: typeof soundParts, walletId: string): Promise<string> => {
  const raise = { walletId, currency: 'CNY', amountMinor: 100n };
  await parts.balance(database.as(), raise);
  const [first, second] = [await database.as().connect(), await database.as().connect()];
  await Promise.all([first.query('begin'), second.query('begin')]);
  const { rows } = await second.query('select pg_backend_pid() as pid');
  await parts.balance(first, raise);
  const late = parts.balance(second, raise);
  for (let waiting = 0; waiting === 0; ) {
    waiting = (await database.as().query('select cardinality(pg_blocking_pids($1)) as n', [rows[0].pid])).rows[0].n;
  }
  await first.query('commit');
  await late;
  await second.query('commit');
  first.release();
  second.release();
  const stored = await database.as().query('select balance_minor from topup.balances where wallet_id = $1', [walletId]);
  return stored.rows[0].balance_minor;
};

test.each([
  { id: 'under the lock', parts: soundParts, balance: '300' },
  { id: balanceUnderVersion.id, parts: balanceUnderVersion.parts, balance: '300' },
  { id: balanceReadModifyWrite.id, parts: balanceReadModifyWrite.parts, balance: '200' },
])('three raises by 100, two of them at once, give $balance $id', async ({ id, parts, balance }) => {
  expect(await balanceAfterRace(parts, id)).toBe(balance);
});

test.each([
  { id: 'sound', parts: soundParts, on: database, credits: 1 },
  { id: dedupByBusinessFact.id, parts: dedupByBusinessFact.parts, on: database, credits: 1 },
  // Without the ledger's last defence the steps above it hold on their own.
  { id: 'sound_without_keys', parts: soundParts, on: withoutKeys, credits: 1 },
  { id: 'fact_without_keys', parts: dedupByBusinessFact.parts, on: withoutKeys, credits: 1 },
  { id: creditWithoutDedup.id, parts: creditWithoutDedup.parts, on: withoutKeys, credits: 3 },
])('a notice that arrives three times is $credits credits when $id', async ({ id, parts, on, credits }) => {
  const service = startService((role) => on.as(role), parts);
  const orderId = await service.create(id);
  for (let copy = 0; copy < 3; copy += 1) await service.notify(paidNotice(orderId));
  await service.run('webhooks', 'credit-confirmed-orders');
  await service.run('provisioning', 'grant-credits');
  const { rows } = await on
    .as()
    .query('select count(*)::int as n from topup.journal_entries where order_id = $1', [orderId]);
  expect(rows[0].n).toBe(credits);
  expect(await service.show(orderId)).toMatchObject({ state: 'COMPLETED' });
  expect(service.quotaMinor()).toBe(1000n);
  expect(await service.metric('reconciliation', 'topup_payments_overcredited')).toBe(credits > 1 ? 1 : 0);
  expect(await service.metric('reconciliation', 'topup_balance_drift_minor_units{currency="CNY"}')).toBeDefined();
});
