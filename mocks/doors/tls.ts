/** All mocks over TLS: each on a port of its own, and all behind one proxy for the vendors' own hosts. */
import type { OpenProvider } from '#harness/provider';
import { hosts } from '../hosts.ts';
import { makeAuthority } from './authority.ts';
import { openProxyDoor } from './proxy.ts';
import { openSocketDoor } from './socket.ts';

/** The doors, until they are closed. */
export interface TlsDoors {
  /** By provider. */
  readonly urls: ReadonlyMap<string, string>;
  readonly proxy: string;
  /** PEM of what clients have to trust; new for each run. */
  readonly caCertificate: string;
  close(): Promise<void>;
}

/** The proxy is on `port`, the mocks follow it in the order of `opened`; 0 takes free ports. Throws `port-taken`. */
export const openTlsDoors = async (
  opened: ReadonlyMap<string, OpenProvider>,
  { port, host }: { readonly port: number; readonly host: string },
  nowMs: number,
): Promise<TlsDoors> => {
  const named = [...opened].flatMap(([id, mock]) =>
    (hosts[id as keyof typeof hosts] ?? []).map((name) => [name, mock] as const),
  );
  const authority = makeAuthority(['localhost', '127.0.0.1', ...named.map(([name]) => name)], nowMs);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closeOne) => closeOne()));
  };
  const urls = new Map<string, string>();
  try {
    const proxy = await openProxyDoor(new Map(named), authority, { port, host });
    closers.push(proxy.close);
    for (const [index, [id, mock]] of [...opened].entries()) {
      const door = await openSocketDoor(mock, { host, port: port === 0 ? 0 : port + 1 + index, tls: authority });
      closers.push(door.close);
      urls.set(id, door.url);
    }
    return { urls, proxy: proxy.url, caCertificate: authority.caCertificate, close };
  } catch (error) {
    await close();
    throw error;
  }
};
