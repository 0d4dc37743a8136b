import { beforeAll, describe, expect, test } from 'vitest';
import { paidNotice } from '../test-providers.ts';
import { startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
let paymentId: string;
let orderId: string;
beforeAll(async () => {
  const service = startService((role) => database.as(role));
  const credited = await service.create('ledger');
  await service.notify(paidNotice(credited));
  // A second order, confirmed and not credited yet, is what the tests below try to credit wrongly.
  orderId = await service.create('ledger-2');
  const { rows } = await database.as().query(
    `insert into topup.payments (provider, trade_no, order_id, amount_minor, currency, confirmed_by)
     values ('alipay', 'trade-2', $1, 1000, 'CNY', 'webhook') returning id`,
    [orderId],
  );
  paymentId = rows[0].id;
});

const post = async (lines: string): Promise<unknown> => {
  const client = await database.as('webhooks').connect();
  try {
    await client.query('begin');
    const { rows } = await client.query(
      `insert into topup.journal_entries (kind, order_id, payment_id) values ('TOPUP_CREDIT', $1, $2) returning id`,
      [orderId, paymentId],
    );
    if (lines !== '') {
      const sql = `insert into topup.postings (entry_id, line, account, side, amount_minor, currency) values ${lines}`;
      await client.query(sql.replaceAll('ID', rows[0].id));
    }
    return await client.query('commit');
  } finally {
    await client.query('rollback');
    client.release();
  }
};

test.each([
  { what: 'without lines', lines: '', message: /fewer than two postings/ },
  { what: 'with one line', lines: "(ID, 1, 'a', 'debit', 10, 'CNY')", message: /fewer than two postings/ },
  {
    what: 'with two debits',
    lines: "(ID, 1, 'a', 'debit', 10, 'CNY'), (ID, 2, 'b', 'debit', 10, 'CNY')",
    message: /does not balance/,
  },
  {
    what: 'one fen off',
    lines: "(ID, 1, 'a', 'debit', 10, 'CNY'), (ID, 2, 'b', 'credit', 11, 'CNY')",
    message: /does not balance/,
  },
  {
    what: 'in two currencies',
    lines: "(ID, 1, 'a', 'debit', 10, 'CNY'), (ID, 2, 'b', 'credit', 10, 'USD')",
    message: /does not balance/,
  },
  {
    what: 'with a line of nothing',
    lines: "(ID, 1, 'a', 'debit', 0, 'CNY'), (ID, 2, 'b', 'credit', 0, 'CNY')",
    message: /check constraint/,
  },
])('an entry $what is refused', async ({ lines, message }) => {
  await expect(post(lines)).rejects.toThrow(message);
});

test('no balanced pair of lines joins an entry that is already posted', async () => {
  const later = `insert into topup.postings (entry_id, line, account, side, amount_minor, currency)
    select id, unnest(array[3, 4]), 'x', unnest(array['debit', 'credit']), 5, 'CNY' from topup.journal_entries`;
  await expect(database.as('webhooks').query(later)).rejects.toThrow(/posted by an earlier transaction/);
});

test('the keys refuse a second credit of a payment and of an order', async () => {
  const again = `insert into topup.journal_entries (kind, order_id, payment_id)
    select kind, CHANGED from topup.journal_entries`;
  await expect(database.as().query(again.replace('CHANGED', `'${orderId}', payment_id`))).rejects.toThrow(
    /one_credit_per_payment/,
  );
  await expect(database.as().query(again.replace('CHANGED', `order_id, ${paymentId}`))).rejects.toThrow(
    /one_credit_per_order/,
  );
});

describe.each([undefined, 'api', 'webhooks', 'provisioning', 'reconciliation', 'auditor'])('as %s', (role) => {
  test.each(['journal_entries', 'postings'])('no row of %s can be changed or removed', async (table) => {
    for (const sql of [
      `update topup.${table} set order_id = 'x'`,
      `delete from topup.${table}`,
      `truncate topup.${table} cascade`,
    ]) {
      const column = table === 'postings' ? sql.replace("order_id = 'x'", 'amount_minor = 1') : sql;
      await expect(database.as(role).query(column)).rejects.toThrow(
        role === undefined ? /append-only/ : /permission denied/,
      );
    }
  });
});

test.each([
  ['changed', 'update topup.postings set amount_minor = 1 where line = 1'],
  ['removed', 'delete from topup.postings where line = 1'],
  ['dated anew', `update topup.journal_entries set created_at = created_at + interval '1 second'`],
  ['unsealed', 'delete from topup.ledger_seals where line = 0'],
])('a ledger row that was %s is not intact, by whatever means it was done', async (_how, sql) => {
  const owner = await database.as().connect();
  try {
    await owner.query("begin; set local session_replication_role = 'replica'"); // no trigger refuses it
    const broken = 'select count(*)::int as count from topup.sealed_rows where not intact';
    expect((await owner.query(broken)).rows).toEqual([{ count: 0 }]);
    await owner.query(sql);
    expect((await owner.query(broken)).rows).toEqual([{ count: 1 }]);
  } finally {
    await owner.query('rollback');
    owner.release();
  }
});
