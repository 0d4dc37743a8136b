import { describe, expect, test } from 'vitest';
import { noFaults } from '#harness/provider';
import { clockAtNewYear, recordingDelivery, step } from '../test-ports.ts';
import { retryAfterS } from './quirks.ts';
import { ask, order, ordered } from './test-calls.ts';

describe('notices', () => {
  test('are tried at the documented times with one id, and given up about 25 hours later', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: 'fail' });
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T1');
    expect(provider.idle()).toBe(false);
    for (const afterS of [0, ...retryAfterS]) {
      await step(clock, Math.max(0, afterS * 1_000 - 1));
      const before = sent.length;
      if (afterS > 0) {
        await step(clock, 1);
        expect(sent.length).toBe(before + 1);
      }
    }
    expect(sent.map((webhook) => webhook.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(new Set(sent.map((webhook) => webhook.eventId)).size).toBe(1);
    expect(provider.idle()).toBe(true);
    const times = provider.records().deliveries.map(({ sentMs }) => (sentMs - 1_767_225_600_000) / 1_000);
    expect(times).toEqual([0, 0, 0, 0, 240, 840, 1_440, 5_040, 12_240, 33_840, 87_840]);
  });

  test.each([
    { answer: { status: 200, body: 'success' }, attempts: 1 },
    { answer: { status: 200, body: 'success\n' }, attempts: 11 },
    { answer: { status: 200, body: 'SUCCESS' }, attempts: 11 },
    { answer: { status: 302, body: 'success' }, attempts: 11 },
    { answer: { status: 500, body: 'success' }, attempts: 11 },
    { answer: { status: 0, body: '' }, attempts: 11 },
  ])('$answer leads to $attempts attempts', async ({ answer, attempts }) => {
    const { sent, deliver } = recordingDelivery(answer);
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T1');
    for (const afterS of [0, ...retryAfterS]) await step(clock, afterS * 1_000);
    await step(clock, 100 * 3_600_000);
    expect(sent.length).toBe(attempts);
    expect(provider.records().deliveries.filter((delivery) => delivery.acknowledged).length).toBe(
      attempts === 1 ? 1 : 0,
    );
  });

  test('stop retrying after the first acknowledged attempt', async () => {
    const { sent, deliver } = recordingDelivery({ status: 500, body: '' }, { status: 200, body: 'success' });
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T1');
    await step(clock, 0);
    await step(clock, 0);
    await step(clock, 100 * 3_600_000);
    expect(sent.map((webhook) => webhook.attempt)).toEqual([1, 2]);
  });

  test('carry the time of each attempt, in Beijing', async () => {
    const { sent, deliver } = recordingDelivery({ status: 500, body: '' });
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T1');
    for (const afterS of [0, 0, 0, 0, 240]) await step(clock, afterS * 1_000);
    const times = sent.map(({ body }) => new URLSearchParams(Buffer.from(body).toString()).get('notify_time'));
    expect(times.at(0)).toBe('2026-01-01 08:00:00');
    expect(times.at(-1)).toBe('2026-01-01 08:04:00');
  });

  test('are lost when the site says so', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: 'success' });
    const onWebhook = () => ({ lost: true, copiesAfterMs: [5] });
    const { clock, provider } = ordered({ deliver, site: { ...noFaults, onWebhook } });
    provider.pay?.('T1');
    expect(provider.idle()).toBe(true);
    await step(clock, 100 * 3_600_000);
    expect(sent).toEqual([]);
  });

  test('are copied at real times, byte for byte, whatever the first answer was', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: 'success' });
    const wall = clockAtNewYear();
    const onWebhook = () => ({ lost: false, copiesAfterMs: [20, 30] });
    const { clock, provider } = ordered({ deliver, wall, site: { ...noFaults, onWebhook } });
    provider.pay?.('T1');
    await step(clock, 100 * 3_600_000);
    expect(sent.length).toBe(1);
    expect(provider.idle()).toBe(false);
    await step(wall, 20);
    await step(wall, 10);
    expect(provider.idle()).toBe(true);
    expect(sent.map((webhook) => webhook.attempt)).toEqual([1, 0, 0]);
    expect(sent[2]).toEqual({ ...sent[0], attempt: 0 });
    expect(provider.records().deliveries.map(({ sentMs }) => sentMs - 1_767_225_600_000)).toEqual([0, 20, 30]);
  });

  test('end when the provider is stopped, while calls are still answered', async () => {
    const { sent, deliver } = recordingDelivery({ status: 500, body: '' });
    const { clock, provider } = ordered({ deliver });
    provider.pay?.('T1');
    await step(clock, 0);
    provider.stop();
    await step(clock, 100 * 3_600_000);
    expect(sent.length).toBe(1);
    expect(provider.idle()).toBe(true);
    expect(ask(provider, 'precreate', order)).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_SUCCESS' });
  });
});
