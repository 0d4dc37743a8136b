/**
 * Both SDKs of the vendor, pointed at a mock on a socket: the common client that is behind every mainland service, and
 * the international one, which has a client of its own for partners. Loaded by `require`: they are CommonJS.
 */
import { createRequire } from 'node:module';
import type { OpenProvider, ProviderPorts } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { testPorts } from '../test-ports.ts';
import { tencentCloud } from './index.ts';

const require = createRequire(import.meta.url);
const { CommonClient } = require('tencentcloud-sdk-nodejs-common') as typeof import('tencentcloud-sdk-nodejs-common');

/** What the international SDK has; it comes without types. */
interface InternationalSdk {
  readonly common: Readonly<Record<'ClientProfile' | 'Credential' | 'HttpProfile', new (...args: unknown[]) => object>>;
  readonly intlpartnersmgt: {
    readonly v20220928: {
      readonly Client: new (
        credential: object,
        region: string,
        profile: object,
      ) => Readonly<Record<string, (request: object, done: (error: Error | null, answer: Answer) => void) => void>>;
      readonly Models: Readonly<Record<string, new () => { deserialize(fields: object): void }>>;
    };
  };
}
const sdk = require('tencentcloud-sdk-nodejs-intl-en/tencentcloud') as InternationalSdk;

/** The fields of `Response`. */
export type Answer = Readonly<Record<string, unknown>>;

/** Calls an operation; rejects as the SDK does. */
export type CallOperation = (action: string, fields?: object) => Promise<Answer>;

/** A mock behind a socket. */
export interface Opened {
  readonly provider: OpenProvider;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the mock. */
export const openMock = async (given: Partial<ProviderPorts> = {}): Promise<Opened> => {
  const provider = tencentCloud.open(testPorts(given));
  const door = await openSocketDoor(provider);
  return { provider, url: door.url, close: door.close };
};

/** How a client is set up; the mock's own identity where nothing is given. */
export interface Setup {
  readonly secretId?: string;
  readonly secretKey?: string;
  /** '' is what the international SDK takes by itself: HmacSHA256. */
  readonly signMethod?: 'HmacSHA1' | 'HmacSHA256' | 'TC3-HMAC-SHA256' | '';
  readonly reqMethod?: 'GET' | 'POST';
  readonly version?: string;
}

const secretsOf = ({ provider: { identity } }: Pick<Opened, 'provider'>, setup: Setup) => ({
  secretId: setup.secretId ?? identity.secretId ?? '',
  secretKey: setup.secretKey ?? identity.secretKey ?? '',
});

/** The mainland SDK; version 2018-03-21 unless another one is asked for. */
export const mainland = (opened: Pick<Opened, 'provider' | 'url'>, setup: Setup = {}): CallOperation => {
  const { signMethod = 'TC3-HMAC-SHA256', reqMethod = 'POST', version = '2018-03-21' } = setup;
  const endpoint = opened.url.replace('http://', '');
  const client = new CommonClient(endpoint, version, {
    credential: secretsOf(opened, setup),
    region: 'ap-guangzhou',
    profile: { signMethod: signMethod || 'HmacSHA256', httpProfile: { protocol: 'http://', endpoint, reqMethod } },
  });
  return (action, fields = {}) => client.request(action, fields) as Promise<Answer>;
};

/** The international SDK, with the signature that it takes by itself. */
export const international = (opened: Pick<Opened, 'provider' | 'url'>, setup: Setup = {}): CallOperation => {
  const { common, intlpartnersmgt } = sdk;
  const { Client, Models } = intlpartnersmgt.v20220928;
  const { secretId, secretKey } = secretsOf(opened, setup);
  const http = new common.HttpProfile('http://', opened.url.replace('http://', ''), setup.reqMethod ?? 'POST', 60);
  const profile = new common.ClientProfile(setup.signMethod || undefined, http);
  const client = new Client(new common.Credential(secretId, secretKey), 'ap-singapore', profile);
  return (action, fields = {}) => {
    const Request = Models[`${action}Request`];
    const request = Request === undefined ? {} : new Request();
    if ('deserialize' in request) (request as { deserialize(from: object): void }).deserialize(fields);
    return new Promise((resolve, reject) => {
      client[action]?.(request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
  };
};
