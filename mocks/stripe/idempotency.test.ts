import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { steppedClock, systemClock } from '#harness/clock';
import { noFaults, type ProviderPorts } from '#harness/provider';
import { type Opened, openMock, order } from './test-sdk.ts';

let mock: Opened;
const reopen = async (given: Partial<ProviderPorts> = {}) => {
  await mock.close();
  mock = await openMock(given);
};
beforeEach(async () => {
  mock = await openMock();
});
afterEach(() => mock.close());

const key = { idempotencyKey: 'order-T1' };
const intents = () => mock.provider.byHand?.orders().length;

describe('a key', () => {
  test('replays the first answer to the same parameters, in whatever order', async () => {
    const first = await mock.sdk.paymentIntents.create(order, key);
    const { metadata, currency, amount } = order;
    const again = await mock.sdk.paymentIntents.create({ metadata, currency, amount }, key);
    expect(again).toEqual(first);
    expect(again.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'idempotency-key': 'order-T1',
    });
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(intents()).toBe(1);
  });

  test('keeps a declined card as its answer, but no parameter that was refused', async () => {
    const { id } = await mock.sdk.paymentIntents.create(order);
    const declined = () => mock.sdk.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclined' }, key);
    await expect(declined()).rejects.toMatchObject({ code: 'card_declined' });
    await expect(declined()).rejects.toMatchObject({
      code: 'card_declined',
      headers: { 'idempotent-replayed': 'true' },
    });
    const other = { idempotencyKey: 'order-T2' };
    await expect(mock.sdk.paymentIntents.create({ ...order, amount: 1 }, other)).rejects.toMatchObject({
      statusCode: 400,
    });
    expect((await mock.sdk.paymentIntents.create(order, other)).amount).toBe(8888);
  });

  test('may have 255 characters', async () => {
    expect((await mock.sdk.paymentIntents.create(order, { idempotencyKey: 'k'.repeat(255) })).amount).toBe(8888);
  });

  test('whose request is still under way is in use: 409, which stores nothing', async () => {
    let answer = (): void => {};
    const answered = new Promise<{ status: number; body: string }>((resolve) => {
      answer = () => resolve({ status: 200, body: '' });
    });
    await reopen({
      deliver: () => answered,
      site: { ...noFaults, onCall: ({ nth }) => (nth === 1 ? 'afterWebhook' : 'answer') },
      wall: { ...systemClock, after: () => () => {} }, // the held answer waits for its webhook alone
    });
    mock.provider.byHand?.order({ reference: 'T0', amountMinor: 100n, webhookUrl: 'http://merchant.test/' });
    const first = mock.sdk.paymentIntents.create(order, key);
    await expect.poll(intents, { timeout: 30_000 }).toBe(2);
    const second = mock.sdk.paymentIntents.create(order, key);
    await expect(second).rejects.toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    answer();
    const made = await first;
    expect((await mock.sdk.paymentIntents.create(order, key)).id).toBe(made.id);
    expect(intents()).toBe(2);
  });

  test('is new after 24 hours: the same request pays a second time', async () => {
    const clock = steppedClock(systemClock.nowMs());
    await reopen({ clock });
    const first = await mock.sdk.paymentIntents.create(order, key);
    clock.advance(24 * 3_600_000);
    expect((await mock.sdk.paymentIntents.create(order, key)).id).toBe(first.id);
    clock.advance(1);
    expect((await mock.sdk.paymentIntents.create(order, key)).id).not.toBe(first.id);
    expect(intents()).toBe(2);
  });

  test('has its 24 hours, whenever older keys are forgotten', async () => {
    const clock = steppedClock(systemClock.nowMs());
    await reopen({ clock });
    const make = (idempotencyKey: string) => mock.sdk.paymentIntents.create(order, { idempotencyKey });
    clock.advance(11 * 3_600_000);
    const { id } = await make('kept');
    for (const hours of [2, 13, 9]) {
      clock.advance(hours * 3_600_000);
      await make(`${hours} hours later`);
      expect((await make('kept')).id).toBe(id);
    }
    clock.advance(1);
    expect((await make('kept')).id).not.toBe(id);
  });
});
