import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { noFaults, type OpenProvider } from '#harness/provider';
import { core } from '../alibaba-cloud/test-sdk.ts';
import { providers } from '../index.ts';
import { testPorts } from '../test-ports.ts';
import { mswHandlers } from './msw.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const host = 'business.aliyuncs.com';

/** Asks for a quota as the vendor signs it, through fetch. */
const askQuota = (provider: OpenProvider, nonce: string): Promise<Response> => {
  const { accessKeyId = '', accessKeySecret = '' } = provider.identity;
  const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const headers = {
    'x-acs-action': 'QueryResellerAvailableQuota',
    'x-acs-version': '2017-12-14',
    'x-acs-date': core.OpenApiUtil.getTimestamp(),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': hash,
  };
  const request = { method: 'POST', pathname: '/', query: { OwnerId: '1' }, headers: { ...headers, host } };
  const signer = core.OpenApiUtil.getAuthorization as (...all: unknown[]) => string;
  const authorization = signer(request, 'ACS3-HMAC-SHA256', hash, accessKeyId, accessKeySecret);
  return fetch(`https://${host}/?OwnerId=1`, { method: 'POST', headers: { ...headers, authorization } });
};

describe('the msw door', () => {
  test('answers fetch at the vendor’s own address, signature and all', async () => {
    const provider = providers['alibaba-cloud'].open(testPorts());
    server.use(...mswHandlers(provider, `https://${host}/`));
    const response = await askQuota(provider, 'n1');
    expect(response.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(await response.json()).toMatchObject({ Success: true, Data: '0.00' });
  });

  test('serves a path below the base, and a body', async () => {
    const provider = providers.alipay.open(testPorts());
    server.use(...mswHandlers(provider, 'https://openapi.alipay.com'));
    const response = await fetch('https://openapi.alipay.com/gateway.do?app_id=1', {
      method: 'POST',
      body: new URLSearchParams({ method: 'alipay.trade.query' }),
    });
    const refused = { sub_code: 'isv.invalid-app-id' };
    expect(await response.json()).toMatchObject({ alipay_trade_query_response: refused });
  });

  test.each(['before', 'afterEffect'] as const)('a cut %s is a failed fetch', async (cut) => {
    const provider = providers['alibaba-cloud'].open(testPorts({ site: { ...noFaults, onCall: () => cut } }));
    server.use(...mswHandlers(provider, `https://${host}`));
    await expect(askQuota(provider, 'n1')).rejects.toThrow(TypeError);
    expect(provider.records().calls).toMatchObject([{ outcome: cut }]);
  });

  test('a cut in the middle is a body that fails after its first half', async () => {
    const provider = providers['alibaba-cloud'].open(testPorts({ site: { ...noFaults, onCall: () => 'midBody' } }));
    server.use(...mswHandlers(provider, `https://${host}`));
    const response = await askQuota(provider, 'n1');
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? '').toString()).toMatch(/^\{"Code":"200"/);
    await expect(reader?.read()).rejects.toThrow('terminated');
  });
});
