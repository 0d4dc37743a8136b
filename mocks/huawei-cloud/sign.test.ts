import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { Call, OpenProvider } from '#harness/provider';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { huaweiCloud } from './index.ts';

const { AKSKSigner } = createRequire(import.meta.url)(
  '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js',
) as typeof import('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js');

const open = () => {
  const clock = clockAtNewYear();
  return { clock, provider: huaweiCloud.open(testPorts({ clock, wall: clock })) };
};

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly data?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const adjustPath = '/v2/accounts/partner-accounts/adjust-amount';
const recordsPath = '/v3/accounts/partner-accounts/adjust-records';
const grant = { method: 'POST', path: adjustPath, data: { customer_id: 'c1', amount: 88.88 } };

/** A call signed by the SDK's own signer at New Year. */
const signed = ({ identity }: OpenProvider, asked: Asked = grant, secretKey = identity.secretKey): Call => {
  const { method = 'GET', path = recordsPath, query = {}, data, headers = {} } = asked;
  const request = {
    method,
    endpoint: `http://127.0.0.1:1${path}`,
    queryParams: { ...query },
    headers: { 'content-type': 'application/json', 'X-Sdk-Date': '20260101T000000Z', ...headers },
    ...(data && { data }),
  };
  const credential = { getAk: () => identity.accessKey, getSk: () => secretKey };
  const all = AKSKSigner.sign(request as never, credential as never) as Record<string, string>;
  const parameters = new URLSearchParams(query);
  return {
    method,
    path,
    query: parameters,
    rawQuery: parameters.toString(),
    headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(data ? JSON.stringify(data) : ''),
  };
};

const answerTo = (provider: OpenProvider, call: Call) => {
  const answer = provider.handle(call);
  return 'cut' in answer ? answer : { status: answer.status, ...JSON.parse(Buffer.from(answer.body).toString()) };
};

/** All of the provider that a call may change. */
const stateOf = (provider: OpenProvider) => [
  provider.records().grants,
  answerTo(provider, signed(provider, { path: '/v2/accounts/partner-accounts/balances' })),
];

describe('the signature', () => {
  test('of the SDK verifies, over any characters', () => {
    const { provider } = open();
    expect(answerTo(provider, signed(provider))).toMatchObject({ status: 200 });
    const query = { z: "a b+c*~!'()/中%", a: '', customer_id: 'c1', 'A b': '1' };
    expect(answerTo(provider, signed(provider, { query }))).toMatchObject({ status: 200, total_count: 1 });
  });

  test('may be over the hash of the body, in a header of its own', () => {
    const { provider } = open();
    const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const answer = answerTo(provider, signed(provider, { headers: { 'X-Sdk-Content-Sha256': hash } }));
    expect(answer).toMatchObject({ status: 200 });
  });

  test.each([
    { what: 'another body', after: { body: Buffer.from('{"customer_id":"c1","amount":99.99}') } },
    { what: 'no body', after: { body: new Uint8Array() } },
    { what: 'a query', after: { query: new URLSearchParams('x=1'), rawQuery: 'x=1' } },
    { what: 'another method’s', after: { method: 'GET', path: recordsPath } },
    { what: 'another path', after: { path: '/v2/accounts/partner-accounts/reclaim' } },
    { what: 'another date', headers: { 'x-sdk-date': '20260101T000001Z' } },
    { what: 'another host', headers: { host: 'evil.test' } },
    { what: 'another content type', headers: { 'content-type': 'text/plain' } },
    { what: 'the hash of another body', headers: { 'x-sdk-content-sha256': '0'.repeat(64) } },
  ])('is refused for $what, and nothing changes', ({ after, headers }) => {
    const { provider } = open();
    const before = stateOf(provider);
    const call = signed(provider);
    const tampered = { ...call, ...after, headers: { ...call.headers, ...headers } };
    expect(answerTo(provider, tampered)).toEqual({
      status: 401,
      error_code: 'APIG.0301',
      error_msg: 'Incorrect IAM authentication information: verify aksk signature fail',
      request_id: expect.stringMatching(/^\w{32}$/),
    });
    expect(stateOf(provider)).toEqual(before);
  });

  test('over no body at all passes for an empty body alone', () => {
    const { provider } = open();
    const unsigned = { 'X-Sdk-Content-Sha256': 'UNSIGNED-PAYLOAD' };
    expect(answerTo(provider, signed(provider, { headers: unsigned }))).toMatchObject({ status: 200 });
    const answer = answerTo(provider, signed(provider, { ...grant, headers: unsigned }));
    expect(answer).toMatchObject({ status: 401, error_code: 'APIG.0301' });
    expect(provider.records().grants).toEqual([]);
  });

  test.each([
    { when: 'there is none', authorization: () => '' },
    { when: 'it is of another scheme', authorization: (given: string) => given.replace('SDK-HMAC', 'HMAC') },
    { when: 'the host is not signed', authorization: (given: string) => given.replace(';host', '') },
    { when: 'the date is not signed', authorization: (given: string) => given.replace(';x-sdk-date', '') },
    {
      when: 'a header is signed that was not sent',
      authorization: (given: string) => given.replace('=content-type', '=constructor;content-type'),
    },
    { when: 'it is cut off', authorization: (given: string) => given.slice(0, -1) },
  ])('401 when $when', ({ authorization }) => {
    const { provider } = open();
    const call = signed(provider);
    const headers = { ...call.headers, authorization: authorization(call.headers.authorization ?? '') };
    expect(answerTo(provider, { ...call, headers })).toMatchObject({
      status: 401,
      error_code: 'APIG.0301',
      error_msg: expect.stringContaining('info is missing'),
    });
    expect(provider.records().grants).toEqual([]);
  });

  test.each(['20251231T234459Z', '20260101T001501Z'])('401 for the date %s, a quarter of an hour away', (date) => {
    const { provider } = open();
    const call = signed(provider, { ...grant, headers: { 'X-Sdk-Date': date } });
    expect(answerTo(provider, call)).toMatchObject({ status: 401, error_msg: expect.stringContaining('expired') });
    const near = date.startsWith('2025') ? '20251231T234500Z' : '20260101T001500Z';
    expect(answerTo(provider, signed(provider, { ...grant, headers: { 'X-Sdk-Date': near } }))).toMatchObject({
      status: 200,
    });
  });

  test('401 for a date of no form', () => {
    const { provider } = open();
    const call = signed(provider);
    const headers = { ...call.headers, 'x-sdk-date': '2026-01-01T00:00:00Z' };
    expect(answerTo(provider, { ...call, headers })).toMatchObject({ status: 401 });
  });

  test('of a client that keeps real time verifies although the provider’s clock has run ahead', () => {
    const clock = clockAtNewYear();
    const provider = huaweiCloud.open(testPorts({ clock, wall: clockAtNewYear() }));
    clock.advance(24 * 3_600_000);
    expect(answerTo(provider, signed(provider))).toMatchObject({ status: 200 });
  });

  test('of equal calls in one second is the same: nothing tells them apart', () => {
    const { provider } = open();
    expect(signed(provider)).toEqual(signed(provider));
  });
});
