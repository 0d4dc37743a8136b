import { verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Call, noFaults } from '#harness/provider';
import { recordingDelivery, step, testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';
import { ask, order, ordered } from './test-calls.ts';

describe('the buyer', () => {
  test('pays once, however often', () => {
    const { provider } = ordered();
    provider.pay?.('T1');
    provider.pay?.('T1');
    expect(provider.records().payments.length).toBe(1);
  });

  test('cannot pay what nobody asked for', () => {
    const { provider } = ordered();
    expect(() => provider.pay?.('T2')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
  });

  test('pays what the site says, and notice, query and record agree on it', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: 'success' });
    const { clock, provider } = ordered({
      deliver,
      site: { ...noFaults, onCapture: (point) => point.amountMinor - 2n },
    });
    provider.pay?.('T1');
    await step(clock, 0);
    expect(new URLSearchParams(Buffer.from(sent[0]?.body ?? '').toString()).get('total_amount')).toBe('9.98');
    expect(ask(provider, 'query', { out_trade_no: 'T1' })).toMatchObject({ total_amount: '9.98' });
    expect(provider.records().payments).toMatchObject([{ amountMinor: 998n, currency: 'CNY' }]);
  });
});

describe('cuts', () => {
  test.each([
    { cut: 'before', left: [] },
    { cut: 'afterEffect', left: ['T1'] },
    { cut: 'midBody', left: ['T1'] },
  ] as const)('$cut leaves the right effect behind', ({ cut, left }) => {
    const site = {
      ...noFaults,
      onCall: ({ operation }: { operation: string }) => (operation.endsWith('precreate') ? cut : 'answer'),
    } as const;
    const provider = alipay.open(testPorts({ site }));
    expect(ask(provider, 'precreate', order)).toEqual({ cut });
    expect(provider.byHand?.orders().map(({ reference }) => reference)).toEqual(left);
    expect(provider.records().calls.map((call) => call.outcome)).toEqual([cut]);
  });
});

describe('answers', () => {
  test('escape every slash, and the signature is over the escaped text', () => {
    const { provider } = ordered();
    let raw = '';
    const handle = (call: Call) => {
      const answer = provider.handle(call);
      raw = 'cut' in answer ? '' : Buffer.from(answer.body).toString();
      return answer;
    };
    ask({ ...provider, handle }, 'precreate', order);
    const [, inner = '', sign = ''] =
      /^\{"alipay_trade_precreate_response":(\{.*\}),"sign":"([^"]+)"\}$/.exec(raw) ?? [];
    expect(inner).toContain('"https:\\/\\/qr.alipay.com\\/');
    const key = provider.identity.alipayPublicKey ?? '';
    expect(verify('RSA-SHA256', Buffer.from(inner), key, Buffer.from(sign, 'base64'))).toBe(true);
  });
});

describe('keys', () => {
  test('come from keysDir when it is given', () => {
    const folder = mkdtempSync(join(tmpdir(), 'topple-keys-'));
    const unreadable = (name: string) =>
      expect.objectContaining({ code: 'unreadable-key', message: expect.stringContaining(name) });
    expect(() => alipay.open(testPorts({ keysDir: folder }))).toThrow(unreadable('alipay-gateway-private-key.pem'));
    const committed = alipay.open(testPorts()).identity.appPrivateKey ?? '';
    writeFileSync(join(folder, 'alipay-gateway-private-key.pem'), committed);
    writeFileSync(join(folder, 'alipay-app-private-key.pem'), 'rubbish');
    expect(() => alipay.open(testPorts({ keysDir: folder }))).toThrow(unreadable('alipay-app-private-key.pem'));
    writeFileSync(join(folder, 'alipay-app-private-key.pem'), committed);
    expect(ask(alipay.open(testPorts({ keysDir: folder })), 'precreate', order)).toMatchObject({ code: '10000' });
    rmSync(folder, { recursive: true });
  });
});
