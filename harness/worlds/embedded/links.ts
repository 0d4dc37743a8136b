/** Every link of a run behind a proxy of a Toxiproxy server, driven through its own API. */
import {
  type Toxic as AddedToxic,
  type ICreateToxicBody,
  type Proxy as LinkProxy,
  Toxiproxy,
} from 'toxiproxy-node-client';
import { errors } from '../../errors.ts';
import type { Toxic } from '../../fault.ts';
import type { ToxicHits } from '../../toxiproxy/hits.ts';
import type { LinkHits } from '../../world.ts';

/** The proxied links of one run. */
export interface Links {
  readonly names: readonly string[];
  /** Opens a link to `upstream` (`host:port`); the result is the address on which it listens. */
  open(name: string, upstream: string): Promise<string>;
  /** Opens a link whose upstream is not known yet; it holds its port, and drops connections until `connect`. */
  reserve(name: string): Promise<string>;
  connect(name: string, upstream: string): Promise<void>;
  /** Takes over the proxies that the server has. */
  adopt(): Promise<void>;
  /** `name` is that of a link or one of the aliases. */
  addToxic(name: string, toxicName: string, toxic: Toxic): Promise<void>;
  /** Removes one that was added under these names. */
  removeToxic(name: string, toxicName: string): Promise<void>;
  /** Removes all toxics and asks the server whether any is left. */
  removeToxics(): Promise<void>;
  /** What each toxic touched, on the link as `addToxic` was told it. */
  hits(): readonly LinkHits[];
}

/** The server of the proxies: the built-in one, or Toxiproxy itself. */
export interface LinkServer {
  /** Base URL of its API. */
  readonly url: string;
  hits(): readonly Pick<ToxicHits, 'proxy' | 'toxic' | 'connections' | 'bytes'>[];
  /** Hear of each toxic just before it is there and just before it goes, for a server that does not count itself. */
  watch?(proxy: string, toxic: string): Promise<void>;
  unwatch?(proxy: string, toxic: string): Promise<void>;
  /** Where its proxies listen, and how that is called from elsewhere; left out: on loopback, by that address. */
  readonly listen?: { readonly host: string; readonly seenAs: string };
}

/** The discard port: nothing listens there, so whoever connects is dropped. */
const nowhere = '127.0.0.1:9';

/** What `GET /proxies` answers, as far as it is read here. */
type Listing = Readonly<
  Record<string, { readonly name: string; readonly toxics: readonly { readonly name: string }[] }>
>;

/** Links on `server`; `aliases` are further names of links. */
export const createLinks = (server: LinkServer, aliases: Readonly<Record<string, string>> = {}): Links => {
  const client = new Toxiproxy(server.url);
  const proxies = new Map<string, LinkProxy>();
  /** By the names under which they were asked for. */
  const added = new Map<string, { readonly proxy: string; readonly toxic: AddedToxic<unknown> }>();
  const removeAdded = async (key: string): Promise<void> => {
    const one = added.get(key);
    added.delete(key);
    if (one === undefined) return;
    await server.unwatch?.(one.proxy, one.toxic.name);
    await one.toxic.remove();
  };
  /** The name under which each toxic's link was asked for. */
  const askedFor = new Map<string, string>();
  const create = async (name: string, upstream: string): Promise<string> => {
    const { host, seenAs } = server.listen ?? { host: '127.0.0.1', seenAs: '127.0.0.1' };
    const proxy = await client.createProxy({ name, listen: `${host}:0`, upstream });
    proxies.set(name, proxy);
    return `${seenAs}${proxy.listen.slice(proxy.listen.lastIndexOf(':'))}`;
  };
  const proxyOf = (name: string): LinkProxy => {
    const proxy = proxies.get(name);
    if (proxy === undefined) throw errors.unknownName('link', name, [...proxies.keys(), ...Object.keys(aliases)]);
    return proxy;
  };
  return {
    get names() {
      return [...proxies.keys()];
    },
    open: create,
    reserve: (name) => create(name, nowhere),
    connect: async (name, upstream) => {
      const proxy = proxyOf(name);
      await proxy.update({ enabled: true, listen: proxy.listen, upstream });
    },
    adopt: async () => {
      for (const [name, proxy] of Object.entries(await client.getAll())) proxies.set(name, proxy);
    },
    addToxic: async (name, toxicName, { type, stream, attributes }) => {
      const proxy = proxyOf(proxies.has(name) ? name : (aliases[name] ?? name));
      const body = { name: toxicName, type, stream, toxicity: 1, attributes };
      askedFor.set(`${proxy.name} ${toxicName}`, name);
      await server.watch?.(proxy.name, toxicName);
      const toxic = await proxy.addToxic(body as ICreateToxicBody<unknown>);
      added.set(`${name} ${toxicName}`, { proxy: proxy.name, toxic });
    },
    removeToxic: (name, toxicName) => removeAdded(`${name} ${toxicName}`),
    removeToxics: async () => {
      for (const key of [...added.keys()]) await removeAdded(key);
      const { data } = await client.getApi().get<Listing>(`${server.url}/proxies`);
      const left = Object.values(data).flatMap(({ name, toxics }) => toxics.map((toxic) => `${toxic.name} on ${name}`));
      if (left.length > 0) throw errors.toxicsLeft(left);
    },
    hits: () =>
      server.hits().map(({ proxy, toxic, connections, bytes }) => {
        return { link: askedFor.get(`${proxy} ${toxic}`) ?? proxy, toxic, connections, bytes };
      }),
  };
};
