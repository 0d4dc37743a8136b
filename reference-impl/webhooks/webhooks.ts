/** The role `webhooks`: takes what providers tell us, and is the only one that writes the ledger. */
import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { Refusal } from '../http/answers.ts';
import { baseApp } from '../http/base-app.ts';
import { readBody } from '../http/read-body.ts';
import { errorText } from '../resilience/error-text.ts';
import type { RoleParts, TopUpService } from '../service.ts';
import { type ApplyParts, applyNotice } from './apply-notice.ts';
import type { Inlet } from './inlet.ts';
import { inletsIn } from './inlets.ts';
import { applyInbox, creditConfirmedOrders } from './sweeps.ts';

const digestOf = (headers: Headers): string =>
  createHash('sha256')
    .update(JSON.stringify([...headers].sort()))
    .digest('hex');

/** The headers without which the body cannot be verified again. */
const signatureOf = ({ signatureHeaders }: Inlet, headers: Headers): string | null =>
  signatureHeaders.length === 0
    ? null
    : JSON.stringify(Object.fromEntries(signatureHeaders.map((name) => [name, headers.get(name) ?? ''])));

const receive = async (
  apply: ApplyParts,
  inlet: Inlet,
  { atMs, leaseMs }: { readonly atMs: number; readonly leaseMs: number },
  request: Request,
): Promise<Response> => {
  const { db, count, log, parts } = apply;
  const { provider } = inlet;
  const { headers } = request;
  if (!headers.get('content-type')?.startsWith(inlet.contentType)) {
    throw new Refusal(415, 'not-a-notice', 'The body is no notice.', `Send ${inlet.contentType}.`);
  }
  const body = await readBody(request);
  const notice = parts.authenticate(inlet, { body, headers, atMs });
  if (typeof notice === 'string') {
    // Nothing else happens to a notice that may be forged: it must not be able to hold up a real order.
    count('topup_callback_signature_failures_total', { provider, reason: notice });
    log.warn({ provider, reason: notice }, 'webhook not authentic');
    return inlet.refuse(notice === 'malformed' ? 400 : 401);
  }
  const { eventId, orderId } = notice;
  const sealed = { headersDigest: digestOf(headers), signature: signatureOf(inlet, headers) };
  const arrival = await parts.inbox(db, { provider, eventId, orderId, body, ...sealed, leaseMs });
  if (arrival === 'duplicate') {
    count('topup_callback_duplicates_total', { provider, by: 'event' });
    return inlet.acknowledge();
  }
  try {
    await applyNotice(apply, notice);
  } catch (error) {
    // The inbox has it, so the provider is done; the sweep goes on from here.
    count('topup_callbacks_processed_total', { provider, outcome: 'error' });
    log.error({ orderId, error: errorText(error) }, 'webhook not applied yet');
  }
  return inlet.acknowledge();
};

/** Adds `/webhooks/<provider>`. An answer 500 means that the notice is not on record. */
const addInlet = (app: Hono, { config, ports }: RoleParts, apply: ApplyParts, inlet: Inlet): void => {
  const { provider } = inlet;
  const { count, log } = apply;
  app.post(`/webhooks/${provider}`, async ({ req }) => {
    count('topup_callbacks_received_total', { provider });
    try {
      const taken = { atMs: ports.clock.nowMs(), leaseMs: config.times.applyLeaseMs };
      return await receive(apply, inlet, taken, req.raw);
    } catch (error) {
      if (error instanceof Refusal) {
        count('topup_callback_signature_failures_total', { provider, reason: 'malformed' });
        return inlet.refuse(error.status);
      }
      log.error({ error: errorText(error) }, 'webhook not recorded');
      return inlet.refuse(500);
    }
  });
};

/** Composes the role; takes webhooks of each provider in `config.payments`. */
export const createWebhooks = (role: RoleParts): TopUpService => {
  const { config, ports, parts, count } = role;
  const { db, log } = ports;
  const { sweepMs, applyLeaseMs } = config.times;
  const inlets = inletsIn(config.payments, parts.unseal);
  const apply: ApplyParts = { db, log, count, parts, transition: parts.transition, fit: parts.fit };
  const app = baseApp(ports);
  for (const inlet of Object.values(inlets)) addInlet(app, role, apply, inlet);
  const jobs = [
    {
      name: 'apply-inbox',
      everyMs: sweepMs,
      run: async () => ({ did: await applyInbox(apply, inlets, applyLeaseMs) }),
    },
    {
      name: 'credit-confirmed-orders',
      everyMs: sweepMs,
      run: async () => ({ did: await creditConfirmedOrders(apply, sweepMs) }),
    },
  ];
  return { fetch: async (request) => app.fetch(request), jobs };
};
