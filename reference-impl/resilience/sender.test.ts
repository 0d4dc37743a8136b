import { expect, test } from 'vitest';
import { timesFor } from '../config.ts';
import type { Http } from '../ports.ts';
import { testConfig, testPorts } from '../test-world.ts';
import type { Failure } from './failure.ts';
import { policyOf } from './policy.ts';
import { openSender } from './sender.ts';

const policy = policyOf('stripe');
const unknown = (reason: string): Failure => ({ kind: 'unknown', reason, isStrain: true });

/** What comes of a request to a provider that is `http`. */
const sent = (http: Http) => {
  const role = { config: { ...testConfig, times: timesFor(1) }, ports: testPorts({} as never, http) };
  const send = openSender<Failure>(role, policy, {
    read: (status, text, headers) => unknown(`${status} ${text} ${headers.get('x-from')}`),
    lost: unknown,
  });
  return send('http://provider.test/pay', { method: 'POST', headers: {}, body: 'b' });
};

const answer = (text: () => Promise<string>) => ({
  status: 503,
  headers: new Headers({ 'retry-after': '7', 'x-from': 'them' }),
  text,
});

test('status, text and headers are read, and how long the provider asks to be left alone', async () => {
  let asked: unknown;
  const read = await sent(async (url, request) => {
    asked = { url, ...request };
    return answer(async () => 'busy');
  });
  expect(read).toEqual({ ...unknown('503 busy them'), waitMs: 7_000 });
  const request = { method: 'POST', headers: {}, body: 'b', timeoutMs: policy.timeoutMs };
  expect(asked).toEqual({ url: 'http://provider.test/pay', ...request });
});

const breaking = () => Promise.reject(new Error('connection reset'));

test.each([
  { what: 'no answer', http: breaking },
  { what: 'half an answer', http: async () => answer(breaking) },
])('$what is lost, not thrown', async ({ http }) => {
  expect(await sent(http)).toEqual(unknown('connection reset'));
});
