/** Every link of a run behind a proxy of the built-in server, driven through Toxiproxy's own API. */
import {
  type Toxic as AddedToxic,
  type ICreateToxicBody,
  type Proxy as LinkProxy,
  Toxiproxy,
} from 'toxiproxy-node-client';
import { errors } from '../../errors.ts';
import type { Toxic } from '../../fault.ts';
import type { ToxiproxyServer } from '../../toxiproxy/server.ts';

/** The proxied links of one run. */
export interface Links {
  readonly names: readonly string[];
  /** Opens a link to `upstream` (`host:port`); the result is the address on which it listens. */
  open(name: string, upstream: string): Promise<string>;
  /** Opens a link whose upstream is not known yet; it refuses connections until `connect`. */
  reserve(name: string): Promise<string>;
  connect(name: string, upstream: string): Promise<void>;
  addToxic(name: string, toxicName: string, toxic: Toxic): Promise<void>;
  /** Removes all toxics and asks the server whether any is left. */
  removeToxics(): Promise<void>;
}

const nowhere = '127.0.0.1:9';

/** What `GET /proxies` answers, as far as it is read here. */
type Listing = Readonly<
  Record<string, { readonly name: string; readonly toxics: readonly { readonly name: string }[] }>
>;

/** Links on `server`. */
export const createLinks = (server: ToxiproxyServer): Links => {
  const client = new Toxiproxy(server.url);
  const proxies = new Map<string, LinkProxy>();
  const added: AddedToxic<unknown>[] = [];
  const create = async (name: string, upstream: string, enabled: boolean): Promise<string> => {
    const proxy = await client.createProxy({ name, listen: '127.0.0.1:0', upstream, enabled });
    proxies.set(name, proxy);
    return proxy.listen;
  };
  const proxyOf = (name: string): LinkProxy => {
    const proxy = proxies.get(name);
    if (proxy === undefined) throw errors.unknownName('link', name, [...proxies.keys()]);
    return proxy;
  };
  return {
    get names() {
      return [...proxies.keys()];
    },
    open: (name, upstream) => create(name, upstream, true),
    reserve: (name) => create(name, nowhere, false),
    connect: async (name, upstream) => {
      const proxy = proxyOf(name);
      await proxy.update({ enabled: true, listen: proxy.listen, upstream });
    },
    addToxic: async (name, toxicName, { type, stream, attributes }) => {
      const body = { name: toxicName, type, stream, toxicity: 1, attributes };
      added.push(await proxyOf(name).addToxic(body as ICreateToxicBody<unknown>));
    },
    removeToxics: async () => {
      for (const toxic of added.splice(0)) await toxic.remove();
      const { data } = await client.getApi().get<Listing>(`${server.url}/proxies`);
      const left = Object.values(data).flatMap(({ name, toxics }) => toxics.map((toxic) => `${toxic.name} on ${name}`));
      if (left.length > 0) throw errors.toxicsLeft(left);
    },
  };
};
