/**
 * A small TCP fault proxy that answers the HTTP API of Toxiproxy 2.12, so that clients of the real server drive it.
 * Unlike the real one it counts what each toxic really touched, and takes all chance from a seed. Where else it
 * differs, mostly because the real behaviour hides mistakes, is listed in conformance/differences.ts.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Clock } from '../clock.ts';
import { errors } from '../errors.ts';
import type { Random } from '../seed.ts';
import { formatAddress, listeningAddress } from './address.ts';
import { apiListener } from './api.ts';
import { hitLedger, type ToxicHits } from './hits.ts';
import { ProxyTable } from './proxy-table.ts';
import { version } from './routes.ts';

/** A running server. */
export interface ToxiproxyServer {
  /** Base URL of the API, without a slash at the end. */
  readonly url: string;
  /** What GET /version answers. */
  readonly version: string;
  /** What each toxic ever added really did; survives the removal of toxics and proxies. */
  hits(): ToxicHits[];
  /** Resets all connections, closes all ports; resolves when nothing is open. */
  close(): Promise<void>;
}

/** What the server takes from its caller. `port` 0 takes a free one. */
export interface ToxiproxyOptions {
  /** Toxicity, jitter and slices draw from it; one stream for each toxic on each connection. */
  readonly random: Random;
  /** Delays count on it; the finer its `nowMs`, the more exact they are. */
  readonly clock: Clock;
  readonly host?: string;
  readonly port?: number;
}

/** Starts the API; rejects with `port-taken` if it cannot listen. */
export const startToxiproxy = async ({
  random,
  clock,
  host = '127.0.0.1',
  port = 0,
}: ToxiproxyOptions): Promise<ToxiproxyServer> => {
  const hits = hitLedger();
  const proxies = new ProxyTable({ clock, random, hits, host });
  const server = createServer(apiListener(proxies));
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw errors.portTaken(port, error);
  }
  return {
    url: `http://${formatAddress(listeningAddress(server.address()))}`,
    version,
    hits: () => hits.list(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, proxies.close()]);
    },
  };
};
