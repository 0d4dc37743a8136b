import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { randomFrom } from '#harness/seed';
import { ask, order } from './alipay/test-calls.ts';
import { openSocketDoor } from './doors/socket.ts';
import { providers } from './index.ts';
import { type ServedMocks, serveMocks } from './serve.ts';
import { testPorts } from './test-ports.ts';

const options = { clock: systemClock, wall: systemClock, random: randomFrom('serve') };
/** Longer than anything takes: it tells a hang from a slow machine. */
const patient = { timeout: 30_000 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const serve = async (port = 0): Promise<ServedMocks> => {
  const mocks = await serveMocks({ ...options, port });
  closers.push(mocks.close);
  return mocks;
};

/** The first of two free ports below the range from which the system hands out ports, so nobody is given them. */
const freePair = async (): Promise<number> => {
  const isFree = (port: number) =>
    openSocketDoor(providers.alipay.open(testPorts()), { port }).then(
      (door) => door.close().then(() => true),
      () => false,
    );
  for (let port = 20_000 + (process.pid % 5_000) * 2; port < 32_000; port += 2) {
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error('no two neighbouring ports are free');
};

describe('the registry', () => {
  test('is sorted, and its keys are the ids', () => {
    expect(Object.keys(providers)).toEqual(Object.keys(providers).sort());
    expect(Object.entries(providers).filter(([id, provider]) => id !== provider.id)).toEqual([]);
  });
});

describe('mocks on their own', () => {
  test('describe themselves as JSON, each at its own address', async () => {
    const { description } = await serve();
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    expect(Object.keys(description.providers)).toEqual(Object.keys(providers));
    const urls = Object.values(description.providers).map(({ url }) => url);
    expect(new Set(urls).size).toBe(urls.length);
    expect(description.providers.alipay?.identity).toHaveProperty('alipayPublicKey');
  });

  test('are the same every time with the same port, one port after the other', async () => {
    const port = await freePair();
    const first = await serve(port);
    expect(first.description.providers['alibaba-cloud']?.url).toBe(`http://127.0.0.1:${port}`);
    expect(first.description.providers.alipay?.url).toBe(`http://127.0.0.1:${port + 1}`);
    await first.close();
    const second = await serve(port);
    expect(second.description).toEqual(first.description);
  });

  test('are those alone that are asked for, and follow each other', async () => {
    const port = await freePair();
    const mocks = await serveMocks({ ...options, port, only: ['stripe', 'alipay'] });
    closers.push(mocks.close);
    expect(Object.entries(mocks.description.providers).map(([id, { url }]) => [id, url])).toEqual([
      ['alipay', `http://127.0.0.1:${port}`],
      ['stripe', `http://127.0.0.1:${port + 1}`],
    ]);
  });

  test('open all or none', async () => {
    const port = await freePair();
    const inTheWay = await openSocketDoor(providers.alipay.open(testPorts()), { port: port + 1 });
    closers.push(inTheWay.close);
    await expect(serve(port)).rejects.toMatchObject({ code: 'port-taken' });
    const again = await openSocketDoor(providers.alipay.open(testPorts()), { port });
    closers.push(again.close);
  });
});

describe('control routes', () => {
  const behaviours = '/__topple/behaviours';

  const alipayOf = async () => (await serve()).description.providers.alipay ?? { url: '', identity: {} };

  /** Through node:http, since fetch sets Host and Origin as it likes. */
  const call = (url: string, method: string, path: string, headers: Record<string, string> = {}, body = '') =>
    new Promise<{ status: number | undefined; body: Record<string, unknown> }>((resolve, reject) => {
      const sent = request(url + path, { method, headers, agent: false }, (response) => {
        response
          .toArray()
          .then((chunks) => resolve({ status: response.statusCode, body: JSON.parse(chunks.join('')) }), reject);
      });
      sent.on('error', reject).end(body);
    });

  test('a buyer pays over HTTP, and the records show it', async () => {
    const { url, identity } = await alipayOf();
    const signer = { ...providers.alipay.open(testPorts()), identity };
    const queries: string[] = [];
    const handle = (made: Call) => {
      queries.push(made.query.toString());
      return signer.handle(made);
    };
    ask({ ...signer, handle }, 'precreate', order);
    expect((await fetch(`${url}/gateway.do?${queries[0]}`, { method: 'POST' })).status).toBe(200);
    const paid = await call(url, 'POST', '/__topple/pay', {}, '{"reference":"T1"}');
    expect(paid).toMatchObject({ status: 200, body: { payment: { reference: 'T1', amountMinor: '1000' } } });
    const records = await call(url, 'GET', '/__topple/records');
    expect(records.body).toMatchObject({ payments: [{ reference: 'T1' }], calls: [{ outcome: 200 }] });
  });

  test.each([
    { when: 'the reference is unknown', body: '{"reference":"T9"}', status: 404 },
    { when: 'the body is no JSON', body: 'reference=T1', status: 400 },
    { when: 'the body is null', body: 'null', status: 400 },
    { when: 'the reference is a number', body: '{"reference":1}', status: 400 },
    { when: 'a browser page asks', body: '{"reference":"T1"}', headers: { origin: 'https://evil.test' }, status: 403 },
    { when: 'the page has no origin', body: '{"reference":"T1"}', headers: { origin: 'null' }, status: 403 },
    { when: 'the host is another name', body: '{"reference":"T1"}', headers: { host: 'evil.test' }, status: 403 },
    { when: 'the host only begins right', body: '{}', headers: { host: '127.0.0.1.evil.test' }, status: 403 },
    { when: 'the route is unknown', body: '', path: '/__topple/fly', status: 404 },
    { when: 'the method is another', body: '', method: 'GET', status: 404 },
    { when: 'behaviours have a subject', body: '', method: 'GET', path: '/__topple/behaviours/1', status: 404 },
    {
      when: 'a page asks for a behaviour',
      headers: { origin: 'https://evil.test' },
      body: '{}',
      path: behaviours,
      status: 403,
    },
    { when: 'a behaviour is no JSON', body: 'does=slow', path: behaviours, status: 400 },
    { when: 'a behaviour is null', body: 'null', path: behaviours, status: 400 },
    { when: 'a list holds no behaviours', body: '[1]', path: behaviours, status: 400 },
    { when: 'behaviours are patched', body: '', method: 'PATCH', path: behaviours, status: 404 },
  ])('$status when $when', async ({ body, status, headers = {}, path = '/__topple/pay', method = 'POST' }) => {
    const { url } = await alipayOf();
    const answer = await call(url, method, path, headers as Record<string, string>, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('next');
  });

  test('an order is made, paid and refunded by hand, and every attempt is listed with its answer', async () => {
    const { url } = await alipayOf();
    const notices: string[] = [];
    const receiver = createServer(async (asked, response) => {
      notices.push(new URLSearchParams((await asked.toArray()).join('')).get('trade_status') ?? '');
      response.writeHead(notices.length === 1 ? 503 : 200).end(notices.length === 1 ? 'later' : 'success');
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    closers.push(async () => void receiver.close());
    const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const post = (deed: string, fields: object) => call(url, 'POST', `/__topple/${deed}`, {}, JSON.stringify(fields));
    const order = { reference: 'T1', amount: '10.00', webhookUrl };

    expect(await post('order', order)).toMatchObject({ status: 200, body: { order: { status: 'TRADE_NOT_EXIST' } } });
    expect(await post('scan', { reference: 'T1' })).toMatchObject({ body: { order: { status: 'WAIT_BUYER_PAY' } } });
    expect(await post('resend', { reference: 'T1' })).toMatchObject({ status: 409 });
    expect(await post('refund', { reference: 'T1' })).toMatchObject({ status: 409 });
    expect(await post('pay', { reference: 'T1' })).toMatchObject({ body: { order: { status: 'TRADE_SUCCESS' } } });
    await expect.poll(() => notices.length, patient).toBe(2);
    const refunded = { status: 'TRADE_CLOSED', amountMinor: '1000', refundedMinor: '1000' };
    expect(await post('refund', { reference: 'T1' })).toMatchObject({ body: { order: refunded } });
    await expect.poll(() => notices.length, patient).toBe(3);
    expect(await post('resend', { reference: 'T1' })).toMatchObject({ status: 200 });
    const deliveries = async () => (await call(url, 'GET', '/__topple/deliveries')).body.deliveries;
    await expect.poll(deliveries, patient).toMatchObject([
      { attempt: 1, status: 503, answer: 'later', acknowledged: false, url: webhookUrl },
      { attempt: 2, status: 200, answer: 'success', acknowledged: true },
      { attempt: 1, status: 200, acknowledged: true },
      { attempt: 0, status: 200, acknowledged: true },
    ]);
    expect(notices).toEqual(['TRADE_SUCCESS', 'TRADE_SUCCESS', 'TRADE_CLOSED', 'TRADE_CLOSED']);
    const orders = await call(url, 'GET', '/__topple/orders');
    expect(orders.body).toMatchObject({ orders: [{ reference: 'T1', currency: 'CNY', ...refunded }] });
  });

  test('a body that is no JSON is told to be none', async () => {
    const { url } = await alipayOf();
    const refused = await call(url, 'POST', '/__topple/pay', {}, '{"reference"');
    expect(refused).toMatchObject({ status: 400, body: { error: 'the body is no JSON' } });
  });

  test.each([
    { when: 'there is no amount', order: { reference: 'T1' }, says: 'amount is missing' },
    { when: 'the amount is a number', order: { reference: 'T1', amount: 10 }, says: 'amount is no text' },
    {
      when: 'a field is unknown',
      order: { reference: 'T1', amount: '1.00', url: '' },
      says: 'there is no field "url"',
    },
    { when: 'it is a list', order: ['T1'], says: 'the body is no JSON object' },
    { when: 'the amount has tenths of a fen', order: { reference: 'T1', amount: '1.001' } },
    { when: 'nothing is to be paid', order: { reference: 'T1', amount: '0.00' } },
    { when: 'the number is not allowed', order: { reference: 'T-1', amount: '1.00' } },
  ])('no order is made by hand when $when', async ({ order, says = '' }) => {
    const { url } = await alipayOf();
    const refused = await call(url, 'POST', '/__topple/order', {}, JSON.stringify(order));
    const body = { error: expect.stringContaining(says), next: expect.any(String) };
    expect(refused).toMatchObject({ status: 400, body });
    expect((await call(url, 'GET', '/__topple/orders')).body).toEqual({ orders: [] });
  });

  test('each provider says where all are', async () => {
    const { description } = await serve();
    for (const { url } of Object.values(description.providers)) {
      expect((await call(url, 'GET', '/__topple/mocks')).body).toEqual(description);
    }
  });

  test('a cloud takes no payments', async () => {
    const url = (await serve()).description.providers['alibaba-cloud']?.url ?? '';
    expect(await call(url, 'POST', '/__topple/pay', {}, '{"reference":"T1"}')).toMatchObject({
      status: 404,
      body: { error: 'alibaba-cloud has no route POST pay: it is a cloud, and nobody pays there.' },
    });
    expect((await call(url, 'GET', '/__topple/deeds')).body).toEqual({ deeds: [] });
  });
});
