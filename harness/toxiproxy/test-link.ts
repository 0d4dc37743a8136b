/** What the tests of the fault proxy stand on: a server with a client, an upstream that echoes, and dialled peers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Toxiproxy } from 'toxiproxy-node-client';
import { onTestFinished } from 'vitest';
import { type Clock, nextTurn, preciseClock, type SteppedClock } from '../clock.ts';
import { randomFrom } from '../seed.ts';
import { startToxiproxy, type ToxiproxyServer } from './server.ts';

/** Resolves in the next turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

/** Resolves once `condition` holds; never gives up, the test's own limit does. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn();
};

/** Moves `clock` on in steps of `stepMs` until `condition` holds, and says at which time it was seen to hold. */
export const advanceUntil = async (clock: SteppedClock, stepMs: number, condition: () => boolean): Promise<number> => {
  for (;;) {
    for (let turns = 0; turns < 20; turns += 1) {
      if (condition()) return clock.nowMs();
      await turn();
    }
    clock.advance(stepMs);
  }
};

/** One end of a connection, with all that it has received and how it ended. */
export interface Peer {
  readonly socket: Socket;
  readonly chunks: Buffer[];
  text(): string;
  /** `open`, `fin` after the other side closed, or `rst` after it was reset. */
  state(): 'open' | 'fin' | 'rst';
}

/** Watches a socket. */
const peerOf = (socket: Socket): Peer => {
  const chunks: Buffer[] = [];
  let state: 'open' | 'fin' | 'rst' = 'open';
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', () => {
    state = 'fin';
  });
  socket.on('error', () => {
    state = 'rst';
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return { socket, chunks, text: () => Buffer.concat(chunks).toString(), state: () => state };
};

/** Connects to `host:port`. */
export const dial = async (address: string): Promise<Peer> => {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  const socket = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
  const peer = peerOf(socket);
  await once(socket, 'connect');
  return peer;
};

/** An upstream whose connections the test holds in its hands; `accepted` grows with each. */
const startUpstream = async (): Promise<{ address: string; accepted: Peer[]; close: () => void }> => {
  const accepted: Peer[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => accepted.push(peerOf(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const { socket } of accepted) socket.destroy();
  };
  onTestFinished(close);
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, accepted, close };
};

/** A server on a free port and its client; closed when the test ends. */
export const startServer = async (
  options: { seed?: string; clock?: Clock } = {},
): Promise<{ server: ToxiproxyServer; client: Toxiproxy }> => {
  const { seed = 'test', clock = preciseClock } = options;
  const server = await startToxiproxy({ random: randomFrom(seed), clock });
  onTestFinished(() => server.close());
  return { server, client: new Toxiproxy(server.url) };
};

/** A proxy `link` in front of an upstream, and one connection through it; `join` makes more. */
export const linkOn = async (client: Toxiproxy) => {
  const upstream = await startUpstream();
  const proxy = await client.createProxy({ name: 'link', listen: '127.0.0.1:0', upstream: upstream.address });
  const join = async (): Promise<{ near: Peer; far: Peer }> => {
    const known = upstream.accepted.length;
    const near = await dial(proxy.listen);
    await until(() => upstream.accepted.length > known);
    return { near, far: upstream.accepted[known] as Peer };
  };
  return { upstream, proxy, join, ...(await join()) };
};

/** A server with a link on it. */
export const startLink = async (options: { seed?: string; clock?: Clock } = {}) => {
  const { server, client } = await startServer(options);
  return { server, client, ...(await linkOn(client)) };
};

/** A toxic as the client wants it, with toxicity 1. */
export const toxicOf = <T>(
  type: string,
  stream: 'upstream' | 'downstream',
  attributes: T,
  toxicity = 1,
): { name: string; type: 'latency'; stream: 'upstream' | 'downstream'; toxicity: number; attributes: T } => ({
  name: type,
  type: type as 'latency',
  stream,
  toxicity,
  attributes,
});
