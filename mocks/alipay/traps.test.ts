/** Traps of alipay-sdk: each test shows what an integration that relies on it walks into. */
import { AlipaySdk } from 'alipay-sdk';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '#harness/clock';
import { type CallFate, noFaults, type ProviderPorts } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { recordingDelivery, testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The SDK and a mock whose calls of `operation` meet `fates` one after the other, and whose payments `onCapture`. */
const open = async (
  operation = '',
  fates: CallFate[] = [],
  given: Partial<ProviderPorts> = {},
  { onCapture } = noFaults,
) => {
  const onCall: (typeof noFaults)['onCall'] = (point) =>
    point.operation === operation ? (fates.shift() ?? 'answer') : 'answer';
  const provider = alipay.open(testPorts({ site: { ...noFaults, onCall, onCapture }, ...given }));
  const door = await openSocketDoor(provider);
  onTestFinished(async () => {
    provider.stop();
    await door.close();
  });
  const { appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' } = provider.identity;
  const gateway = `${door.url}/gateway.do`;
  const sdk = new AlipaySdk({ appId, privateKey, keyType: 'PKCS8', alipayPublicKey, gateway });
  return { provider, sdk, hand: provider.byHand ?? expect.unreachable() };
};

const order = { out_trade_no: 'T1', total_amount: '88.88', subject: 'top-up' };

test('a refund whose answer was lost is sent again by the SDK itself, and its answer tells of none', async () => {
  const { provider, sdk, hand } = await open('alipay.trade.refund', ['afterEffect']);
  await sdk.exec('alipay.trade.precreate', { bizContent: order });
  hand.deeds.pay?.('T1');
  const bizContent = { out_trade_no: 'T1', refund_amount: '10.00', out_request_no: 'R1' };
  const refunded = await sdk.exec('alipay.trade.refund', { bizContent });
  expect(provider.records().calls.filter(({ operation }) => operation.endsWith('refund')).length).toBe(2);
  // Whoever takes N for a failure refunds once more under another number.
  expect(refunded).toMatchObject({ code: '10000', fundChange: 'N', refundFee: '10.00' });
  expect(hand.orders()).toMatchObject([{ refundedMinor: 1000n }]);
});

test('an answer is believed whoever changed it, unless each call asks for its signature to be looked at', async () => {
  const tampered: CallFate = { how: 'spoil', spoil: 'tampered', isDone: false };
  const { sdk, hand } = await open('alipay.trade.query', [tampered, tampered]);
  await sdk.exec('alipay.trade.precreate', { bizContent: order });
  hand.deeds.scan?.('T1');
  const query = (options?: object) => sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: 'T1' } }, options);
  expect(await query()).toMatchObject({ outTradeNo: '9T1', code: '10000' });
  await expect(query({ validateSign: true })).rejects.toThrow('验签失败');
});

test('asked to look at signatures, it hides why the gateway refuses whom it does not know', async () => {
  const { sdk } = await open();
  sdk.config.appId = '2021000000000009';
  const query = (options?: object) => sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: 'T1' } }, options);
  expect(await query()).toMatchObject({ code: '40002', subCode: 'isv.invalid-app-id' });
  // It looks for a signature over what stands under the method's name, where this answer does not stand.
  await expect(query({ validateSign: true })).rejects.toThrow('The "signature" argument must be of type string');
});

test('of 98 yuan that were paid the answer says 100, to whoever does not look at its signature', async () => {
  const altered: CallFate = { how: 'spoil', spoil: 'told-as-ordered', isDone: false };
  const short = { ...noFaults, onCapture: () => 98_00n };
  const { sdk, hand } = await open('alipay.trade.query', [altered, altered], {}, short);
  await sdk.exec('alipay.trade.precreate', { bizContent: { ...order, total_amount: '100.00' } });
  hand.deeds.pay?.('T1');
  const query = (options?: object) => sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: 'T1' } }, options);
  expect(await query()).toMatchObject({ totalAmount: '100.00', receiptAmount: '100.00', tradeStatus: 'TRADE_SUCCESS' });
  await expect(query({ validateSign: true })).rejects.toThrow('验签失败');
  expect(await query({ validateSign: true })).toMatchObject({ totalAmount: '98.00', receiptAmount: '98.00' });
});

test('a lone % in a notice throws in checkNotifySign, and so the notice is never answered; V2 takes it', async () => {
  const { sent, deliver } = recordingDelivery({ status: 200, body: 'success' });
  const { sdk, hand } = await open('', [], { deliver });
  const notifyUrl = 'http://merchant.test/';
  await sdk.exec('alipay.trade.precreate', { notifyUrl, bizContent: { ...order, subject: '100% credit' } });
  hand.deeds.pay?.('T1');
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(1);
  const fields = Object.fromEntries(new URLSearchParams(Buffer.from(sent[0]?.body ?? '').toString()));
  expect(fields.subject).toBe('100% credit');
  expect(() => sdk.checkNotifySign(fields)).toThrow(URIError);
  expect(sdk.checkNotifySignV2(fields)).toBe(true);
});

test.each([
  { zone: 'UTC', aheadHours: 0 },
  { zone: 'Asia/Shanghai', aheadHours: 8 },
])('a call is dated by the clock on the wall in $zone, where Alipay means Beijing', async ({ zone, aheadHours }) => {
  vi.stubEnv('TZ', zone);
  const { sdk } = await open();
  const text = sdk.sdkExecute('alipay.trade.query', { bizContent: { out_trade_no: 'T1' } });
  const dated = Date.parse(`${new URLSearchParams(text).get('timestamp')?.replace(' ', 'T')}Z`);
  expect((dated - systemClock.nowMs()) / 3_600_000).toBeCloseTo(aheadHours, 1);
});
