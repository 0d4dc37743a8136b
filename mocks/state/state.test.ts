/** The state of mocks: stepped, scaled, told in a snapshot, and made again in other mocks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { randomFrom } from '#harness/seed';
import { type Json, mockAt } from '../client.ts';
import { serveMocks } from '../serve.ts';
import { clientOf } from '../stripe/test-sdk.ts';
import type { Snapshot } from './snapshot.ts';

const patient = { timeout: 30_000 };
const hourMs = 3_600_000;

const serve = async (seed: string, more: { inputsMax?: number; only?: readonly string[] } = {}) => {
  const given = { only: ['alipay', 'bank-transfer', 'stripe', 'wechat-pay'], ...more };
  const mocks = await serveMocks({ clock: systemClock, wall: systemClock, random: randomFrom(seed), ...given });
  onTestFinished(() => mocks.close());
  const at = (id: string) => mockAt(mocks.description.providers[id]?.url ?? expect.unreachable());
  return { mocks, at, alipay: at('alipay') };
};

/** A receiver that gives the next of `statuses`, the last one for ever, and tells what Alipay said to it. */
const receiver = async (...statuses: number[]) => {
  const heard: Readonly<Record<string, string>>[] = [];
  const server = createServer(async (request, response) => {
    heard.push(Object.fromEntries(new URLSearchParams((await request.toArray()).join(''))));
    const status = statuses[Math.min(heard.length, statuses.length) - 1] ?? 200;
    response.writeHead(status).end(status === 200 ? 'success' : 'no');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

describe('the clock', () => {
  test('25 hours of retries in a step, each at its time, and no more after them', async () => {
    const { alipay } = await serve('step');
    const { heard, url } = await receiver(500);
    await alipay.ask('order', { reference: 'T1', amount: '10.00', webhookUrl: url });
    await alipay.ask('pay', { reference: 'T1' });
    await alipay.step('25h');
    expect(heard.length).toBe(11);
    const toldMs = heard.map(({ notify_time = '' }) => Date.parse(`${notify_time.replace(' ', 'T')}+08:00`));
    // In whole minutes: the mock's clock goes on while it waits for an answer, and tells whole seconds.
    const afterMin = toldMs.map((atMs) => Math.floor((atMs - (toldMs[0] ?? 0)) / 60_000));
    expect(afterMin.slice(4)).toEqual([4, 14, 24, 84, 204, 564, 1_464]);
    await alipay.step('30d');
    expect(heard.length).toBe(11);
  });

  test('runs as fast as it is told, for all mocks', async () => {
    const { mocks, at, alipay } = await serve('scale');
    const { scale } = await alipay.setScale(36_000);
    expect(scale).toBe(36_000);
    const before = mocks.state.nowMs();
    await expect.poll(() => mocks.state.nowMs() - before, patient).toBeGreaterThan(hourMs);
    expect((await at('stripe').ask('clock')).clock).toMatchObject({ scale: 36_000 });
  });

  test.each([
    { step: 'soon' },
    { step: '400d' },
    { step: 5 },
    { scale: 0 },
    { scale: '2' },
    { step: '1h', scale: 2 },
    {},
  ])('does not go like %j', async (asked) => {
    const { alipay } = await serve('refused', { only: ['alipay'] });
    await expect(alipay.ask('clock', asked)).rejects.toMatchObject({ code: 'refused-by-mocks' });
  });
});

describe('a snapshot', () => {
  /** Orders in every state, a retry due in four minutes, a transfer in an hour, a behaviour half used, a key. */
  const lived = async (seed: string) => {
    const served = await serve(seed);
    const { alipay, at, mocks } = served;
    const { heard, url } = await receiver(500, 500, 500, 500, 200);
    await alipay.behave({ does: 'captured-short', percent: 10, times: 2 });
    for (const reference of ['T1', 'T2']) await alipay.ask('order', { reference, amount: '10.00', webhookUrl: url });
    await alipay.ask('pay', { reference: 'T1' });
    await expect.poll(() => heard.length, patient).toBe(4);
    await at('wechat-pay').ask('order', { reference: 'T00001', amount: '5.00' });
    await at('wechat-pay').ask('pay', { reference: 'T00001' });
    await at('bank-transfer').ask('order', { reference: 'T1', amount: '5.00' });
    await at('bank-transfer').ask('pay', { reference: 'T1' });
    const stripe = mocks.description.providers.stripe ?? expect.unreachable();
    const sdk = clientOf(stripe.url, stripe.identity.secretKey ?? '');
    const paid = await sdk.paymentIntents.create({ amount: 500, currency: 'usd' }, { idempotencyKey: 'k1' });
    return { ...served, heard, url, paid };
  };

  /** All that somebody can ask the mocks about themselves; real times of what came later may differ. */
  const told = async ({ at }: Awaited<ReturnType<typeof serve>>) => {
    const routes = ['records', 'orders', 'deliveries', 'behaviours'];
    const answers = ['alipay', 'bank-transfer', 'stripe', 'wechat-pay'].flatMap((id) =>
      routes.map((route) => at(id).ask(route)),
    );
    return Promise.all(answers);
  };

  test('makes other mocks what these were: what they know, owe and will do', async () => {
    const first = await lived('first');
    const snapshot = await first.alipay.snapshot();
    const before = await told(first);
    const second = await serve('second');
    expect(await told(second)).not.toEqual(before);
    await second.alipay.restore(snapshot);
    expect(await told(second)).toEqual(before);

    // The retry that was due goes on, and the behaviour that was half used is used up.
    await second.alipay.step('4m');
    expect(first.heard.length).toBe(5);
    expect(first.heard[4]).toMatchObject({ out_trade_no: 'T1', total_amount: '9.00' });
    expect(await second.alipay.ask('pay', { reference: 'T2' })).toMatchObject({ payment: { amountMinor: '900' } });
    const stripe = second.mocks.description.providers.stripe ?? expect.unreachable();
    const sdk = clientOf(stripe.url, stripe.identity.secretKey ?? '');
    const again = await sdk.paymentIntents.create({ amount: 500, currency: 'usd' }, { idempotencyKey: 'k1' });
    expect(again.id).toBe(first.paid.id);

    // What was on its way arrives at the same moment, which their seeds would not have told alike.
    const arrivals = [first, second].map(async ({ at, alipay }) => {
      await alipay.step(at === first.at ? '1h' : '56m');
      return (await at('bank-transfer').ask('records')).payments;
    });
    const [one, other] = (await Promise.all(arrivals)) as { id: string }[][];
    expect(one?.map(({ id }) => id)).toEqual(other?.map(({ id }) => id));
    expect(one?.length).toBe(1);
  });

  test('can be taken of what was restored, and goes back behind what was done since', async () => {
    const first = await lived('again');
    const snapshot = await first.alipay.snapshot();
    const before = await told(first);
    await first.alipay.ask('pay', { reference: 'T2' });
    await first.alipay.restore(snapshot);
    const between = await first.alipay.snapshot();
    await first.alipay.ask('refund', { reference: 'T1' });
    await first.alipay.restore(between);
    expect(await told(first)).toEqual(before);
  });

  test('keeps the moment of the clock', async () => {
    const { mocks, alipay } = await serve('moment', { only: ['alipay'] });
    await alipay.step('48h');
    const atMs = mocks.state.nowMs();
    const snapshot = await alipay.snapshot();
    await alipay.step('24h');
    await alipay.restore(snapshot);
    expect(mocks.state.nowMs() - atMs).toBeLessThan(hourMs);
  });

  test.each<[string, (snapshot: Snapshot) => unknown, string]>([
    ['of no mocks', () => ({}), 'no snapshot of mocks'],
    ['of nothing', () => null, 'no snapshot of mocks'],
    ['of other mocks', ({ mocks, ...all }) => ({ ...all, mocks: { stripe: mocks.alipay } }), 'it is of stripe'],
    [
      'without inputs',
      ({ mocks, ...all }) => ({ ...all, mocks: { alipay: { ...mocks.alipay, inputs: 1 } } }),
      'incomplete',
    ],
    [
      'with other keys',
      ({ mocks, ...all }) => ({ ...all, mocks: { alipay: { ...mocks.alipay, identity: { appId: '1' } } } }),
      'alipay had other keys',
    ],
    [
      'with an answer to nothing',
      ({ mocks, ...all }) => {
        const answer = { atMs: 0, wallMs: 0, answer: { nth: 1, status: 200, body: '' } };
        return { ...all, mocks: { alipay: { ...mocks.alipay, inputs: [answer] } } };
      },
      'webhook 1 was never sent',
    ],
  ])('%s is refused, and nothing changes', async (_when, change, why) => {
    const { alipay, mocks } = await serve('refused', { only: ['alipay'] });
    await alipay.ask('order', { reference: 'T1', amount: '10.00' });
    const snapshot = change((await alipay.snapshot()) as unknown as Snapshot) as Json;
    await expect(mocks.state.restore(snapshot)).rejects.toMatchObject({ code: 'bad-snapshot' });
    await expect(alipay.restore(snapshot)).rejects.toMatchObject({
      code: 'refused-by-mocks',
      message: expect.stringContaining(why),
    });
    expect((await alipay.ask('orders')).orders).toMatchObject([{ reference: 'T1' }]);
  });

  test('is not to be had once more came in than is kept', async () => {
    const { alipay, mocks } = await serve('long', { only: ['alipay'], inputsMax: 1 });
    await alipay.ask('order', { reference: 'T1', amount: '10.00' });
    expect((await alipay.snapshot()).format).toBe('topple-mocks-1');
    await alipay.ask('order', { reference: 'T2', amount: '10.00' });
    expect(() => mocks.state.snapshot()).toThrow(expect.objectContaining({ code: 'history-too-long' }));
    await expect(alipay.snapshot()).rejects.toThrow('no snapshot of these mocks any more');
  });

  test('is for callers on this machine alone', async () => {
    const { mocks } = await serve('guard', { only: ['alipay'] });
    const url = mocks.description.providers.alipay?.url;
    for (const [method, route] of [
      ['GET', 'snapshot'],
      ['POST', 'restore'],
      ['POST', 'clock'],
    ] as const) {
      const headers = { origin: 'https://evil.test' };
      expect((await fetch(`${url}/__topple/${route}`, { method, headers })).status).toBe(403);
    }
    expect((await fetch(`${url}/__topple/snapshot`, { method: 'POST' })).status).toBe(404);
  });
});
