/** One call to each provider as its vendor's SDK makes it, and in one word what the SDK makes of the answer. */
import { AlipaySdk } from 'alipay-sdk';
import { onTestFinished } from 'vitest';
import type { OpenProvider, ProviderPorts } from '#harness/provider';
import { alipay } from '../alipay/index.ts';
import * as bankSdk from '../bank-transfer/test-sdk.ts';
import { contracts } from '../contracts.ts';
import { openSocketDoor } from '../doors/socket.ts';
import type { providers } from '../index.ts';
import { openApi } from '../standard-webhooks/test-sdk.ts';
import * as stripeSdk from '../stripe/test-sdk.ts';
import { testPorts } from '../test-ports.ts';
import * as wechatSdk from '../wechat-pay/test-sdk.ts';
import { clouds, codeOf, type OpenCloud } from './test-clouds.ts';

/**
 * What the client is left with: `ok`, the vendor's code, `broken` when the SDK throws without one, or `believed` when
 * it gives what is no answer of the vendor's for one.
 */
export type Ended = string;

/** A provider and a call that has one effect: an order, or a grant; none at a bank, of which one only asks. */
export interface Caller {
  readonly provider: OpenProvider;
  /** Another one each time. */
  call(): Promise<Ended>;
  effectCount(): number;
}

type OpenCaller = (given: Partial<ProviderPorts>) => Promise<Caller>;

const ordersOf = (provider: OpenProvider): number => provider.byHand?.orders().length ?? Number.NaN;

const openAlipay: OpenCaller = async (given) => {
  const provider = alipay.open(testPorts(given));
  const door = await openSocketDoor(provider);
  onTestFinished(door.close);
  const { appId = '', appPrivateKey: privateKey = '', alipayPublicKey = '' } = provider.identity;
  const gateway = `${door.url}/gateway.do`;
  const sdk = new AlipaySdk({ appId, privateKey, keyType: 'PKCS8', alipayPublicKey, gateway });
  let count = 0;
  const call = async () => {
    count += 1;
    const bizContent = { out_trade_no: `T${count}`, total_amount: '88.88', subject: 'top-up' };
    const ended = await sdk
      .exec('alipay.trade.precreate', { bizContent }, { validateSign: true })
      .catch(() => ({ code: 'broken', subCode: undefined }));
    return ended.code === '10000' ? 'ok' : (ended.subCode ?? ended.code);
  };
  return { provider, call, effectCount: () => ordersOf(provider) };
};

const openBank: OpenCaller = async (given) => {
  const { provider, identity, ask } = await bankSdk.openApi(given);
  const call = async () => {
    const ended = await ask(`/v1/accounts/${identity.ibanUSD}/transactions`).catch(() => undefined);
    if (ended === undefined || !ended.isOfBank) return 'broken';
    const problem = /"https?:[^"]*\/problems\/([\w-]+)"/.exec(ended.text)?.[1];
    return problem ?? (ended.status === 200 ? 'ok' : 'broken');
  };
  return { provider, call, effectCount: () => 0 };
};

const openStripe: OpenCaller = async (given) => {
  const mock = await stripeSdk.openMock(given);
  onTestFinished(mock.close);
  const call = () =>
    mock.sdk.paymentIntents.create(stripeSdk.order).then(
      ({ amount }) => (amount === stripeSdk.order.amount ? 'ok' : 'believed'),
      ({ rawType, code }: { rawType?: string; code?: string }) =>
        rawType === undefined ? 'broken' : [rawType, code].filter((one) => one !== undefined).join(' '),
    );
  return { provider: mock.provider, call, effectCount: () => ordersOf(mock.provider) };
};

const openWechat: OpenCaller = async (given) => {
  const mock = await wechatSdk.openMock(given);
  onTestFinished(mock.close);
  const client = wechatSdk.axiosClient(mock);
  let count = 0;
  const call = async () => {
    count += 1;
    const data = wechatSdk.orderOf(client, { out_trade_no: `T0000${count}` });
    const ended = await client.call('post', 'v3/pay/transactions/native', { data });
    if (ended.status === 200 && typeof ended.data.code_url === 'string' && ended.code === undefined) return 'ok';
    return typeof ended.data.code === 'string' ? ended.data.code : 'broken';
  };
  return { provider: mock.provider, call, effectCount: () => ordersOf(mock.provider) };
};

/** No vendor has an SDK for this API: by fetch. */
const openStandard: OpenCaller = async (given) => {
  const { provider, ask } = await openApi(given);
  let count = 0;
  const call = async () => {
    count += 1;
    const body = { reference: `T${count}`, amount: 8888, currency: 'USD' };
    try {
      const { status, fields } = await ask('POST /v1/payments', { body });
      if (status === 201) return fields.amount === body.amount ? 'ok' : 'believed';
      return /\/problems\/([\w-]+)$/.exec(String(fields.type))?.[1] ?? 'broken';
    } catch {
      return 'broken';
    }
  };
  return { provider, call, effectCount: () => ordersOf(provider) };
};

const openCloud =
  (id: keyof typeof providers, open: OpenCloud): OpenCaller =>
  async (given) => {
    const { provider, grant } = await open(given);
    const codes = contracts[id].errors.map(({ code }) => code);
    const call = async () => {
      try {
        return (await grant()) ? 'ok' : 'believed';
      } catch (error) {
        const code = codeOf(error);
        return typeof code === 'string' && codes.includes(code) ? code : 'broken';
      }
    };
    return { provider, call, effectCount: () => provider.records().grants.length };
  };

/** By name; `id` is the provider's. */
export const callers: Readonly<Record<string, { readonly id: keyof typeof providers; readonly open: OpenCaller }>> = {
  'alibaba-cloud': { id: 'alibaba-cloud', open: openCloud('alibaba-cloud', clouds['alibaba-cloud'].open) },
  alipay: { id: 'alipay', open: openAlipay },
  'bank-transfer': { id: 'bank-transfer', open: openBank },
  'huawei-cloud': { id: 'huawei-cloud', open: openCloud('huawei-cloud', clouds['huawei-cloud'].open) },
  'standard-webhooks': { id: 'standard-webhooks', open: openStandard },
  stripe: { id: 'stripe', open: openStripe },
  'tencent-cloud abroad': {
    id: 'tencent-cloud',
    open: openCloud('tencent-cloud', clouds['tencent-cloud abroad'].open),
  },
  'tencent-cloud at home': {
    id: 'tencent-cloud',
    open: openCloud('tencent-cloud', clouds['tencent-cloud at home'].open),
  },
  'wechat-pay': { id: 'wechat-pay', open: openWechat },
};
