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

/** Nothing follows the head, so that a call is answered without waiting for an end of what never comes. */
const isBodiless = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

const nothing = new Uint8Array();

/**
 * Calls `then` with the whole body, or with undefined when it is longer than the limit; never when the client is gone.
 * By callbacks, since promises and an iterator would cost more than all that a mock does.
 */
const readBody = (request: IncomingMessage, then: (body: Uint8Array | undefined) => void): void => {
  if (isBodiless(request)) {
    then(nothing);
    return;
  }
  const limitBytes = limitOf(request);
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  // Too long a body is read to its end and thrown away: a client that still sends would not see the answer.
  request.on('data', (chunk: Buffer) => {
    lengthBytes += chunk.length;
    if (lengthBytes <= limitBytes) chunks.push(chunk);
  });
  request.on('end', () => then(lengthBytes > limitBytes ? undefined : whole(chunks)));
  request.on('error', () => undefined); // The client went away before it had said everything.
};

const whole = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);

/** Only one header comes as a list, and it is none of requests. */
const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  headers['set-cookie'] === undefined
    ? (headers as Record<string, string>)
    : { ...(headers as Record<string, string>), 'set-cookie': String(headers['set-cookie']) };

/** A class, since an accessor in a literal is defined anew for each call, which costs more than the rest of it. */
class RequestCall implements Call {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage, body: Uint8Array) {
    const url = request.url ?? '/';
    // A proxy is asked for the whole address.
    const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/, '') || '/';
    const queryAt = target.indexOf('?');
    this.method = request.method ?? 'GET';
    this.path = (queryAt < 0 ? target : target.slice(0, queryAt)) || '/';
    this.rawQuery = queryAt < 0 ? '' : target.slice(queryAt + 1);
    this.headers = headersOf(request);
    this.body = body;
  }

  /** Read when it is asked for: most calls have none. */
  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery);
    return this.#query;
  }
}

const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');

const send = (response: ServerResponse, answer: Reply | Cut): void => {
  // A socket below TLS is not at hand to be reset; its end without TLS's own farewell is an error to clients, too.
  const reset = () =>
    response.socket instanceof TLSSocket ? response.socket.destroy() : response.socket?.resetAndDestroy();
  if (!('cut' in answer)) {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    // As text of a byte per letter, head and body leave in one piece, which costs half of two.
    response.end(textOf(answer.body), 'latin1');
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

const tooLong = plain(413, `The body is longer than ${bodyLimitBytes} bytes.\n`);

const serve = (provider: OpenProvider, request: IncomingMessage, response: ServerResponse): void =>
  readBody(request, (body) => {
    const answered = body === undefined ? tooLong : answer(provider, new RequestCall(request, body));
    if ('cut' in answered || answered.held === undefined) send(response, answered);
    else void answered.held.then(() => send(response, answered));
  });

/** What answers requests for `provider` on any server of Node's. */
export const listenerOf =
  (provider: OpenProvider): RequestListener =>
  (request, response) =>
    serve(provider, request, response);

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
