import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ApiError, apiErrors } from './api-error.ts';
import type { ProxyTable } from './proxy-table.ts';
import { type ApiAnswer, routes } from './routes.ts';

const bodyLimitBytes = 1024 * 1024;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) throw apiErrors.bodyTooLarge(bodyLimitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const segmentsOf = (path: string): string[] => {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw apiErrors.badPath(path);
  }
};

const answerTo = async (proxies: ProxyTable, request: IncomingMessage, text: string): Promise<ApiAnswer> => {
  const method = request.method ?? '';
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const [, proxy = '', toxics, toxic = ''] = segmentsOf(path);
  const shape = path.split('/').map((segment, index) => (index === 2 || index === 4 ? segment && '{}' : segment));
  const methods = routes[shape.join('/')];
  if (methods === undefined || (toxics ?? 'toxics') !== 'toxics' || [proxy, toxic].some((name) => name.includes('/'))) {
    throw apiErrors.unknownRoute(method, path);
  }
  const handler = methods[method];
  if (handler === undefined) throw apiErrors.wrongMethod(method, path, Object.keys(methods));
  if (request.headers['user-agent']?.startsWith('Mozilla/')) return { status: 403, text: 'User agent not allowed\n' };
  return handler({ proxies, proxy, toxic, text });
};

const send = (response: ServerResponse, { status, json, text }: ApiAnswer): void => {
  response.statusCode = status;
  if (json !== undefined) response.setHeader('Content-Type', 'application/json');
  else if (text !== undefined) response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(json === undefined ? text : JSON.stringify(json));
};

/** As Toxiproxy: the text is JSON, but is not said to be. */
const failure = (error: unknown): ApiAnswer => {
  const status = error instanceof ApiError ? error.status : 500;
  const message = error instanceof Error ? error.message : String(error);
  return { status, text: `${JSON.stringify({ error: message, status })}\n` };
};

/** Answers Toxiproxy's HTTP API for `proxies`, one request after the other; whatever fails becomes an answer. */
export const apiListener = (proxies: ProxyTable): RequestListener => {
  let previous: Promise<unknown> = Promise.resolve();
  const handle = async (request: IncomingMessage): Promise<ApiAnswer> => {
    try {
      const text = await readBody(request);
      const answer = previous.then(() => answerTo(proxies, request, text));
      previous = answer.catch(() => {});
      return await answer;
    } catch (error) {
      return failure(error);
    }
  };
  return (request, response) => {
    void handle(request).then((answer) => send(response, answer));
  };
};
