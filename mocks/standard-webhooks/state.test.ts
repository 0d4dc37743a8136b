/** What the mock is survives a snapshot: secrets, endpoints that are disabled, keys and retries that are due. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { randomFrom } from '#harness/seed';
import { mockAt } from '../client.ts';
import { serveMocks } from '../serve.ts';

const patience = 30_000;

const serve = async (seed: string) => {
  const only = ['standard-webhooks'];
  const mocks = await serveMocks({ clock: systemClock, wall: systemClock, random: randomFrom(seed), only });
  onTestFinished(() => mocks.close());
  const { url, identity } = mocks.description.providers['standard-webhooks'] ?? expect.unreachable();
  const post = async (path: string, key: string, body: object = {}) => {
    const headers = { authorization: `Bearer ${identity.apiKey}`, 'idempotency-key': key };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  };
  return { mock: mockAt(url), post };
};

/** Two addresses: one has gone (410), the other answers 500; `heard` counts what comes to the second. */
const receiver = async () => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.url !== '/gone') heard.push(String(request.headers['webhook-signature']));
    response.writeHead(request.url === '/gone' ? 410 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { heard, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

test('restored mocks sign with the same secrets, and owe the same retries to the same endpoints', async () => {
  const first = await serve('first');
  const { heard, base } = await receiver();
  await first.post('/v1/webhook-endpoints', 'gone', { url: `${base}/gone` });
  const { id } = await first.post('/v1/webhook-endpoints', 'busy', { url: `${base}/busy` });
  const rotate = `/v1/webhook-endpoints/${id}/secret/rotate`;
  const rotated = await first.post(rotate, 'rotate');
  const made = await first.post('/v1/payments', 'T1', { reference: 'T1', amount: 8888, currency: 'USD' });
  await expect.poll(async () => (await first.mock.ask('records')).deliveries, { timeout: patience }).toHaveLength(2);
  const snapshot = await first.mock.snapshot();
  const before = await first.mock.ask('records');

  const second = await serve('second');
  await second.mock.restore(snapshot);
  expect(await second.mock.ask('records')).toEqual(before);
  await second.mock.step('6s');
  expect(heard).toHaveLength(2);
  expect(heard[1]?.split(' ')).toHaveLength(4);
  expect(await second.post(rotate, 'rotate')).toEqual(rotated);
  expect(await second.post('/v1/payments', 'T1', { reference: 'T1', amount: 8888, currency: 'USD' })).toEqual(made);
  const { deliveries } = (await second.mock.ask('records')) as { deliveries: { status: number }[] };
  expect(deliveries.map(({ status }) => status).sort()).toEqual([410, 500, 500]);
});
