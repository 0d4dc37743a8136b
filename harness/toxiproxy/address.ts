import { lookup } from 'node:dns/promises';
import { type AddressInfo, isIP } from 'node:net';

/** Where to listen or to connect; `host` is a name or an IP address without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[ipv6]:port`; an empty host is `defaultHost`. Undefined if the text is neither. */
export const parseAddress = (text: string, defaultHost: string): Address | undefined => {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? (match[2] || defaultHost), port };
};

/** The IP address that a name stands for, of IPv4 if it has one; rejects if it has none at all. */
export const resolveHost = async (host: string): Promise<string> => {
  if (isIP(host) !== 0) return host;
  const [first] = await lookup(host, { all: true, order: 'ipv4first' });
  if (first === undefined) throw new Error(`${host} has no address`);
  return first.address;
};

/** Writes an address as `parseAddress` reads it. */
export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The address that a server really listens on; `info` is the result of its `address()`. */
export const listeningAddress = (info: AddressInfo | string | null): Address => {
  if (info === null || typeof info === 'string') throw new TypeError('the server does not listen on TCP');
  return { host: info.address, port: info.port };
};
