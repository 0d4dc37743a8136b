/** The door for other processes: a provider behind node:http, without fetch objects on the way. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Call, Cut, OpenProvider, Reply } from '#harness/provider';
import type { Authority } from './authority.ts';
import { listen, type Place } from './listen.ts';

const bodyLimitBytes = 1_048_576;

/** An open socket. `url` has no trailing slash; `close` cuts the connections that are left. */
export interface SocketDoor {
  readonly url: string;
  close(): Promise<void>;
}

/** A snapshot of the mocks holds all that they ever got. */
const limitOf = ({ url }: IncomingMessage): number =>
  url === '/__topple/restore' ? 256 * bodyLimitBytes : bodyLimitBytes;

/** The whole body, or undefined when it is longer than the limit. Rejects when the client goes away. */
const readBody = async (request: IncomingMessage): Promise<Uint8Array | undefined> => {
  const limitBytes = limitOf(request);
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  // Too long a body is read to its end and thrown away: a client that still sends would not see the answer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    lengthBytes += chunk.length;
    if (lengthBytes <= limitBytes) chunks.push(chunk);
  }
  return lengthBytes <= limitBytes ? Buffer.concat(chunks) : undefined;
};

const toCall = (request: IncomingMessage, body: Uint8Array): Call => {
  // A proxy is asked for the whole address.
  const target = (request.url ?? '/').replace(/^https?:\/\/[^/?]*/, '') || '/';
  const [path = '/', query = ''] = target.split(/\?(.*)/s, 2);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]);
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    rawQuery: query,
    headers: Object.fromEntries(headers),
    body,
  };
};

const send = (response: ServerResponse, answer: Reply | Cut): void => {
  // A socket below TLS is not at hand to be reset; its end without TLS's own farewell is an error to clients, too.
  const reset = () =>
    response.socket instanceof TLSSocket ? response.socket.destroy() : response.socket?.resetAndDestroy();
  if (!('cut' in answer)) {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    response.end(answer.body);
  } else if (answer.cut === 'midBody') {
    const { status, headers, body } = answer.reply;
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.write(body.subarray(0, Math.floor(body.length / 2)), reset);
  } else {
    reset();
  }
};

const plain = (status: number, text: string): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(text),
});

/** A mock that fails must not look like a provider that fails: 500 with its own words, and the process goes on. */
const answer = (provider: OpenProvider, call: Call): Reply | Cut => {
  try {
    return provider.handle(call);
  } catch (error) {
    return plain(500, `The mock ${provider.id} failed, which is a bug in it: ${String(error)}\n`);
  }
};

const serve = async (provider: OpenProvider, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let body: Uint8Array | undefined;
  try {
    body = await readBody(request);
  } catch {
    return; // The client went away before it had said everything.
  }
  const tooLong = plain(413, `The body is longer than ${bodyLimitBytes} bytes.\n`);
  const answered = body ? answer(provider, toCall(request, body)) : tooLong;
  if (!('cut' in answered)) await answered.held;
  send(response, answered);
};

/** What answers requests for `provider` on any server of Node's. */
export const listenerOf =
  (provider: OpenProvider): RequestListener =>
  (request, response) =>
    void serve(provider, request, response);

/** Where a door is opened; over TLS where an authority is given. */
interface Opening extends Partial<Place> {
  readonly tls?: Pick<Authority, 'key' | 'certificate'>;
}

/**
 * Opens `provider` on `port` (0 takes a free one); throws `port-taken` or `address-not-here`. Cuts become resets of the
 * connection.
 */
export const openSocketDoor = async (
  provider: OpenProvider,
  { port = 0, host = '127.0.0.1', tls }: Opening = {},
): Promise<SocketDoor> => {
  const listener = listenerOf(provider);
  const server = tls ? createTlsServer({ key: tls.key, cert: tls.certificate }, listener) : createServer(listener);
  // An idle connection that the server closes by itself would look to a client like a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  const bound = await listen(server, { port, host });
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
