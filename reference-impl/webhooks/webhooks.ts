/** The role `webhooks`: takes what providers tell us, and is the only one that writes the ledger. */
import { createHash } from 'node:crypto';
import { needed } from '../config.ts';
import { Refusal } from '../http/answers.ts';
import { baseApp } from '../http/base-app.ts';
import { readBody } from '../http/read-body.ts';
import { errorText } from '../resilience/error-text.ts';
import type { RoleParts, TopUpService } from '../service.ts';
import { type Recipient, recipientIn } from './alipay-notice.ts';
import { type ApplyParts, applyNotice } from './apply-notice.ts';
import { applyInbox, creditConfirmedOrders } from './sweeps.ts';

/** Alipay reads this exact body as "stop redelivering", and any other as "try again". */
const acknowledged = (): Response => new Response('success', { headers: { 'content-type': 'text/plain' } });
const refused = (status: number): Response =>
  new Response('failure', { status, headers: { 'content-type': 'text/plain' } });

const digestOf = (headers: Headers): string =>
  createHash('sha256')
    .update(JSON.stringify([...headers].sort()))
    .digest('hex');

const receive = async (
  apply: ApplyParts,
  recipient: Recipient,
  leaseMs: number,
  request: Request,
): Promise<Response> => {
  const { db, count, log, parts } = apply;
  count('topup_callbacks_received_total', { provider: 'alipay' });
  if (!request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    throw new Refusal(415, 'not-a-form', 'The body is not a form.', 'Send application/x-www-form-urlencoded.');
  }
  const body = await readBody(request);
  const notice = parts.authenticate(body, recipient);
  if (typeof notice === 'string') {
    // Nothing else happens to a notice that may be forged: it must not be able to hold up a real order.
    count('topup_callback_signature_failures_total', { provider: 'alipay', reason: notice });
    log.warn({ reason: notice }, 'webhook not authentic');
    return refused(notice === 'malformed' ? 400 : 401);
  }
  const { eventId, orderId } = notice;
  const arrival = await parts.inbox(db, { eventId, orderId, body, headersDigest: digestOf(request.headers), leaseMs });
  if (arrival === 'duplicate') {
    count('topup_callback_duplicates_total', { provider: 'alipay', by: 'event' });
    return acknowledged();
  }
  try {
    await applyNotice(apply, notice);
  } catch (error) {
    // The inbox has it, so the provider is done; the sweep goes on from here.
    count('topup_callbacks_processed_total', { provider: 'alipay', outcome: 'error' });
    log.error({ orderId, error: errorText(error) }, 'webhook not applied yet');
  }
  return acknowledged();
};

/** Composes the role; `config` must hold alipay. An answer 500 means that the notice is not on record. */
export const createWebhooks = ({ config, ports, parts, count }: RoleParts): TopUpService => {
  const { db, log } = ports;
  const { sweepMs, applyLeaseMs } = config.times;
  const recipient = recipientIn(needed(config, 'alipay'));
  const apply: ApplyParts = { db, log, count, parts, transition: parts.transition, fit: parts.fit };
  const app = baseApp(ports);
  app.post('/webhooks/alipay', async ({ req }) => {
    try {
      return await receive(apply, recipient, applyLeaseMs, req.raw);
    } catch (error) {
      if (error instanceof Refusal) {
        count('topup_callback_signature_failures_total', { provider: 'alipay', reason: 'malformed' });
        return refused(error.status);
      }
      log.error({ error: errorText(error) }, 'webhook not recorded');
      return refused(500);
    }
  });
  const jobs = [
    { name: 'apply-inbox', everyMs: sweepMs, run: async () => ({ did: await applyInbox(apply, applyLeaseMs) }) },
    {
      name: 'credit-confirmed-orders',
      everyMs: sweepMs,
      run: async () => ({ did: await creditConfirmedOrders(apply, sweepMs) }),
    },
  ];
  return { fetch: async (request) => app.fetch(request), jobs };
};
