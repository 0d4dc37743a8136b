import { describe, expect, test } from 'vitest';
import type { Call, OpenProvider } from '#harness/provider';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { alibabaCloud } from './index.ts';
import { core } from './test-sdk.ts';

const newYear = '2026-01-01T00:00:00Z';
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const parameters = { OwnerId: '9007199254740993', Z: "a b+c*~!'()/中", A: '', A1: '' };

/** A query of the quota, signed by the vendor's own function; `change` is applied before, `after` behind its back. */
const callOf = (provider: OpenProvider, change: Record<string, string> = {}, after: Partial<Call> = {}): Call => {
  const headers: Record<string, string> = {
    host: '127.0.0.1:1',
    'x-acs-action': 'QueryResellerAvailableQuota',
    'x-acs-version': '2017-12-14',
    'x-acs-date': newYear,
    'x-acs-signature-nonce': 'n1',
    'x-acs-content-sha256': emptyHash,
    ...change,
  };
  const { accessKeyId = '', accessKeySecret = '' } = provider.identity;
  const request = { method: 'POST', pathname: '/', query: parameters, headers };
  const signer = core.OpenApiUtil.getAuthorization as (...all: unknown[]) => string;
  const authorization = signer(request, 'ACS3-HMAC-SHA256', emptyHash, accessKeyId, accessKeySecret);
  const query = new URLSearchParams(parameters);
  const sent = { method: 'POST', path: '/', query, rawQuery: query.toString(), body: new Uint8Array() };
  return { ...sent, headers: { ...headers, authorization }, ...after };
};

const open = () => {
  const clock = clockAtNewYear();
  return { clock, provider: alibabaCloud.open(testPorts({ clock, wall: clock })) };
};

const answerTo = (provider: OpenProvider, call: Call) => {
  const answer = provider.handle(call);
  return 'cut' in answer ? answer : { status: answer.status, ...JSON.parse(Buffer.from(answer.body).toString()) };
};

describe('the signature', () => {
  test('covers any characters, and account numbers above 2^53 stay exact', () => {
    const { provider } = open();
    expect(answerTo(provider, callOf(provider))).toMatchObject({ status: 200, Success: true, Data: '0.00' });
  });

  const body = Buffer.from('x');
  test.each([
    {
      when: 'an old date',
      change: { 'x-acs-date': '2025-12-31T23:44:59Z' },
      status: 400,
      code: 'InvalidTimeStamp.Expired',
    },
    {
      when: 'a far date',
      change: { 'x-acs-date': '2026-01-01T00:15:01Z' },
      status: 400,
      code: 'InvalidTimeStamp.Expired',
    },
    {
      when: 'another query',
      after: { query: new URLSearchParams('OwnerId=2') },
      status: 400,
      code: 'SignatureDoesNotMatch',
    },
    { when: 'a hash of no body', change: { 'x-acs-content-sha256': 'x' }, status: 400, code: 'SignatureDoesNotMatch' },
    { when: 'a body', after: { body }, status: 400, code: 'SignatureDoesNotMatch' },
  ])('$code for $when', ({ change, after, status, code }) => {
    const { provider } = open();
    const answer = answerTo(provider, callOf(provider, change, after));
    expect(answer).toMatchObject({ status, Code: code, HostId: 'business.aliyuncs.com' });
    expect(answer.RequestId).toMatch(/^[0-9A-F-]{36}$/);
  });

  test.each([
    { when: 'no Authorization', headers: (all: Record<string, string>) => ({ ...all, authorization: '' }) },
    { when: 'rubbish', headers: (all: Record<string, string>) => ({ ...all, authorization: 'ACS3-HMAC-SHA256 x' }) },
    { when: 'an unsigned x-acs- header', headers: (all: Record<string, string>) => ({ ...all, 'x-acs-extra': '1' }) },
    {
      when: 'a signed header that was not sent',
      headers: ({ authorization = '', ...all }: Record<string, string>) => ({
        ...all,
        authorization: authorization.replace('=host;', '=constructor;host;'),
      }),
    },
    { when: 'no host', headers: ({ host: _, ...all }: Record<string, string>) => all },
  ])('IncompleteSignature for $when', ({ headers }) => {
    const { provider } = open();
    const call = callOf(provider);
    expect(answerTo(provider, { ...call, headers: headers({ ...call.headers }) })).toMatchObject({
      status: 400,
      Code: 'IncompleteSignature',
    });
  });

  test('a nonce serves once within its window, and only a verified call spends it', () => {
    const { clock, provider } = open();
    const call = callOf(provider);
    expect(answerTo(provider, { ...call, body })).toMatchObject({ Code: 'SignatureDoesNotMatch' });
    expect(answerTo(provider, call)).toMatchObject({ Success: true });
    expect(answerTo(provider, call)).toMatchObject({ Code: 'SignatureNonceUsed' });
    clock.advance(31 * 60_000);
    const later = { 'x-acs-date': '2026-01-01T00:31:00Z' };
    expect(answerTo(provider, callOf(provider, later))).toMatchObject({ Code: 'SignatureNonceUsed' });
  });

  test('a client that keeps real time is let in although the clock of the provider has run ahead', () => {
    const clock = clockAtNewYear();
    const provider = alibabaCloud.open(testPorts({ clock, wall: clockAtNewYear() }));
    clock.advance(24 * 3_600_000);
    expect(answerTo(provider, callOf(provider))).toMatchObject({ Success: true });
  });
});
