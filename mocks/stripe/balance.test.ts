/** Balance transactions and test clocks, asked for by stripe-node. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type SteppedClock, steppedClock, systemClock } from '#harness/clock';
import { advancingMs, settlesAfterMs } from './quirks.ts';
import { type Opened, openMock, order } from './test-sdk.ts';

let mock: Opened;
let clock: SteppedClock;
beforeEach(async () => {
  clock = steppedClock(systemClock.nowMs());
  mock = await openMock({ clock });
  onTestFinished(mock.close);
});

describe('balance transactions', () => {
  const pay = (reference: string) =>
    mock.sdk.paymentIntents.create({
      ...order,
      metadata: { order_no: reference },
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://merchant.test/',
    });

  test('tell what a charge, a refund and a dispute did to the account: fees are not given back', async () => {
    const { sdk, provider } = mock;
    const paid = await pay('T1');
    clock.advance(1_000);
    const refund = await sdk.refunds.create({ payment_intent: paid.id, amount: 888 });
    clock.advance(1_000);
    await pay('T2');
    clock.advance(1_000);
    provider.byHand?.deeds.dispute?.('T2');
    const { data } = await sdk.balanceTransactions.list();
    expect(data.map(({ reporting_category, amount, fee, net }) => [reporting_category, amount, fee, net])).toEqual([
      ['dispute', -8888, 1500, -10_388],
      ['charge', 8888, 288, 8600],
      ['refund', -888, 0, -888],
      ['charge', 8888, 288, 8600],
    ]);
    expect(data[2]).toMatchObject({ id: refund.balance_transaction, source: refund.id, type: 'refund' });
    expect(await sdk.balanceTransactions.retrieve(String(refund.balance_transaction))).toEqual(data[2]);
  });

  test('are pending until they are settled, and are found by type, source and time', async () => {
    const { sdk } = mock;
    await pay('T1');
    const [first] = (await sdk.balanceTransactions.list()).data;
    expect(first?.status).toBe('pending');
    clock.advance(settlesAfterMs);
    expect((await sdk.balanceTransactions.retrieve(first?.id ?? '')).status).toBe('available');
    await pay('T2');
    const ids = async (query: object) => (await sdk.balanceTransactions.list(query)).data.map(({ id }) => id);
    expect(await ids({ source: String(first?.source) })).toEqual([first?.id]);
    expect(await ids({ type: 'refund' })).toEqual([]);
    expect(await ids({ created: { gte: (first?.created ?? 0) + 1 } })).toHaveLength(1);
  });

  test('are paged by cursor, and none comes twice although the list grows meanwhile', async () => {
    const { sdk } = mock;
    const made: string[] = [];
    for (const reference of ['T1', 'T2', 'T3', 'T4', 'T5']) {
      made.push((await pay(reference)).id);
      clock.advance(1_000);
    }
    const seen: string[] = [];
    for await (const { id } of sdk.balanceTransactions.list({ limit: 2 })) {
      seen.push(id);
      if (seen.length === 2) await pay('T6');
    }
    expect(new Set(seen).size).toBe(made.length);
  });
});

describe('test clocks', () => {
  test('go forward once they are told to, and are advancing for a while', async () => {
    const { testClocks } = mock.sdk.testHelpers;
    const made = await testClocks.create({ frozen_time: 1_000, name: 'renewals' });
    expect(made).toMatchObject({ object: 'test_helpers.test_clock', status: 'ready', name: 'renewals' });
    expect((await testClocks.advance(made.id, { frozen_time: 2_000 })).status).toBe('advancing');
    clock.advance(advancingMs);
    expect(await testClocks.retrieve(made.id)).toMatchObject({ status: 'ready', frozen_time: 2_000 });
    expect((await testClocks.list()).data).toHaveLength(1);
    expect(await testClocks.del(made.id)).toMatchObject({ deleted: true });
    await expect(testClocks.retrieve(made.id)).rejects.toMatchObject({ code: 'resource_missing' });
    const { data } = await mock.sdk.events.list({ limit: 3 });
    expect(data.map(({ type }) => type.split('.').at(-1))).toEqual(['deleted', 'advancing', 'created']);
  });
});
