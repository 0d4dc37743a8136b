/** The client side of a run: buyers' requests to the system, over HTTP. */
import { systemClock } from '../../clock.ts';
import type { HttpRequest, HttpResponse } from '../../target.ts';

const answerMsMax = 10_000;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * Sends requests to what `baseUrl` is at that moment; never rejects: no answer within ten seconds is status 0 with the
 * reason as body.
 */
export const requester =
  (baseUrl: () => string) =>
  async ({ method, path, headers, body }: HttpRequest): Promise<HttpResponse> => {
    const abort = new AbortController();
    const cancel = systemClock.after(answerMsMax, () => abort.abort(new Error(`no answer in ${answerMsMax} ms`)));
    try {
      const response = await fetch(baseUrl() + path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
      return { status: response.status, body: parsed(await response.text()) };
    } catch (error) {
      return { status: 0, body: String(error) };
    } finally {
      cancel();
    }
  };
