import { generateKeyPairSync } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { type CallPoint, noFaults, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { openSocketDoor, type SocketDoor } from '../doors/socket.ts';
import { recordingDelivery, testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';

let provider: OpenProvider;
let door: SocketDoor;

const open = async (given: Partial<ProviderPorts> = {}, client: { privateKey?: string; publicKey?: string } = {}) => {
  provider = alipay.open(testPorts(given));
  door = await openSocketDoor(provider);
  const { appId = '', appPrivateKey = '', alipayPublicKey = '' } = provider.identity;
  return new AlipaySdk({
    appId,
    privateKey: client.privateKey ?? appPrivateKey,
    keyType: 'PKCS8',
    alipayPublicKey: client.publicKey ?? alipayPublicKey,
    gateway: `${door.url}/gateway.do`,
  });
};

afterEach(async () => {
  provider.stop();
  await door.close();
});

const notifyUrl = 'http://merchant.test/webhooks/alipay';
const subject = '充值 100% / "a&b"';
const precreate = (sdk: AlipaySdk, total_amount: string | number = '88.88') =>
  sdk.exec(
    'alipay.trade.precreate',
    { notifyUrl, bizContent: { out_trade_no: 'T1', total_amount, subject } },
    { validateSign: true },
  );
const query = (sdk: AlipaySdk, bizContent = { out_trade_no: 'T1' }) =>
  sdk.exec('alipay.trade.query', { bizContent }, { validateSign: true });
const pem = (type: 'pkcs8' | 'spki') => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = type === 'pkcs8' ? privateKey : publicKey;
  return key.export({ type, format: 'pem' }).toString().trim();
};

describe('judged by alipay-sdk', () => {
  test('precreate answers a signed QR code, and the same one for the same number', async () => {
    const sdk = await open();
    const first = await precreate(sdk);
    expect(first).toMatchObject({ code: '10000', outTradeNo: 'T1' });
    expect(first.qrCode).toMatch(/^https:\/\/qr\.alipay\.com\//);
    const again = await precreate(sdk, 88.88);
    expect(again).toEqual({ ...first, traceId: expect.stringMatching(/^\w{32}$/) });
    expect(again.traceId).not.toBe(first.traceId);
  });

  test('a trade is unknown until its code is scanned, waits, is paid, and cannot be created again', async () => {
    const sdk = await open();
    expect(await query(sdk)).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
    await precreate(sdk);
    expect(await query(sdk)).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
    provider.byHand?.deeds.scan?.('T1');
    expect(await query(sdk)).toMatchObject({ code: '10000', tradeStatus: 'WAIT_BUYER_PAY', receiptAmount: '0.00' });
    provider.pay?.('T1');
    const paid = await query(sdk);
    expect(paid).toMatchObject({ tradeStatus: 'TRADE_SUCCESS', totalAmount: '88.88', receiptAmount: '88.88' });
    expect(provider.records().payments).toMatchObject([{ id: paid.tradeNo, reference: 'T1', amountMinor: 8888n }]);
    expect(await precreate(sdk)).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_HAS_SUCCESS' });
  });

  test('a request signed with another key is refused in a signed answer', async () => {
    const sdk = await open({}, { privateKey: pem('pkcs8') });
    const refused = await precreate(sdk);
    expect(refused).toMatchObject({ code: '40002', subCode: 'isv.invalid-signature' });
    expect(refused.subMsg).toContain('sign_type=RSA2&amp;timestamp=');
    expect(provider.records().calls).toMatchObject([{ operation: 'alipay.trade.precreate', outcome: 200 }]);
  });

  test('the SDK refuses the answers when it knows another gateway key', async () => {
    const sdk = await open({}, { publicKey: pem('spki') });
    await expect(precreate(sdk)).rejects.toThrow('验签失败');
  });

  test('the notice verifies, and no longer when one value is changed', async () => {
    const { sent, deliver } = recordingDelivery({ status: 200, body: 'success' });
    const sdk = await open({ deliver });
    await precreate(sdk);
    provider.pay?.('T1');
    await expect.poll(() => provider.idle()).toBe(true);
    expect(sent).toMatchObject([{ url: notifyUrl, reference: 'T1', attempt: 1 }]);
    const fields = Object.fromEntries(new URLSearchParams(Buffer.from(sent[0]?.body ?? '').toString()));
    const { appId, sellerId } = provider.identity;
    expect(fields).toMatchObject({
      app_id: appId,
      seller_id: sellerId,
      out_trade_no: 'T1',
      total_amount: '88.88',
      receipt_amount: '88.88',
      trade_status: 'TRADE_SUCCESS',
      notify_type: 'trade_status_sync',
      notify_id: sent[0]?.eventId,
      trade_no: provider.records().payments[0]?.id,
      subject,
    });
    expect(sdk.checkNotifySignV2(fields)).toBe(true);
    expect(sdk.checkNotifySignV2({ ...fields, total_amount: '88.89' })).toBe(false);
    // The SDK takes a signature with or without sign_type; the gateway signs without it.
    const { sign = '', sign_type: _, ...signed } = fields;
    const text = Object.keys(signed)
      .sort()
      .map((name) => `${name}=${signed[name]}`);
    expect(sdk.rsaCheck(text.join('&'), sign)).toBe(true);
  });

  test.each(['before', 'afterEffect'] as const)(
    'a call cut %s is sent a second time by the SDK itself',
    async (cut) => {
      const onCall = ({ nth }: CallPoint) => (nth === 1 ? cut : 'answer');
      const sdk = await open({ site: { ...noFaults, onCall } });
      expect(await precreate(sdk)).toMatchObject({ code: '10000' });
      expect(provider.records().calls).toMatchObject([
        { nth: 1, reference: 'T1', outcome: cut },
        { nth: 2, reference: 'T1', outcome: 200 },
      ]);
    },
  );

  test('an answer that breaks off in its middle is an error of the call', async () => {
    const sdk = await open({ site: { ...noFaults, onCall: () => 'midBody' } });
    await expect(precreate(sdk)).rejects.toThrow('HttpClient Request error');
    expect(provider.records().calls.every((call) => call.outcome === 'midBody')).toBe(true);
  });
});
