/** Each role may do its own step and nothing else, whatever its program tries. */
import { beforeAll, expect, test } from 'vitest';
import { startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
let orderId: string;
beforeAll(async () => {
  orderId = await startService((role) => database.as(role)).create('rights');
});

const statements: Readonly<Record<string, string>> = {
  'create order': `with created as (
      insert into topup.orders
        (id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, cloud, state, version, intent)
      values ('x', 'w', 'c', 1, 'CNY', 'alipay', 'alibaba-cloud', 'CREATED', 1, 'i') returning id)
    insert into topup.order_transitions (order_id, sequence, to_state, cause)
    select id, 1, 'CREATED', 'x' from created`,
  'create credited order': `insert into topup.orders
      (id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, cloud, state, version, intent)
    values ('y', 'w', 'c', 1, 'CNY', 'alipay', 'alibaba-cloud', 'CREDITED', 1, 'j')`,
  'seal entry': 'insert into topup.ledger_seals (entry_id, line, digest) values (1, 0, 1)',
  'change seal': 'update topup.ledger_seals set digest = 1',
  'change amount': 'update topup.orders set amount_minor = 1',
  'date history': `insert into topup.order_transitions (order_id, sequence, to_state, cause, at)
    values ('o', 1, 'CREATED', 'x', now())`,
  'record payment': `insert into topup.payments (provider, trade_no, order_id, amount_minor, currency, confirmed_by)
    values ('a', 't', 'o', 1, 'CNY', 'x')`,
  'change payment': 'update topup.payments set amount_minor = 1',
  'post entry': "insert into topup.journal_entries (kind, order_id, payment_id) values ('TOPUP_CREDIT', 'o', 1)",
  'join old entry': `insert into topup.journal_entries (kind, order_id, payment_id, created_xid)
    values ('TOPUP_CREDIT', 'o', 1, '1')`,
  'change balance': 'update topup.balances set balance_minor = 1',
  'promise grant': "insert into topup.outbox (kind, dedup_key, order_id) values ('grant', 'k', 'o')",
  'repeat grant': 'update topup.outbox set done_at = null',
  'redirect grant': "update topup.outbox set order_id = 'other'",
  'open attempt': `insert into topup.grant_attempts (order_id, n, cloud, cloud_account_id, out_biz_id, state)
    values ('o', 1, 'alibaba-cloud', 'c', 'o', 'OPEN')`,
  'rename attempt': "update topup.grant_attempts set out_biz_id = 'other'",
  'note finding': "insert into topup.reconciliation_findings (kind, subject, detail) values ('k', 's', 'd')",
  'forget comparison': 'delete from topup.payment_comparisons',
  'read webhooks': 'select body from topup.inbox',
  'read answers': 'select json from topup.idempotency_keys',
  'allow moves': "insert into topup.legal_transitions values ('CREATED', 'CREDITED', '{topup_api}')",
};

const allowed: Readonly<Record<string, readonly string[]>> = {
  api: ['create order', 'record payment', 'read answers'],
  webhooks: ['record payment', 'post entry', 'change balance', 'promise grant', 'read webhooks'],
  provisioning: ['repeat grant', 'open attempt'],
  reconciliation: ['record payment', 'note finding', 'read webhooks'],
  auditor: ['read webhooks', 'read answers'],
};

const isRefused = async (role: string, ...sql: readonly string[]): Promise<boolean> => {
  const client = await database.as(role).connect();
  try {
    await client.query('begin');
    for (const statement of sql) await client.query(statement);
    await client.query('set constraints all immediate');
    return false;
  } catch (error) {
    return /permission denied|may not take an order|not where its history ends/.test(String(error));
  } finally {
    await client.query('rollback');
    client.release();
  }
};

test.each(Object.entries(allowed))('the role %s may %s and nothing else of it', async (role, may) => {
  const done: string[] = [];
  for (const [name, sql] of Object.entries(statements)) if (!(await isRefused(role, sql))) done.push(name);
  expect(done).toEqual(may);
});

/** The order's own history is replaced, so that each arrow starts where the order is. */
const move = (from: string | null, to: string): readonly string[] => [
  `insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause)
   values ('${orderId}', ${from === null ? 1 : 90}, ${from === null ? 'null' : `'${from}'`}, '${to}', 'x')`,
];

test('each arrow is drawn by the roles whose step it is', async () => {
  const owner = database.as();
  const { rows } = await owner.query('select from_state, to_state, roles from topup.legal_transitions');
  expect(rows.length).toBe(11);
  for (const { from_state, to_state, roles } of rows) {
    const client = await owner.connect();
    await client.query('set session_replication_role = replica');
    await client.query('delete from topup.order_transitions');
    if (from_state !== null) {
      await client.query(
        `insert into topup.order_transitions (order_id, sequence, to_state, cause) values ($1, 2, $2, 'x')`,
        [orderId, from_state],
      );
    }
    // Whether the order follows is the other test's matter.
    await client.query(`update topup.orders set state = $1, version = $2`, [to_state, from_state === null ? 1 : 90]);
    await client.query('reset session_replication_role');
    client.release();
    const may: string[] = [];
    for (const role of ['api', 'webhooks', 'provisioning', 'reconciliation']) {
      if (!(await isRefused(role, ...move(from_state, to_state)))) may.push(`topup_${role}`);
    }
    expect(may.sort(), `${from_state} > ${to_state}`).toEqual(roles.toSorted());
  }
});

test.each([
  { what: 'its state alone', sql: "update topup.orders set state = 'COMPLETED'" },
  { what: 'its version alone', sql: 'update topup.orders set version = version + 1' },
])('no role, nor the owner, changes $what', async ({ sql }) => {
  for (const role of ['api', 'webhooks', 'provisioning', 'reconciliation'])
    expect(await isRefused(role, sql)).toBe(true);
  await expect(database.as().query(sql)).rejects.toThrow(/not where its history ends/);
});

test('history alone does not move an order', async () => {
  await database.as().query(`
    set session_replication_role = replica;
    update topup.orders set state = 'PAYMENT_PENDING', version = 1;
    delete from topup.order_transitions;
    insert into topup.order_transitions (order_id, sequence, to_state, cause)
      values ('${orderId}', 1, 'PAYMENT_PENDING', 'x');
    reset session_replication_role;`);
  expect(await isRefused('webhooks', ...move('PAYMENT_PENDING', 'PAYMENT_SUCCEEDED'))).toBe(true);
});
