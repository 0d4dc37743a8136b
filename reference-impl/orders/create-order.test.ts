import { beforeEach, describe, expect, test } from 'vitest';
import { paidNotice } from '../test-providers.ts';
import { orderBody, startService } from '../test-service.ts';
import { testDatabase } from '../test-world.ts';

const database = testDatabase();
let service: ReturnType<typeof startService>;
beforeEach(() => {
  service = startService((role) => database.as(role));
});

const countOrders = async (walletId: string): Promise<number> => {
  const { rows } = await database
    .as()
    .query('select count(*)::int as n from topup.orders where wallet_id = $1', [walletId]);
  return rows[0].n;
};

describe('one key', () => {
  test('with the same body gets the stored answer, byte for byte', async () => {
    const first = await service.post('same');
    const repeat = await service.post('"same"');
    expect([first.status, repeat.status]).toEqual([201, 201]);
    expect(await repeat.text()).toBe(await first.text());
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(service.sent.filter((call) => call.startsWith('precreate'))).toHaveLength(1);
  });

  test('with another body is refused and points to the first order', async () => {
    const orderId = await service.create('reused');
    const answer = await service.post('reused', { ...orderBody, amountMinor: 1001 });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('location')).toBe(`/v1/orders/${orderId}`);
    expect(await answer.json()).toMatchObject({ error: { code: 'key-reused' } });
  });

  test('16 times at once makes one order; the losers wait or get its answer', async () => {
    const body = { ...orderBody, walletId: 'wallet-16' };
    const answers = await Promise.all(Array.from({ length: 16 }, () => service.post('at-once', body)));
    expect(await countOrders('wallet-16')).toBe(1);
    expect(answers.map(({ status }) => status).filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(service.sent.filter((call) => call.startsWith('precreate'))).toHaveLength(1);
  });

  test('of another wallet is another intent', async () => {
    const one = await service.create('shared', { ...orderBody, walletId: 'a' });
    const other = await service.create('shared', { ...orderBody, walletId: 'b' });
    expect(one).not.toBe(other);
  });

  test('whose request died is in progress until its lease ends, then taken over with the same order', async () => {
    const body = { ...orderBody, walletId: 'wallet-died' };
    const orderId = await service.create('died', body);
    const forget = 'update topup.idempotency_keys set status = null, json = null, locked_until = ';
    await database.as().query(`${forget} now() + interval '1 minute' where scope = 'wallet:wallet-died'`);
    expect((await service.post('died', { ...body, amountMinor: 7 })).status).toBe(422);
    const early = await service.post('died', body);
    expect([early.status, early.headers.get('retry-after')]).toEqual([409, '1']);
    await database.as().query(`${forget} now() where scope = 'wallet:wallet-died'`);
    const late = await service.post('died', body);
    expect([late.status, ((await late.json()) as { id: string }).id]).toEqual([201, orderId]);
    expect(await countOrders('wallet-died')).toBe(1);
  });
});

test('a slow request whose key was taken over gives the answer that was kept, not one of its own', async () => {
  const { precreate } = service.answers;
  let taken = '';
  service.answers.precreate = async (fields) => {
    service.answers.precreate = precreate;
    await database.as().query("update topup.idempotency_keys set locked_until = now() where key = 'slow'");
    taken = await (await service.post('slow')).text();
    // By now the order looks different from what was answered.
    await service.notify(paidNotice(fields.out_trade_no ?? ''));
    throw new Error('timeout');
  };
  const slow = await (await service.post('slow')).text();
  expect(taken).toContain('PAYMENT_PENDING');
  expect(slow).toBe(taken);
  expect(await (await service.post('slow')).text()).toBe(taken);
});

test.each([
  ['GET', '/v1/orders/%00'],
  ['GET', `/v1/orders/${'o'.repeat(65)}`],
  ['POST', '/v1/orders/%00/confirm'],
  ['GET', '/v1/wallets/%00'],
])('%s %s is nowhere', async (method, path) => {
  const answer = await service.send('api', path, { method, headers: { authorization: 'Bearer token' } });
  expect(answer.status).toBe(404);
});

test.each([
  { what: 'no key', key: undefined, body: orderBody, code: 'key-missing' },
  { what: 'a key with a space', key: 'a b', body: orderBody, code: 'key-missing' },
  { what: 'a key of 256 characters', key: 'k'.repeat(256), body: orderBody, code: 'key-missing' },
  { what: 'no object', key: 'k', body: [orderBody], code: 'invalid-body' },
  { what: 'an amount of zero', key: 'k', body: { ...orderBody, amountMinor: 0 }, code: 'invalid-body' },
  { what: 'half a fen', key: 'k', body: { ...orderBody, amountMinor: 0.5 }, code: 'invalid-body' },
  { what: 'more than the limit', key: 'k', body: { ...orderBody, amountMinor: 100_000_001 }, code: 'invalid-body' },
  { what: 'an amount as text', key: 'k', body: { ...orderBody, amountMinor: '1000' }, code: 'invalid-body' },
  { what: 'a currency nobody settles', key: 'k', body: { ...orderBody, currency: 'XXX' }, code: 'invalid-body' },
  { what: 'a state slipped in', key: 'k', body: { ...orderBody, state: 'COMPLETED' }, code: 'invalid-body' },
])('$what is refused and leaves nothing', async ({ key, body, code }) => {
  const before = await database.as().query('select count(*) from topup.orders');
  const answer = await service.post(key, body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code, what: expect.any(String), next: expect.any(String) } });
  expect((await database.as().query('select count(*) from topup.orders')).rows).toEqual(before.rows);
});

test('a body above 64 KiB is refused', async () => {
  const answer = await service.post('large', { ...orderBody, walletId: 'w'.repeat(70_000) });
  expect(answer.status).toBe(413);
});

test.each(['Bearer wrong', 'Bearer ', 'token', ''])(
  'authorization "%s" is refused before anything else',
  async (authorization) => {
    const answer = await service.send('api', '/v1/orders', { method: 'POST', headers: { authorization }, body: 'x' });
    expect(answer.status).toBe(401);
  },
);

test('an initiation without an answer is repeated under the same number, and a refusal ends the order', async () => {
  const accepting = service.answers.precreate;
  service.answers.precreate = () => {
    throw new Error('connection reset');
  };
  const orderId = await service.create('no-answer');
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_INITIATED' });
  expect(await service.run('api', 'resume-initiations')).toBe(0);
  await database.as().query('update topup.orders set initiate_due_at = now() where id = $1', [orderId]);
  service.answers.precreate = accepting;
  expect(await service.run('api', 'resume-initiations')).toBe(1);
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_PENDING' });
  expect(service.sent).toEqual([`precreate ${orderId}`, `precreate ${orderId}`]);

  service.answers.precreate = () => ({ code: '40004', sub_code: 'ACQ.TOTAL_FEE_EXCEED' });
  const refused = await service.create('refused');
  expect(await service.show(refused)).toMatchObject({ state: 'FAILED' });
});

test.each([
  { code: '40004', sub_code: 'ACQ.SYSTEM_ERROR' },
  { code: '40004', sub_code: 'ACQ.TRADE_HAS_SUCCESS' },
  { code: '20000', sub_code: 'isp.unknow-error' },
  { code: '40002', sub_code: 'isv.invalid-signature' },
  { code: '40004', sub_code: 'ACQ.ACCESS_FORBIDDEN' },
  { code: '40004', sub_code: 'ACQ.CONTEXT_INCONSISTENT' },
  { code: '40004', sub_code: 'ACQ.NEVER_HEARD_OF' },
  { code: '10000', sub_code: 'of-another-order', out_trade_no: 'ord_other', qr_code: 'https://qr.test/other' },
])('code $code $sub_code decides nothing about the order', async (answer) => {
  service.answers.precreate = () => answer;
  expect(await service.show(await service.create(`code-${answer.sub_code}`))).toMatchObject({
    state: 'PAYMENT_INITIATED',
  });
});

test.each([
  { answer: 'accepted', sub_code: '', state: 'PAYMENT_PENDING' },
  { answer: 'refused', sub_code: 'ACQ.TOTAL_FEE_EXCEED', state: 'FAILED' },
])('an order held while its initiation was $answer is sent again once the hold is lifted', async (row) => {
  const { precreate } = service.answers;
  const hold = (id: string, value: string | null) =>
    database.as().query('update topup.orders set hold = $2, initiate_due_at = now() where id = $1', [id, value]);
  const answer: typeof precreate = async (fields) =>
    row.sub_code === '' ? precreate(fields) : { code: '40004', sub_code: row.sub_code };
  service.answers.precreate = async (fields) => {
    await hold(fields.out_trade_no ?? '', 'reconciliation');
    return answer(fields);
  };
  const orderId = await service.create(`held-${row.answer}`);
  service.answers.precreate = answer;
  await service.run('api', 'resume-initiations');
  expect(await service.show(orderId)).toMatchObject({ state: 'PAYMENT_INITIATED' });
  expect(service.sent.filter((call) => call === `precreate ${orderId}`)).toHaveLength(1);
  await database.as().query('update topup.orders set hold = null where id = $1', [orderId]);
  await service.run('api', 'resume-initiations');
  expect(await service.show(orderId)).toMatchObject({ state: row.state });
});
