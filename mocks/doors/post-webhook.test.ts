import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { steppedClock, systemClock } from '#harness/clock';
import { postWebhook } from './post-webhook.ts';

let server: Server | undefined;

const receiver = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
};
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const webhook = (url: string) => ({
  url,
  headers: { 'content-type': 'text/x-test' },
  body: Buffer.from('a=%E4%B8%AD'),
  reference: 'T1',
  eventId: 'e1',
  attempt: 1,
});

describe('postWebhook', () => {
  test('posts the exact bytes once and gives the answer back', async () => {
    const seen: string[] = [];
    const url = await receiver(async (request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${await request.toArray()}`);
      response.writeHead(202).end('success');
    });
    expect(await postWebhook(systemClock)(webhook(url))).toEqual({ status: 202, body: 'success' });
    expect(seen).toEqual(['POST /hook text/x-test a=%E4%B8%AD']);
  });

  test('tells when the receiver wants to be asked again', async () => {
    const url = await receiver((_request, response) => response.writeHead(503, { 'Retry-After': '120' }).end());
    expect(await postWebhook(systemClock)(webhook(url))).toEqual({ status: 503, body: '', retryAfter: '120' });
  });

  test('does not follow a redirect', async () => {
    const asked: (string | undefined)[] = [];
    const url = await receiver((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await postWebhook(systemClock)(webhook(url))).toMatchObject({ status: 307 });
    expect(asked).toEqual(['/hook']);
  });

  test('gives up when the time is over, also in the middle of a body', async () => {
    const clock = steppedClock(0);
    const url = await receiver((_, response) => {
      response.writeHead(200).write('succ');
      clock.advance(999);
      systemClock.after(0, () => clock.advance(1));
    });
    const answer = await postWebhook(clock, 1_000)(webhook(url));
    expect(answer).toMatchObject({ status: 0 });
    expect(answer.body).toContain('no answer within 1000 ms');
  });

  test('waits no longer than the provider does', async () => {
    const clock = steppedClock(0);
    const url = await receiver(() => systemClock.after(0, () => clock.advance(50)));
    const answer = await postWebhook(clock, 1_000)({ ...webhook(url), answerWithinMs: 50 });
    expect(answer).toEqual({ status: 0, body: 'Error: no answer within 50 ms' });
  });

  test.each([
    { when: 'the connection is reset', url: () => receiver((request) => request.socket.resetAndDestroy()) },
    { when: 'the URL is none', url: async () => 'notify me' },
    { when: 'nobody listens', url: async () => 'http://127.0.0.1:1/' },
  ])('is status 0 when $when', async ({ url }) => {
    expect(await postWebhook(systemClock)(webhook(await url()))).toMatchObject({ status: 0 });
  });
});
