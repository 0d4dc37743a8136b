import { ApiError } from './api-error.ts';
import { parseJson } from './body.ts';
import { newProxyOf, proxyListOf, proxyUpdateOf } from './proxy-body.ts';
import type { ProxyTable } from './proxy-table.ts';
import { toxicJson } from './toxic.ts';
import { newToxicOf, toxicUpdateOf } from './toxic-body.ts';

/** Toxiproxy's version whose API this is; the build says that it is not Toxiproxy itself. */
export const version = '2.12.0+topple';

/** A request that found its route. */
export interface ApiCall {
  readonly proxies: ProxyTable;
  /** The path's `{proxy}` and `{toxic}`, decoded; empty where the route has none. */
  readonly proxy: string;
  readonly toxic: string;
  /** The body as sent. */
  readonly text: string;
}

/** What is sent back: `json`, or plain `text`, or no body. */
export interface ApiAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
}

type Handler = (call: ApiCall) => ApiAnswer | Promise<ApiAnswer>;

const updateProxy: Handler = async ({ proxies, proxy: name, text }) => {
  const proxy = proxies.get(name);
  await proxy.update(proxyUpdateOf(parseJson(text), proxy.settings));
  return { status: 200, json: proxy };
};

/** What fails is told as JSON, together with what was done before. */
const populate: Handler = async ({ proxies, text }) => {
  const failed = ({ message, status }: ApiError, done: object) => ({
    status,
    json: { error: message, status, ...done },
  });
  try {
    const { error, ...done } = await proxies.populate(proxyListOf(parseJson(text)));
    return error === undefined ? { status: 201, json: done } : failed(error, done);
  } catch (error) {
    if (error instanceof ApiError) return failed(error, { proxies: [] });
    throw error;
  }
};

const updateToxic: Handler = ({ proxies, proxy: name, toxic: toxicName, text }) => {
  const proxy = proxies.get(name);
  const toxic = proxy.toxic(toxicName);
  proxy.updateToxic(toxic, toxicUpdateOf(parseJson(text), toxic));
  return { status: 200, json: toxicJson(toxic) };
};

/** Every route of the API: path → method → handler. A `{}` in a path stands for one segment. */
export const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/version': { GET: () => ({ status: 200, json: { version } }) },
  '/proxies': {
    GET: ({ proxies }) => ({
      status: 200,
      json: Object.fromEntries(proxies.all().map((proxy) => [proxy.name, proxy])),
    }),
    POST: async ({ proxies, text }) => ({ status: 201, json: await proxies.create(newProxyOf(parseJson(text))) }),
  },
  '/populate': {
    POST: populate,
  },
  '/reset': {
    POST: async ({ proxies }) => {
      await proxies.reset();
      return { status: 204 };
    },
  },
  '/proxies/{}': {
    GET: ({ proxies, proxy }) => ({ status: 200, json: proxies.get(proxy) }),
    POST: updateProxy,
    PATCH: updateProxy,
    DELETE: async ({ proxies, proxy }) => {
      await proxies.remove(proxy);
      return { status: 204 };
    },
  },
  '/proxies/{}/toxics': {
    GET: ({ proxies, proxy }) => ({ status: 200, json: proxies.get(proxy).toxics.map(toxicJson) }),
    POST: ({ proxies, proxy: name, text }) => {
      const proxy = proxies.get(name);
      const request = newToxicOf(parseJson(text), (toxic) => proxy.refuseTaken(toxic));
      return { status: 200, json: toxicJson(proxy.addToxic(request)) };
    },
  },
  '/proxies/{}/toxics/{}': {
    GET: ({ proxies, proxy, toxic }) => ({ status: 200, json: toxicJson(proxies.get(proxy).toxic(toxic)) }),
    POST: updateToxic,
    PATCH: updateToxic,
    DELETE: ({ proxies, proxy: name, toxic }) => {
      const proxy = proxies.get(name);
      proxy.removeToxic(proxy.toxic(toxic));
      return { status: 204 };
    },
  },
};
