/**
 * The door for clients whose hosts are hard-coded: an HTTP proxy that knows the vendors' hosts alone. What is sent to
 * them through it reaches a mock, over TLS with a certificate of our authority; every other host is refused, so nothing
 * ever leaves this machine by it.
 */
import { createServer } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { OpenProvider } from '#harness/provider';
import type { Authority } from './authority.ts';
import { listen, type Place } from './listen.ts';
import { listenerOf, type SocketDoor } from './socket.ts';

const refused = (host: string): string => {
  const text = `No mock is ${host}. This proxy leads to the vendors' hosts for which mocks stand, and nowhere else.\n`;
  const headers = ['content-type: text/plain', `content-length: ${text.length}`, 'connection: close'];
  return ['HTTP/1.1 403 Forbidden', ...headers, '', text].join('\r\n');
};

/** A TLS server for each host, none of which listens by itself. */
const serversOf = (mocks: ReadonlyMap<string, OpenProvider>, { key, certificate }: Authority): Map<string, Server> =>
  new Map([...mocks].map(([host, mock]) => [host, createTlsServer({ key, cert: certificate }, listenerOf(mock))]));

/** Opens the proxy for `mocks` by the vendors' hosts; throws `port-taken` or `address-not-here`. */
export const openProxyDoor = async (
  mocks: ReadonlyMap<string, OpenProvider>,
  authority: Authority,
  place: Place,
): Promise<SocketDoor> => {
  const servers = serversOf(mocks, authority);
  const sockets = new Set<Socket>();
  const proxy = createServer((request, response) => {
    const mock = mocks.get(URL.parse(request.url ?? '')?.hostname ?? '');
    if (mock === undefined) response.socket?.end(refused(request.url ?? ''));
    else listenerOf(mock)(request, response);
  });
  proxy.keepAliveTimeout = 0;
  proxy.on('connect', (request, socket: Socket, head: Buffer) => {
    const name = (request.url ?? '').replace(/:\d+$/, '');
    const server = servers.get(name);
    socket.on('error', () => socket.destroy());
    if (server === undefined) {
      socket.end(refused(name));
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    server.emit('connection', socket);
  });
  const bound = await listen(proxy, place);
  return {
    url: `http://${place.host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
};
