/**
 * The vendor's SDK core, pointed at a mock on a socket. There is no package of the BSS for Node, so its calls are
 * written here as the generated clients of other services write theirs. Loaded by `require`: it is CommonJS.
 */
import { createRequire } from 'node:module';
import type { OpenProvider, ProviderPorts } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { testPorts } from '../test-ports.ts';
import { huaweiCloud } from './index.ts';
import { operations } from './quirks.ts';

const load = createRequire(import.meta.url);
const { HcClient } = load(
  '@huaweicloud/huaweicloud-sdk-core/HcClient.js',
) as typeof import('@huaweicloud/huaweicloud-sdk-core/HcClient.js');
const { DefaultHttpClient } = load(
  '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js',
) as typeof import('@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js');
const { GlobalCredentials } = load(
  '@huaweicloud/huaweicloud-sdk-core',
) as typeof import('@huaweicloud/huaweicloud-sdk-core');

/** A mock behind a socket. */
export interface Opened {
  readonly provider: OpenProvider;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the mock. */
export const openMock = async (given: Partial<ProviderPorts> = {}): Promise<Opened> => {
  const provider = huaweiCloud.open(testPorts(given));
  const door = await openSocketDoor(provider);
  return { provider, url: door.url, close: door.close };
};

/** An answer as the SDK gives it: the fields of the body and `httpStatusCode`. */
export type Answer = Readonly<Record<string, unknown>> & { readonly httpStatusCode: number };

/** How a client is set up; the mock's own identity where nothing is given. */
export interface Setup {
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** Further addresses, to which the SDK turns by itself. */
  readonly otherUrls?: readonly string[];
  /** Takes what the SDK would print to stdout. */
  readonly print?: (...printed: unknown[]) => void;
}

/** `call(operation, {data, query})`, which rejects as the SDK does. */
export const clientOf = ({ provider: { identity }, url }: Pick<Opened, 'provider' | 'url'>, setup: Setup = {}) => {
  const credential = new GlobalCredentials()
    .withAk(setup.accessKey ?? identity.accessKey ?? '')
    .withSk(setup.secretKey ?? identity.secretKey ?? '')
    .withDomainId(identity.domainId ?? '');
  const { otherUrls = [], print = () => undefined } = setup;
  const endpoints = [url, ...otherUrls];
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: print };
  // As the SDK's ClientBuilder puts them together, which cannot be loaded: it needs a package that it does not name.
  const client = new HcClient(new DefaultHttpClient({ logger } as never, endpoints))
    .withEndpoints(endpoints)
    .withCredential(credential);
  const call = (operation: string, { data, query = {}, partnerId = '' }: Asked = {}): Promise<Answer> => {
    const [method = '', path = ''] = operation.split(' ');
    return client.sendRequest({
      method,
      url: path,
      contentType: 'application/json',
      queryParams: query,
      pathParams: { partner_id: partnerId },
      headers: {},
      ...(data && { data }),
    }) as unknown as Promise<Answer>;
  };
  return {
    call,
    adjust: (customer_id: string, amount: unknown, more: object = {}) =>
      call(operations.adjust, { data: { customer_id, amount, ...more } }),
    records: (query: Asked['query'] = {}, version: 'records' | 'recordsV3' = 'recordsV3') =>
      call(operations[version], { query }) as Promise<Answer & { total_count: number; records: RecordRow[] }>,
  };
};

interface Asked {
  readonly data?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly partnerId?: string;
}

/** A record of either list. */
export interface RecordRow {
  readonly customer_id: string;
  readonly amount: unknown;
  readonly operation_type: string;
  readonly operation_time: string;
  readonly trans_id: string;
}
