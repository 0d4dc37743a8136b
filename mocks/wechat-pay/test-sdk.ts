/** Both SDKs of the tests, pointed at a mock on a socket. */
import { generateKeyPairSync } from 'node:crypto';
import { Wechatpay } from 'wechatpay-axios-plugin';
import WechatPayNode from 'wechatpay-node-v3';
import { PayRequest } from 'wechatpay-node-v3/dist/lib/pay-request.js';
import type { OpenProvider, ProviderPorts } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { testPorts } from '../test-ports.ts';
import { wechatPay } from './index.ts';

/** What an SDK call ends with: the answer, or the refusal of the API, or why the SDK itself refused the answer. */
export interface Ended {
  readonly status: number | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly code?: string;
}

/** A mock behind a socket. */
export interface Opened {
  readonly provider: OpenProvider;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the mock; `close` stops it. */
export const openMock = async (given: Partial<ProviderPorts> = {}): Promise<Opened> => {
  const provider = wechatPay.open(testPorts(given));
  const door = await openSocketDoor(provider);
  return { provider, url: door.url, close: door.close };
};

/** A key of nobody's. */
export const otherKey = (type: 'pkcs8' | 'spki'): string => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return (type === 'pkcs8' ? privateKey : publicKey).export({ type, format: 'pem' }).toString();
};

/** How a client is set up; the mock's own identity where nothing is given. */
export interface Setup {
  readonly mode?: 'public key' | 'certificate';
  readonly mchid?: string;
  readonly privateKey?: string;
  readonly serial?: string;
  /** What the client verifies answers by. */
  readonly certs?: Readonly<Record<string, string>>;
}

/** `call('get', 'v3/…', {params})` by wechatpay-axios-plugin; never rejects. */
export const axiosClient = ({ provider, url }: Pick<Opened, 'provider' | 'url'>, setup: Setup = {}) => {
  const { identity } = provider;
  const byKey = setup.mode !== 'certificate';
  const known = byKey
    ? { [identity.publicKeyId ?? '']: identity.platformPublicKey ?? '' }
    : { [identity.platformSerial ?? '']: identity.platformCertificate ?? '' };
  const mchid = setup.mchid ?? (byKey ? identity.mchid : identity.certificateMchid) ?? '';
  const sdk = new Wechatpay({
    mchid,
    serial: setup.serial ?? identity.merchantSerial ?? '',
    privateKey: setup.privateKey ?? identity.merchantPrivateKey ?? '',
    certs: { ...(setup.certs ?? known) },
    baseURL: `${url}/`,
  }) as unknown as {
    client: { v3: { request(config: object): Promise<{ status: number; data: Ended['data'] }> } };
  };
  const call = async (method: 'get' | 'post', path: string, more: object = {}): Promise<Ended> => {
    try {
      const { status, data } = await sdk.client.v3.request({ method, url: path, ...more });
      return { status, data };
    } catch (error) {
      const { response, code } = error as { response?: { status: number; data: Ended['data'] }; code?: string };
      return { status: response?.status, data: response?.data ?? {}, ...(code !== undefined && { code }) };
    }
  };
  return { mchid, appid: identity.appid ?? '', call };
};

/** wechatpay-node-v3, whose host is hard-coded: its HTTP part is replaced by one that goes to the mock. */
export const nodeClient = (
  { provider, url }: Pick<Opened, 'provider' | 'url'>,
  mode: Setup['mode'] = 'certificate',
) => {
  const { identity } = provider;
  const { appid = '', mchid = '', certificateMchid = '', apiV3Key = '', merchantSerial = '' } = identity;
  const here = (asked: string) => asked.replace('https://api.mch.weixin.qq.com', url);
  const client = new WechatPayNode({
    appid,
    mchid: mode === 'certificate' ? certificateMchid : mchid,
    serial_no: merchantSerial,
    publicKey: Buffer.from(identity.platformCertificate ?? ''),
    privateKey: Buffer.from(identity.merchantPrivateKey ?? ''),
    key: apiV3Key,
  });
  class Redirected extends PayRequest {
    override get(asked: string, headers: Record<string, unknown>) {
      return super.get(here(asked), headers);
    }
    override post(asked: string, params: Record<string, unknown>, headers: Record<string, unknown>) {
      return super.post(here(asked), params, headers);
    }
  }
  client.createHttp(new Redirected());
  return client;
};

/** An order of T00001 over 88.88 yuan, without its merchant. */
export const details = {
  out_trade_no: 'T00001',
  description: '充值 100% / "a&b"',
  notify_url: 'https://merchant.test/wechat',
  amount: { total: 8888, currency: 'CNY' },
};

/** The body of a prepay by the merchant of a client. */
export const orderOf = ({ mchid, appid }: { mchid: string; appid: string }, change: object = {}) => ({
  mchid,
  appid,
  ...details,
  ...change,
});
