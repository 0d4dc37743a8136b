/** The role `api`: customers create, read and confirm orders and read their balance. It cannot touch the ledger. */
import type { Hono } from 'hono';
import { needed } from '../config.ts';
import { json, jsonText, Refusal, refusalAnswer } from '../http/answers.ts';
import { baseApp } from '../http/base-app.ts';
import { bearerCheck } from '../http/bearer.ts';
import { readBody } from '../http/read-body.ts';
import { keyIn } from '../idempotency/key.ts';
import type { ReadBalances } from '../ledger/show-balances.ts';
import type { Parts } from '../parts.ts';
import { servedBy } from '../payments/payment-client.ts';
import { paymentClients } from '../payments/payments.ts';
import type { RoleParts, TopUpService } from '../service.ts';
import { confirmOrder } from './confirm-order.ts';
import { type Created, createOrder } from './create-order.ts';
import { type InitiateParts, resumeInitiations } from './initiate-payment.ts';
import { findOrder } from './order.ts';
import { type Offers, orderRequestIn } from './order-request.ts';
import { shown } from './shown-order.ts';

const unauthorized = new Refusal(
  401,
  'unauthorized',
  'The bearer token is missing or wrong.',
  'Send Authorization: Bearer <token>.',
);

const createdAnswer = (created: Created): Response => {
  if ('answer' in created) {
    const { status, json: text } = created.answer;
    return jsonText(status, text, created.kind === 'replayed' ? { 'idempotency-replayed': 'true' } : {});
  }
  const location = `/v1/orders/${created.orderId}`;
  return created.kind === 'conflict'
    ? refusalAnswer(
        new Refusal(
          422,
          'key-reused',
          `This Idempotency-Key made ${location} from another body.`,
          'Use a new key for a new order.',
          { location },
        ),
      )
    : refusalAnswer(
        new Refusal(409, 'in-progress', 'The first request with this key is still running.', 'Repeat it in a second.', {
          location,
          'retry-after': '1',
        }),
      );
};

const outcomes = {
  created: 'created',
  replayed: 'replayed',
  conflict: 'conflict',
  'in-progress': 'in_progress',
} as const;

const postOrder = async (parts: InitiateParts, offers: Offers, request: Request): Promise<Response> => {
  const key = keyIn(request.headers.get('idempotency-key') ?? undefined);
  if (key === undefined) {
    throw new Refusal(
      400,
      'key-missing',
      'Idempotency-Key is missing or malformed.',
      'Send 1 to 255 visible characters, one key per intent.',
    );
  }
  const body = new TextDecoder().decode(await readBody(request));
  const created = await createOrder(parts, key, orderRequestIn(body, offers));
  parts.count('topup_order_create_requests_total', { outcome: outcomes[created.kind] });
  return createdAnswer(created);
};

/** Whatever cannot be an id is nowhere: it does not get as far as the database. */
const orderIdPattern = ':id{[A-Za-z0-9_]{1,64}}';

const addOrders = (app: Hono, parts: InitiateParts, offers: Offers, { ask, fit }: Pick<Parts, 'ask' | 'fit'>): void => {
  const { db } = parts.ports;
  app.post('/v1/orders', async ({ req }) => {
    try {
      return await postOrder(parts, offers, req.raw);
    } catch (error) {
      const outcome = error instanceof Refusal ? 'rejected' : 'error';
      parts.count('topup_order_create_requests_total', { outcome });
      throw error;
    }
  });
  app.get(`/v1/orders/${orderIdPattern}`, async ({ req }) => {
    const order = await findOrder(db, req.param('id'));
    if (!order) throw new Refusal(404, 'no-such-order', 'There is no such order.', 'Check the id.');
    return json(200, shown(order));
  });
  app.post(`/v1/orders/${orderIdPattern}/confirm`, async ({ req }) =>
    json(200, shown(await confirmOrder({ db, ask, fit, ...parts }, req.param('id')))),
  );
};

const addWallets = (app: Hono, read: ReadBalances): void => {
  app.get('/v1/wallets/:id{[A-Za-z0-9_-]{1,64}}', async ({ req }) => {
    const id = req.param('id');
    return json(200, { id, balances: await read(id) });
  });
};

/** Composes the role; `config` must hold apiToken and webhookUrl. */
export const createApi = (role: RoleParts): TopUpService => {
  const { config, ports, parts, count } = role;
  const { times } = config;
  const payments = paymentClients(role);
  const webhookUrl = needed(config, 'webhookUrl');
  const { webhookUrls } = config;
  const { transition, idempotency, resilience } = parts;
  const create: InitiateParts = {
    ports,
    times,
    transition,
    idempotency,
    resilience,
    count,
    payments,
    webhookUrl,
    webhookUrls,
  };
  const authorized = bearerCheck(needed(config, 'apiToken'));
  const app = baseApp(ports);
  app.use('/v1/*', async ({ req }, next) => {
    if (!authorized(req.header('authorization'))) throw unauthorized;
    await next();
  });
  addOrders(app, create, { payments: servedBy(payments), clouds: config.offers }, parts);
  addWallets(app, parts.showBalances(ports, times));
  const run = async () => ({ did: await resumeInitiations(create) });
  const job = { name: 'resume-initiations', everyMs: times.sweepMs, run };
  return { fetch: async (request) => app.fetch(request), jobs: [job] };
};
