/**
 * What each vendor's SDK sends, byte for byte, beside the version that sent it: an upgrade that changes the wire shows
 * as a difference in a `.http` file here, and `npm run golden` writes them anew. The clock stands, so that Alipay's
 * signatures and Tencent Cloud's TC3 stand there whole. What an SDK draws anew for each call, and whatever depends on
 * the machine, the port and these, is written as `{its name}`: see `undrawn` and `machine`.
 */
import { readFileSync } from 'node:fs';
import { AlipaySdk } from 'alipay-sdk';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OpenProvider } from '#harness/provider';
import { bss, core, OldClient } from '../alibaba-cloud/test-sdk.ts';
import { clientOf as huaweiClient } from '../huawei-cloud/test-sdk.ts';
import { providers } from '../index.ts';
import { signedNotice } from '../standard-webhooks/notices.ts';
import { keysOf } from '../standard-webhooks/sign.ts';
import { order, page, clientOf as stripeClient } from '../stripe/test-sdk.ts';
import { international, mainland } from '../tencent-cloud/test-sdk.ts';
import { testPorts } from '../test-ports.ts';
import { axiosClient, details, nodeClient, orderOf } from '../wechat-pay/test-sdk.ts';
import { overhear } from './overhear.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
  vi.stubEnv('TZ', 'UTC'); // alipay-sdk dates its calls by the time of the machine
  vi.spyOn(Math, 'random').mockReturnValue(0.5); // Tencent's SDK draws its nonce by it
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Opened {
  readonly url: string;
  readonly provider: OpenProvider;
}

/** Asks by an SDK; nobody minds how that ends. */
type Ask = (opened: Opened) => Promise<unknown>;

interface Golden {
  readonly id: keyof typeof providers;
  readonly sdks: readonly string[];
  readonly calls: Readonly<Record<string, Ask>>;
  /** What is another one in each call, by its name: the first group is kept, and what follows it is not. */
  readonly undrawn?: Readonly<Record<string, RegExp>>;
}

const stripeOf = ({ url, provider }: Opened) => stripeClient(url, provider.identity.secretKey ?? '');
const key = { idempotencyKey: 'K1' };
const alipayOf = ({ url, provider: { identity } }: Opened) => {
  const { appId = '', appPrivateKey = '' } = identity;
  const keys = {
    privateKey: appPrivateKey,
    keyType: 'PKCS8',
    alipayPublicKey: identity.alipayPublicKey ?? '',
  } as const;
  return new AlipaySdk({ appId, ...keys, gateway: `${url}/gateway.do`, endpoint: url });
};
const alibabaOf = ({ url, provider: { identity } }: Opened) => {
  const { accessKeyId = '', accessKeySecret = '', regionId = '' } = identity;
  const config = { accessKeyId, accessKeySecret, regionId, endpoint: url.replace('http://', ''), protocol: 'HTTP' };
  return new bss.default(new core.$OpenApiUtil.Config(config));
};
/** The older client; by GET it writes all into the address, by POST into a form. */
const oldAlibaba = (
  { url, provider: { identity } }: Opened,
  action: string,
  fields: object,
  method: 'GET' | 'POST',
) => {
  const { accessKeyId = '', accessKeySecret = '' } = identity;
  const client = new OldClient({ accessKeyId, accessKeySecret, endpoint: url, apiVersion: '2017-12-14' });
  return client.request(action, fields, { method });
};
const grant = { ownerId: 1_234_567_890, adjustType: 'decrease', amount: '10.00', currency: 'CNY', outBizId: 'G1' };
const subject = '充值 100% / "a&b"';

const goldens: readonly Golden[] = [
  {
    id: 'alibaba-cloud',
    sdks: ['@alicloud/bssopenapi20171214', '@alicloud/openapi-core', '@alicloud/pop-core'],
    calls: {
      ChangeResellerConsumeAmount: (opened) =>
        alibabaOf(opened).changeResellerConsumeAmount(new bss.ChangeResellerConsumeAmountRequest(grant)),
      QueryResellerAvailableQuota: (opened) =>
        alibabaOf(opened).queryResellerAvailableQuota(
          new bss.QueryResellerAvailableQuotaRequest({ ownerId: grant.ownerId }),
        ),
      'QueryResellerAvailableQuota by pop-core': (opened) =>
        oldAlibaba(opened, 'QueryResellerAvailableQuota', { OwnerId: String(grant.ownerId) }, 'GET'),
      'SetResellerUserQuota by pop-core': (opened) =>
        oldAlibaba(opened, 'SetResellerUserQuota', { OwnerId: String(grant.ownerId), Amount: '10.00' }, 'POST'),
    },
    undrawn: {
      nonce: /(x-acs-signature-nonce: |SignatureNonce=)\w+/i,
      signature: /(Signature=)[^&\s]+/,
      // Of the form of a POST, whose signature has escapes, which make it longer or shorter.
      length: /(content-length: )(?!0)\d+/i,
    },
  },
  {
    id: 'alipay',
    sdks: ['alipay-sdk'],
    calls: {
      'alipay.trade.precreate': (opened) =>
        alipayOf(opened).exec('alipay.trade.precreate', {
          notifyUrl: 'http://merchant.test/webhooks/alipay',
          bizContent: { out_trade_no: 'T1', total_amount: '88.88', subject },
        }),
      'alipay.trade.query': (opened) =>
        alipayOf(opened).exec('alipay.trade.query', { bizContent: { out_trade_no: 'T1' } }),
      'alipay.trade.refund': (opened) =>
        alipayOf(opened).exec('alipay.trade.refund', {
          bizContent: { out_trade_no: 'T1', refund_amount: '1.00', out_request_no: 'R1' },
        }),
      'v3 POST /v3/alipay/trade/precreate': (opened) =>
        alipayOf(opened).curl('POST', '/v3/alipay/trade/precreate', {
          body: { out_trade_no: 'T1', total_amount: '88.88', subject },
        }),
      'v3 POST /v3/alipay/trade/query for another': (opened) =>
        alipayOf(opened).curl('POST', '/v3/alipay/trade/query', { body: { out_trade_no: 'T1' }, appAuthToken: 'A1' }),
      'v3 GET /v3/alipay/data/dataservice/bill/downloadurl/query': (opened) =>
        alipayOf(opened).curl('GET', '/v3/alipay/data/dataservice/bill/downloadurl/query', {
          query: { bill_type: 'trade', bill_date: '2025-12-31' },
        }),
    },
    undrawn: { nonce: /(nonce=)[\w-]+/, sign: /(,sign=)\S+/ },
  },
  {
    id: 'huawei-cloud',
    sdks: ['@huaweicloud/huaweicloud-sdk-core'],
    calls: {
      'adjust-amount': (opened) => huaweiClient(opened).adjust('c1', 88.88),
      'adjust-records': (opened) => huaweiClient(opened).records({ customer_id: 'c1', limit: 10 }),
    },
    undrawn: { signature: /(Signature=)\w+/ },
  },
  {
    id: 'stripe',
    sdks: ['stripe'],
    calls: {
      'paymentIntents.create': (opened) => stripeOf(opened).paymentIntents.create(order, key),
      'paymentIntents.retrieve': (opened) => stripeOf(opened).paymentIntents.retrieve('pi_1'),
      'checkout.sessions.create': (opened) => stripeOf(opened).checkout.sessions.create(page, key),
      'refunds.create': (opened) => stripeOf(opened).refunds.create({ payment_intent: 'pi_1', amount: 100 }, key),
      'events.list': (opened) => stripeOf(opened).events.list({ limit: 3 }),
    },
  },
  {
    id: 'tencent-cloud',
    sdks: ['tencentcloud-sdk-nodejs-common', 'tencentcloud-sdk-nodejs-intl-en'],
    calls: {
      DescribeClientBalanceNew: (opened) => mainland(opened)('DescribeClientBalanceNew', { ClientUin: '1' }),
      AgentTransferMoney: (opened) => mainland(opened)('AgentTransferMoney', { ClientUin: '1', Amount: 8888 }),
      AllocateCustomerCredit: (opened) =>
        international(opened)('AllocateCustomerCredit', {
          AddedCredit: 88.88,
          ClientUin: 200_000_000_001,
          Remark: 'T1',
        }),
    },
    // The old way signs the port; the signature is sent with escapes, which make it longer or shorter.
    undrawn: { signature: /(&Signature=)[^&]+/, length: /(Content-Length: )3\d\d/ },
  },
  {
    id: 'wechat-pay',
    sdks: ['wechatpay-axios-plugin', 'wechatpay-node-v3'],
    calls: {
      native: (opened) => {
        const client = axiosClient(opened);
        return client.call('post', 'v3/pay/transactions/native', { data: orderOf(client) });
      },
      query: (opened) => {
        const client = axiosClient(opened);
        return client.call('get', 'v3/pay/transactions/out-trade-no/T00001', { params: { mchid: client.mchid } });
      },
      app: (opened) => {
        const client = axiosClient(opened);
        return client.call('post', 'v3/pay/transactions/app', { data: orderOf(client) });
      },
      'transactions_h5 by wechatpay-node-v3': (opened) =>
        nodeClient(opened).transactions_h5({
          ...details,
          scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap', app_name: '', app_url: '' } },
        }),
      'transactions_native by wechatpay-node-v3': (opened) => nodeClient(opened).transactions_native(details),
      'query by wechatpay-node-v3': (opened) => nodeClient(opened).query({ out_trade_no: 'T00001' }),
      'refunds by wechatpay-node-v3': (opened) =>
        nodeClient(opened).refunds({
          out_trade_no: 'T00001',
          out_refund_no: 'R1',
          amount: { refund: 100, total: 8888, currency: 'CNY' },
        }),
    },
    undrawn: { nonce: /(nonce_str=")\w+/, signature: /(signature=")[^"]+/ },
  },
];

/** What tells of the machine on which, and the Node by which, a call was made, and what only names the call. */
const machine: Readonly<Record<string, RegExp>> = {
  port: /(127\.0\.0\.1:)\d+/,
  machine: /(X-Stripe-Client-User-Agent: ).+/i,
  agent: /(User-Agent: (?!Stripe)).+/i,
  node: /(x-sdk-client: Node\.js\()[^)]+/i,
  request: /((?:alipay-request-id|X-TC-TraceId): ).+/i,
};

const versionOf = (name: string): string => {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
};

/** A request as text, with the names of what is another one each time in its place. */
const written = (request: Buffer, undrawn: Readonly<Record<string, RegExp>>): string =>
  Object.entries({ ...machine, ...undrawn })
    .reduce(
      (text, [name, pattern]) => text.replaceAll(new RegExp(pattern, `${pattern.flags}g`), `$1{${name}}`),
      request.toString(),
    )
    .replaceAll('\r\n', '\n')
    .trimEnd();

const headOf = (sdks: readonly string[]): string => sdks.map((name) => `# ${name} ${versionOf(name)}`).join('\n');

test.each(goldens)('the SDKs send to $id what they sent', async ({ id, sdks, calls, undrawn = {} }) => {
  const provider = providers[id].open(testPorts());
  const parts = [headOf(sdks)];
  for (const [name, ask] of Object.entries(calls)) {
    const [request, ...more] = await overhear((url) => ask({ url, provider }), {});
    expect(more.length, `further requests of ${name}`).toBe(0);
    parts.push(`### ${name}\n${written(request ?? Buffer.from('nothing was sent'), undrawn)}`);
  }
  provider.stop();
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(`${id}.http`);
});

test('the official library of Standard Webhooks signs what it signed, and as the mock does', async () => {
  const [id, date] = ['msg_1', new Date('2026-01-01T00:00:00Z')];
  const body = JSON.stringify({ type: 'payment.succeeded', timestamp: date.toISOString(), data: { subject } });
  const keys = keysOf('1');
  const signature = new Webhook(keys.secret).sign(id, date, body);
  const { headers } = signedNotice(id, Buffer.from(body), date.getTime(), [keys]);
  expect(headers['webhook-signature']?.split(' ')).toContain(signature);
  const named = { 'webhook-id': id, 'webhook-timestamp': date.getTime() / 1_000, 'webhook-signature': signature };
  const lines = Object.entries(named).map(([name, value]) => `${name}: ${value}`);
  const written = `${headOf(['standardwebhooks'])}\n\n### sign\n${lines.join('\n')}\n\n${body}\n`;
  await expect(written).toMatchFileSnapshot('standard-webhooks.http');
});
