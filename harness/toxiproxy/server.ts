/**
 * A small TCP fault proxy that answers the HTTP API of Toxiproxy 2.12, so that clients of the real server drive it.
 * Unlike the real one it counts what each toxic really touched, and takes all chance from a seed.
 *
 * Where it differs, because the real behaviour hides mistakes:
 *
 * | matter | Toxiproxy 2.12 | here |
 * | --- | --- | --- |
 * | unknown field or attribute, number out of range | ignored or accepted | 400 that names what is valid |
 * | `toxics` in the body of a new proxy | ignored | 400 |
 * | another name, type or stream in an update | ignored | 400 |
 * | listen or upstream that is not host:port | 201, or 500 from bind | 400 |
 * | bandwidth with rate 0 | lets nothing through | 400 (timeout 0 does that) |
 * | slicer with average_size 0, or size_variation not below it | crash or uneven slices | 400 |
 * | `listen` with port 0 of a disabled proxy | stays 0 until enabled | names a free port at once |
 * | `listen` without a host | all interfaces | the host of this server (127.0.0.1) |
 * | timeout downstream when the upstream closes | closes at once | the close is dropped as the data is |
 * | reset_peer on connections older than it | FIN | RST |
 * | reset of either peer | FIN to the other | RST to the other |
 * | half-closed connections | closed whole | stay half open |
 * | die of toxicity | unseeded, rolled again on changes of a neighbour | seeded, once for each toxic and connection |
 * | `/reset` when a port cannot be opened | stops there | goes on with the others, then 500 |
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
