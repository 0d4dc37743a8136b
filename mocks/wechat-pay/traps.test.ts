/** Traps of the SDKs for WeChat Pay: each test shows what an integration that relies on them walks into. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Aes } from 'wechatpay-axios-plugin';
import { systemClock } from '#harness/clock';
import { noFaults, type OutgoingWebhook, type ProviderPorts, type WebhookBytes } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { recordingDelivery } from '../test-ports.ts';
import { operations } from './quirks.ts';
import { details, nodeClient, type Opened, openMock } from './test-sdk.ts';

let mock: Opened;
let sent: OutgoingWebhook[];
const reopen = async (given: Partial<ProviderPorts> = {}) => {
  await mock.close();
  mock = await openMock(given);
};
beforeEach(async () => {
  const recording = recordingDelivery({ status: 200, body: '' });
  sent = recording.sent;
  mock = await openMock({ deliver: recording.deliver });
});
afterEach(async () => {
  mock.provider.stop();
  await mock.close();
});

/** The genuine notice of a paid order over 88.88 yuan. */
const paidNotice = async (): Promise<OutgoingWebhook> => {
  const hand = mock.provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T00001', amountMinor: 8888n, webhookUrl: 'http://merchant.test/' });
  hand.deeds.pay?.('T00001');
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(1);
  return sent[0] ?? expect.unreachable();
};
const tampered = (genuine: WebhookBytes, tamper: string): WebhookBytes =>
  mock.provider.byHand?.tampers[tamper]?.(genuine) ?? expect.unreachable();
const resourceOf = ({ body }: WebhookBytes) => JSON.parse(Buffer.from(body).toString()).resource;

describe('wechatpay-node-v3', () => {
  test('decipher_gcm does not look at the tag: one turned bit makes 9888 fen of 8888, without an error', async () => {
    const notice = tampered(await paidNotice(), 'amount');
    const { ciphertext, associated_data, nonce } = resourceOf(notice);
    const { apiV3Key = '' } = mock.provider.identity;
    const opened = nodeClient(mock).decipher_gcm<{ amount: { total: number } }>(
      ciphertext,
      associated_data,
      nonce,
      apiV3Key,
    );
    expect(opened.amount.total).toBe(9888);
    expect(() => Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data)).toThrow();
  });

  test('a notice that is ten minutes old verifies: nobody looks at its time', async () => {
    const client = nodeClient(mock);
    const { apiV3Key = '', platformPublicKey = '', publicKeyId = '' } = mock.provider.identity;
    const { headers, body } = tampered(await paidNotice(), 'time');
    // The SDK knows keys by certificates alone; the one of the platform is given to it under the id of its public key.
    Object.assign((client.constructor as unknown as { certificates: Record<string, string> }).certificates, {
      [publicKeyId]: platformPublicKey,
    });
    const asked = {
      timestamp: headers['Wechatpay-Timestamp'] ?? '',
      nonce: headers['Wechatpay-Nonce'] ?? '',
      serial: headers['Wechatpay-Serial'] ?? '',
      signature: headers['Wechatpay-Signature'] ?? '',
      body: Buffer.from(body).toString(),
      apiSecret: apiV3Key,
    };
    expect(systemClock.nowMs() / 1_000 - Number(asked.timestamp)).toBeGreaterThan(300);
    expect(await client.verifySign(asked)).toBe(true);
    // A probe is refused by any check of the signature, and must be: the genuine notice follows.
    const probe = tampered(sent[0] ?? expect.unreachable(), 'probe');
    const probed = { ...asked, signature: probe.headers['Wechatpay-Signature'] ?? '' };
    expect(probed.signature).toMatch(/^WECHATPAY\/SIGNTEST\//);
    expect(await client.verifySign(probed)).toBe(false);
  });

  test('no answer is an answer without status, which a check for 404 or NOTPAY reads as unpaid', async () => {
    await reopen({
      site: { ...noFaults, onCall: ({ operation }) => (operation.startsWith('GET') ? 'before' : 'answer') },
    });
    const hand = mock.provider.byHand ?? expect.unreachable();
    hand.order({ reference: 'T00001', amountMinor: 8888n, webhookUrl: '' });
    hand.deeds.pay?.('T00001');
    const answered = await nodeClient(mock, 'public key').query({ out_trade_no: 'T00001' });
    expect(answered.status).toBeUndefined();
    expect(answered.data).toBeUndefined();
    expect(hand.orders()).toMatchObject([{ status: 'SUCCESS' }]);
  });

  test('of the 87.10 yuan that were paid its query says 88.88, when that was changed after signing', async () => {
    const altered = { how: 'spoil', spoil: 'told-as-ordered', isDone: false } as const;
    const onCall: (typeof noFaults)['onCall'] = ({ operation }) =>
      operation === operations.byOutTradeNo ? altered : 'answer';
    await reopen({ site: { ...noFaults, onCall, onCapture: () => 87_10n } });
    const client = nodeClient(mock);
    await client.transactions_native(details);
    mock.provider.byHand?.deeds.pay?.(details.out_trade_no);
    const asked = await client.query({ out_trade_no: details.out_trade_no });
    expect(asked).toMatchObject({ data: { trade_state: 'SUCCESS', amount: { total: 88_88, payer_total: 88_88 } } });
    expect(mock.provider.records().payments).toMatchObject([{ amountMinor: 87_10n }]);
  });

  test('answers are believed whoever signed them: the tampered one too', async () => {
    const { handle } = mock.provider;
    const door = await openSocketDoor({
      ...mock.provider,
      handle: (call) => {
        const reply = handle(call);
        if ('cut' in reply) return reply;
        return { ...reply, body: Buffer.from('{"code_url":"weixin://of/a/stranger"}') };
      },
    });
    const made = await nodeClient({ ...mock, url: door.url }).transactions_native(details);
    await door.close();
    expect(made).toMatchObject({ status: 200, data: { code_url: 'weixin://of/a/stranger' } });
  });
});
