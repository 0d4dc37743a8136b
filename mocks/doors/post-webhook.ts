/** How webhooks leave in the real world: one POST by fetch. */
import type { Clock } from '#harness/clock';
import type { ProviderPorts } from '#harness/provider';

/**
 * Posts a webhook and waits for the whole answer as long as its provider does, else `timeoutMs` of `clock`. Redirects
 * are answers, not followed. Never rejects: an answer that does not come, or a URL that is none, is status 0 with the
 * reason as its body.
 */
export const postWebhook =
  (clock: Clock, timeoutMs = 10_000): ProviderPorts['deliver'] =>
  async ({ url, headers, body, answerWithinMs = timeoutMs }) => {
    const abort = new AbortController();
    const cancel = clock.after(answerWithinMs, () => abort.abort(new Error(`no answer within ${answerWithinMs} ms`)));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        redirect: 'manual',
        signal: abort.signal,
      });
      const retryAfter = response.headers.get('retry-after');
      return { status: response.status, body: await response.text(), ...(retryAfter !== null && { retryAfter }) };
    } catch (error) {
      return { status: 0, body: String(error instanceof Error ? (error.cause ?? error) : error) };
    } finally {
      cancel();
    }
  };
