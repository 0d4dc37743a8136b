/** Every way out of a simulated world is met, with the line that took it; what stays inside is left alone. */
import nodeCrypto, { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSentinel, type Sentinel } from './sentinel.ts';
import { quiescence } from './steps.ts';
import { virtualClock } from './virtual-clock.ts';

let sentinel: Sentinel;
beforeEach(() => {
  sentinel = openSentinel();
});
afterEach(() => {
  sentinel.close();
});

const key = nodeCrypto.generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;

const ways: readonly { what: string; go: () => unknown }[] = [
  { what: 'Timeout', go: () => clearTimeout(globalThis.setTimeout(() => undefined, 1)) },
  { what: 'Immediate', go: () => globalThis.setImmediate(() => undefined) },
  { what: 'TCP', go: () => connect(1, '127.0.0.1').on('error', () => undefined) },
  { what: 'FSREQPROMISE', go: () => readFile(import.meta.filename) },
  { what: 'digest', go: () => globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(1)) },
  { what: 'RANDOMBYTESREQUEST', go: () => nodeCrypto.randomFill(new Uint8Array(1), () => undefined) },
  { what: 'SIGNREQUEST', go: () => nodeCrypto.sign('sha256', Buffer.from('a'), key, () => undefined) },
  { what: 'fetch', go: () => fetch('http://127.0.0.1:1') },
  { what: 'now', go: () => Date.now() },
  { what: 'Date', go: () => new Date() },
  { what: 'now', go: () => performance.now() },
  { what: 'hrtime', go: () => process.hrtime() },
  { what: 'random', go: () => Math.random() },
  { what: 'randomUUID', go: () => randomUUID() },
  { what: 'randomUUID', go: () => globalThis.crypto.randomUUID() },
  { what: 'getRandomValues', go: () => nodeCrypto.getRandomValues(new Uint8Array(1)) },
];

describe('a leak', () => {
  test.each(ways)('through $what $go is an error that names this file', async ({ what, go }) => {
    await sentinel.run(async () => {
      await Promise.resolve();
      try {
        await go();
      } catch {
        // What the program swallows is found all the same.
      }
    });
    await quiescence();
    const found = expect.objectContaining({
      code: 'real-world-leak',
      message: expect.stringContaining(what),
      why: expect.stringContaining('sentinel.test.ts:'),
    });
    expect(() => sentinel.check()).toThrow(found);
  });

  test.each(ways)('through $what outside of the world is nobody’s business', async ({ go }) => {
    await sentinel.run(async () => undefined);
    await Promise.resolve(go()).catch(() => undefined);
    expect(() => sentinel.check()).not.toThrow();
  });
});

test('what a service does on its ports leaves no trace: promises, bodies, hashes, dates of given moments', async () => {
  const seen = await sentinel.run(async () => {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    const request = new Request('http://any.test', { method: 'POST', body: Buffer.from('{"n":1}') });
    const { n } = (await request.json()) as { n: number };
    const answer = await new Response(JSON.stringify({ n })).text();
    return [answer, createHash('sha256').update(answer).digest('hex').length, new Date(0).toISOString()];
  });
  expect(seen).toEqual(['{"n":1}', 64, '1970-01-01T00:00:00.000Z']);
  expect(() => sentinel.check()).not.toThrow();
});

test('a signature that is made at once leaves no trace', () => {
  expect(sentinel.run(() => nodeCrypto.sign('sha256', Buffer.from('a'), key).length)).toBe(128);
  expect(() => sentinel.check()).not.toThrow();
});

test('what the world does for a program that set it off is its own business', () => {
  sentinel.run(() => sentinel.outside(() => Date.now()));
  expect(() => sentinel.check()).not.toThrow();
});

test('a timer of the world’s clock goes on as the world, and what it does is watched', async () => {
  const clock = virtualClock(0);
  sentinel.run(() => clock.after(5, () => Date.now()));
  await expect(clock.steps()[0]?.take()).rejects.toMatchObject({ code: 'real-world-leak' });
});

test('a closed sentinel gives everything back', () => {
  sentinel.close();
  sentinel.run(() => [new Date(), Math.random(), randomUUID()]);
  expect(() => sentinel.check()).not.toThrow();
});
