/** TLS and the proxy, judged by Node's own TLS, by curl-like requests, and by an SDK in another language. */
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { randomFrom } from '#harness/seed';
import { mockAt } from '../client.ts';
import { hosts } from '../hosts.ts';
import type { providers } from '../index.ts';
import { type ServedMocks, serveMocks } from '../serve.ts';
import { makeAuthority } from './authority.ts';

let mocks: ServedMocks;
beforeEach(async () => {
  mocks = await serveMocks({ clock: systemClock, wall: systemClock, random: randomFrom('tls'), tls: true });
  onTestFinished(() => mocks.close());
});

const described = (id: keyof typeof providers) => mocks.description.providers[id] ?? expect.unreachable();
const ca = () => mocks.description.caCertificate ?? expect.unreachable();

/** A GET over TLS, through a socket where one is given. */
const get = (url: string, trusted: string | undefined, socket?: Socket) =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const take = (response: IncomingMessage): void => {
      response.toArray().then((chunks) => resolve({ status: response.statusCode, text: chunks.join('') }), reject);
    };
    const { hostname, pathname } = new URL(url);
    const createConnection = () => connect({ socket, ca: trusted, servername: hostname });
    const asked = socket
      ? plainRequest({ createConnection, path: pathname, headers: { host: hostname, connection: 'close' } }, take)
      : request(url, { ca: trusted, agent: false }, take);
    asked.on('error', reject).end();
  });

/** What the proxy answers to CONNECT, and the socket behind it. */
const tunnel = (host: string) =>
  new Promise<{ status: number | undefined; socket: Socket }>((resolve, reject) => {
    const { hostname, port } = new URL(mocks.description.proxy ?? '');
    const asked = plainRequest({ hostname, port, method: 'CONNECT', path: `${host}:443` });
    asked.on('connect', ({ statusCode: status }, socket) => resolve({ status, socket }));
    asked.on('error', reject).end();
  });

describe('over TLS', () => {
  test('a provider is trusted by whom has the authority, and by nobody else', async () => {
    const url = described('stripe').tlsUrl ?? '';
    expect(url).toMatch(/^https:/);
    expect((await get(`${url}/v1/events`, ca())).status).toBe(401);
    await expect(get(`${url}/v1/events`, undefined)).rejects.toThrow('certificate');
  });

  test('it is the same provider as without', async () => {
    await mockAt(described('alipay').url).ask('order', { reference: 'T1', amount: '10.00' });
    const { text } = await get(`${described('alipay').tlsUrl}/__topple/orders`, ca());
    expect(JSON.parse(text).orders).toMatchObject([{ reference: 'T1' }]);
  });

  test('a cut is an error of the connection', async () => {
    const { url, tlsUrl, identity } = described('stripe');
    await mockAt(url).behave({ does: 'answer-cut', operation: 'GET /v1/events' });
    const events = new URL(`${tlsUrl}/v1/events`);
    events.username = identity.secretKey ?? '';
    await expect(get(events.href, ca())).rejects.toThrow('aborted');
    expect((await get(events.href, ca())).status).toBe(200);
  });

  test('every run has an authority of its own, whose certificates say what they are for', () => {
    const [first, second] = [1, 2].map(() =>
      makeAuthority(['localhost', '127.0.0.1', 'api.stripe.com'], systemClock.nowMs()),
    );
    const root = new X509Certificate(first?.caCertificate ?? '');
    const leaf = new X509Certificate(first?.certificate ?? '');
    expect(root.ca).toBe(true);
    expect(root.checkIssued(root)).toBe(true);
    expect({ isCa: leaf.ca, isOurs: leaf.checkIssued(root) && leaf.verify(root.publicKey) }).toEqual({
      isCa: false,
      isOurs: true,
    });
    expect([leaf.checkHost('api.stripe.com'), leaf.checkIP('127.0.0.1'), leaf.checkHost('evil.test')]).toEqual([
      'api.stripe.com',
      '127.0.0.1',
      undefined,
    ]);
    expect(leaf.verify(new X509Certificate(second?.caCertificate ?? '').publicKey)).toBe(false);
  });
});

describe('the proxy', () => {
  test('leads from each host of a vendor to its mock', async () => {
    for (const [id, names] of Object.entries(hosts)) {
      for (const host of names) {
        const { status, socket } = await tunnel(host);
        expect(status).toBe(200);
        await get(`https://${host}/nothing-here`, ca(), socket);
      }
      const records = await mockAt(described(id as keyof typeof providers).url).ask('records');
      expect((records.calls as object[]).length).toBe(names.length);
    }
  });

  test.each(['example.com', 'api.stripe.com.evil.test', '127.0.0.1', 'localhost', ''])('refuses %j', async (host) => {
    const { status, socket } = await tunnel(host);
    socket.destroy();
    expect(status).toBe(403);
  });

  test('survives a client that talks no TLS', async () => {
    const { socket } = await tunnel('api.stripe.com');
    socket.end('GET / HTTP/1.1\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    expect((await tunnel('api.stripe.com')).status).toBe(200);
  });

  test('takes plain requests for a vendor’s host as well', async () => {
    const { hostname, port } = new URL(mocks.description.proxy ?? '');
    const status = (path: string) =>
      new Promise((resolve, reject) => {
        const asked = plainRequest({ hostname, port, path, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject).end();
      });
    expect(await status('http://api.stripe.com/v1/events')).toBe(401);
    expect(await status('http://example.com/')).toBe(403);
  });
});

describe('stripe for Python, which knows api.stripe.com alone', () => {
  const python = process.env.TOPPLE_PYTHON ?? 'python3';

  test('pays through the proxy, and is refused what it has no right to', async ({ skip }) => {
    const { status } = spawnSync(python, ['-c', 'import stripe']);
    skip(status !== 0, `${python} has no module stripe: pip install stripe, or set PYTHONPATH`);
    const folder = mkdtempSync(join(tmpdir(), 'topple-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'ca.pem');
    writeFileSync(file, ca());
    const program = `
import json, sys, stripe
stripe.proxy, stripe.ca_bundle_path, stripe.api_key = sys.argv[1:4]
stripe.max_network_retries = 0
made = stripe.PaymentIntent.create(amount=8888, currency="usd", metadata={"order_no": "P1"},
  payment_method="pm_card_visa", confirm=True, return_url="https://merchant.test/")
seen = [stripe.PaymentIntent.retrieve(made.id).status]
try:
  stripe.Refund.create(payment_intent=made.id, amount=9999)
except stripe.InvalidRequestError as error:
  seen.append(error.http_status)
stripe.api_key = "wrong"
try:
  stripe.PaymentIntent.retrieve(made.id)
except stripe.AuthenticationError as error:
  seen.append(error.http_status)
print(json.dumps(seen))
`;
    const args = ['-c', program, mocks.description.proxy ?? '', file, described('stripe').identity.secretKey ?? ''];
    const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
    expect(JSON.parse(output.join(''))).toEqual(['succeeded', 400, 401]);
    const { payments } = await mockAt(described('stripe').url).ask('records');
    expect(payments).toMatchObject([{ reference: 'P1', amountMinor: '8888' }]);
  }, 120_000);
});
