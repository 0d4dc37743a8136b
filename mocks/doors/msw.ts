/** The door for a user's own vitest: a provider as msw request handlers. */
import { HttpResponse, http, type RequestHandler } from 'msw';
import { sleep, systemClock } from '#harness/clock';
import type { Call, Cut, OpenProvider, Reply } from '#harness/provider';

const toCall = async (request: Request): Promise<Call> => {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    rawQuery: url.search.slice(1),
    // A fetch request has no host header yet, but clients sign it.
    headers: { host: url.host, ...Object.fromEntries(request.headers) },
    body: new Uint8Array(await request.arrayBuffer()),
  };
};

/** Without a length that is too long, a body that breaks off would look whole to a client behind msw. */
const initOf = ({ status, headers, body }: Reply) => ({
  status,
  headers: { ...headers, 'content-length': String(body.length) },
});

const toResponse = (answer: Reply | Cut): Response => {
  if (!('cut' in answer)) return new HttpResponse(new Uint8Array(answer.body), initOf(answer));
  if (answer.cut !== 'midBody') return HttpResponse.error();
  const half = answer.reply.body.slice(0, Math.floor(answer.reply.body.length / 2));
  const broken = new ReadableStream({
    start: (controller) => controller.enqueue(half),
    pull: async (controller) => {
      // msw drops what its client has not read yet when the body fails, so the first half gets a turn to arrive.
      await sleep(systemClock, 0);
      controller.error(new TypeError('the connection was cut in the middle of the body'));
    },
  });
  return new HttpResponse(broken, initOf(answer.reply));
};

/**
 * Handlers for `setupServer`: everything below `baseUrl` goes to `provider`. A cut is a network error, a cut in the
 * middle a body that fails after its first half. Clients built on npm's undici (alipay-sdk) are not seen by msw.
 */
export const mswHandlers = (provider: OpenProvider, baseUrl: string): RequestHandler[] => [
  http.all(`${baseUrl.replace(/\/$/, '')}/*`, async ({ request }) => {
    const answer = provider.handle(await toCall(request));
    if (!('cut' in answer)) await answer.held;
    return toResponse(answer);
  }),
];
