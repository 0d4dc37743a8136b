/** Where the built-in server differs from Toxiproxy on purpose; what is not listed here is a defect. */

/** One difference: what it is about, what Toxiproxy 2.12 does, and what the built-in server does. */
export interface Difference {
  readonly matter: string;
  readonly toxiproxy: string;
  readonly topple: string;
}

/** All of them. Each is proved on both servers by differences.test.ts, and is a row of ADR 0022. */
export const differences = {
  errorText: { matter: 'text of an error', toxiproxy: 'a fixed one', topple: 'goes on with what would be right' },
  wrongRoute: {
    matter: 'wrong path or method',
    toxiproxy: 'plain text, nothing, or a redirect',
    topple: 'an error as any other',
  },
  unknownField: {
    matter: 'unknown field or attribute, or one in capitals',
    toxiproxy: 'ignored, or accepted',
    topple: '400 that names those there are',
  },
  outOfRange: { matter: 'number out of range', toxiproxy: 'accepted', topple: '400 that names the range' },
  integerNotation: { matter: 'integer written as 1e3 or 1.0', toxiproxy: '400', topple: 'accepted: JSON has one kind' },
  trailingText: { matter: 'text after the JSON', toxiproxy: 'ignored', topple: '400' },
  longBody: { matter: 'body of more than 1 MiB', toxiproxy: 'read', topple: '413' },
  toxicsOfNewProxy: { matter: '`toxics` of a new proxy', toxiproxy: 'ignored', topple: '400' },
  fixedFields: { matter: 'another name, type or stream in an update', toxiproxy: 'ignored', topple: '400' },
  address: {
    matter: 'address that is not host:port',
    toxiproxy: '500 for listen, accepted as upstream',
    topple: '400',
  },
  proxyName: { matter: 'proxy name with / ? or #', toxiproxy: 'accepted; the client cannot reach it', topple: '400' },
  bandwidthOfZero: {
    matter: 'bandwidth with rate 0',
    toxiproxy: 'lets nothing through',
    topple: '400: timeout 0 does that',
  },
  slicerVariation: {
    matter: 'slicer whose size_variation is not below average_size',
    toxiproxy: 'the process crashes',
    topple: '400',
  },
  halfUpdate: {
    matter: 'update that is refused',
    toxiproxy: 'the fields before the wrong one stay',
    topple: 'no effect',
  },
  populateNothing: { matter: '`proxies` when none was populated', toxiproxy: 'null', topple: '[]' },
  logger: { matter: '`"Logger": {}` in a proxy', toxiproxy: 'there', topple: 'not there' },
  headers: {
    matter: 'headers besides Content-Type',
    toxiproxy: 'X-Toxiproxy-Request-Id, X-Content-Type-Options',
    topple: 'neither',
  },
  version: {
    matter: 'version',
    toxiproxy: '2.12.0, as `application/json;charset=utf-8`',
    topple: '2.12.0+topple, as `application/json`',
  },
  listenHost: {
    matter: '`listen` without a host',
    toxiproxy: 'all interfaces',
    topple: 'the host of the API: 127.0.0.1',
  },
  resetOrder: {
    matter: 'reset when a port is taken',
    toxiproxy: 'stops there, in no certain order',
    topple: 'does all the rest, then 500',
  },
  evidence: {
    matter: 'evidence',
    toxiproxy: 'bytes of each proxy, at /metrics if asked for',
    topple: '`hits()`: connections and bytes of each toxic',
  },
  chance: { matter: 'chance', toxiproxy: 'without seed (`-seed` has no effect)', topple: "from the run's seed" },
  die: {
    matter: 'die of a toxicity between 0 and 1',
    toxiproxy: 'rolled again when a neighbour comes or goes',
    topple: 'rolled once for each connection',
  },
  neighbours: {
    matter: 'toxic that comes or goes',
    toxiproxy: 'its neighbour lets go what it holds',
    topple: 'the others are not disturbed',
  },
  halfClosed: { matter: 'half-closed connection', toxiproxy: 'closed whole', topple: 'stays half open' },
  resetPassesOn: { matter: 'reset by a peer', toxiproxy: 'FIN to the other', topple: 'RST to the other' },
  timeoutSwallowsClose: {
    matter: 'timeout, when the upstream closes',
    toxiproxy: 'closes at once',
    topple: 'drops the close as it drops data',
  },
  resetOfOldConnection: {
    matter: 'reset_peer on a connection older than it',
    toxiproxy: 'FIN',
    topple: 'RST',
  },
  removedReset: {
    matter: 'reset_peer removed while it waits',
    toxiproxy: 'the API waits for the reset',
    topple: 'gives back what it holds, at once',
  },
  closeAfterReset: {
    matter: 'connection that had a reset_peer, closing',
    toxiproxy: 'RST',
    topple: 'FIN',
  },
} as const satisfies Readonly<Record<string, Difference>>;
