/** Routes of the standalone mocks beside the provider's own: what people do, and what a test wants to see. */
import { ToppleError } from '#harness/errors';
import type { ByHand, Call, OpenProvider, Reply } from '#harness/provider';
import { readAmount } from '../amount.ts';
import { readWebhookUrl } from '../webhook-url.ts';
import { isLocal, json, notLocal, refusal } from './local.ts';

/** The fields of a JSON object that are text; empty for anything else. */
const readFields = (body: Uint8Array): Readonly<Record<string, string>> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return {};
  }
  const fields = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {});
  return Object.fromEntries(fields.filter(([, value]) => typeof value === 'string'));
};

const statusOf = (error: ToppleError): number => {
  if (error.code === 'unknown-reference') return 404;
  return ['order-refused', 'bad-amount', 'bad-url'].includes(error.code) ? 400 : 409;
};

/** A deed, and what has become of the order. */
const act = (provider: OpenProvider, byHand: ByHand, deed: string, fields: Readonly<Record<string, string>>): Reply => {
  const { reference, amount, webhookUrl = '' } = fields;
  const shape = deed === 'order' ? '"reference": "…", "amount": "88.88", "webhookUrl": "…"' : '"reference": "…"';
  const isUsable = reference !== undefined && (deed !== 'order' || amount !== undefined);
  if (!isUsable) return refusal(400, 'something is missing', `Post {${shape}} as JSON, every value as text.`);
  try {
    if (deed === 'order') {
      if (webhookUrl !== '') readWebhookUrl('webhookUrl', webhookUrl);
      byHand.order({ reference, amountMinor: readAmount(amount ?? '', byHand.currency), webhookUrl });
    } else if (deed === 'resend') byHand.resend(reference);
    else byHand.deeds[deed]?.(reference);
  } catch (error) {
    if (!(error instanceof ToppleError)) throw error;
    return refusal(statusOf(error), error.message, error.next);
  }
  const payment = provider.records().payments.find((one) => one.reference === reference);
  const order = byHand.orders().find((one) => one.reference === reference);
  return json(200, { order, ...(payment && { payment }) });
};

const control = (provider: OpenProvider, call: Call, description: object): Reply => {
  if (!isLocal(call)) return notLocal;
  const { byHand } = provider;
  const asked = `${call.method} ${call.path.slice('/__topple/'.length)}`;
  if (asked === 'GET mocks') return json(200, description);
  if (asked === 'GET records') return json(200, provider.records());
  if (asked === 'GET deliveries') return json(200, { deliveries: provider.records().deliveries });
  if (asked === 'GET orders') return json(200, { orders: byHand?.orders() ?? [] });
  const deeds = byHand === undefined ? [] : ['order', 'resend', ...Object.keys(byHand.deeds)];
  const deed = deeds.find((one) => asked === `POST ${one}`);
  if (byHand !== undefined && deed !== undefined) return act(provider, byHand, deed, readFields(call.body));
  const gets = ['mocks', 'orders', 'deliveries', 'records'].map((path) => `GET ${path}`);
  const behaviours = ['GET', 'POST', 'DELETE'].map((method) => `${method} behaviours`);
  const state = ['GET clock', 'POST clock', 'GET snapshot', 'POST restore'];
  const routes = [...gets, ...behaviours, ...state, ...deeds.map((path) => `POST ${path}`)].join(', ');
  const why = byHand === undefined && call.method === 'POST' ? ': it is a cloud, and nobody pays there' : '';
  return refusal(404, `${provider.id} has no route ${asked}${why}.`, `Below /__topple/ there are: ${routes}.`);
};

/**
 * The same provider with routes below `/__topple/`: `GET mocks` (the `description`), `orders`, `deliveries`, `records`;
 * and where buyers pay, `POST order`, `resend`, and what else can be done to an order. For doors on loopback only.
 */
export const withControl = (provider: OpenProvider, description: object): OpenProvider => ({
  ...provider,
  handle: (call) => (call.path.startsWith('/__topple/') ? control(provider, call, description) : provider.handle(call)),
});
