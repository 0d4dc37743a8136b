/** Routes of the standalone mocks beside the provider's own: what people do, and what a test wants to see. */
import { ToppleError } from '#harness/errors';
import type { ByHand, Call, OpenProvider, Reply } from '#harness/provider';
import { readAmount } from '../amount.ts';
import { readWebhookUrl } from '../webhook-url.ts';
import { isLocal, json, notLocal, refusal } from './local.ts';

interface Fields {
  readonly reference: string;
  readonly amount: string;
  /** With `amount`, of a payment that nobody has told the provider of. */
  readonly currency: string;
  readonly webhookUrl: string;
}

/** What a deed is told, '' being what was left out; or what is wrong with it. */
const readFields = (deed: string, body: Uint8Array): Fields | string => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return 'the body is no JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'the body is no JSON object';
  const needed = deed === 'order' ? ['reference', 'amount'] : ['reference'];
  const known = [...needed, ...(deed === 'order' ? ['webhookUrl'] : deed === 'pay' ? ['amount', 'currency'] : [])];
  const fields = Object.entries(parsed);
  const strange = fields.filter(([name]) => !known.includes(name)).map(([name]) => name);
  const noText = fields.filter(([name, value]) => known.includes(name) && typeof value !== 'string');
  const missing = needed.filter((name) => !Object.hasOwn(parsed, name));
  const problems = [
    ...strange.map((name) => `there is no field ${JSON.stringify(name)}`),
    ...noText.map(([name]) => `${name} is no text`),
    ...missing.map((name) => `${name} is missing`),
  ];
  return problems.length > 0
    ? problems.join('; ')
    : { amount: '', currency: '', webhookUrl: '', ...(parsed as Partial<Fields> & Pick<Fields, 'reference'>) };
};

const statusOf = (error: ToppleError): number => {
  if (error.code === 'unknown-reference') return 404;
  return ['order-refused', 'bad-amount', 'bad-url'].includes(error.code) ? 400 : 409;
};

/** A deed, what has become of the order, and what a client has to be configured with from now on. */
const act = (provider: OpenProvider, byHand: ByHand, deed: string, body: Uint8Array): Reply => {
  const fields = readFields(deed, body);
  const shape = deed === 'order' ? '"reference": "…", "amount": "88.88", "webhookUrl": "…"' : '"reference": "…"';
  if (typeof fields === 'string') return refusal(400, fields, `Post {${shape}} as JSON, every value as text.`);
  const { reference, amount, currency, webhookUrl } = fields;
  try {
    if (deed === 'order') {
      if (webhookUrl !== '') readWebhookUrl('webhookUrl', webhookUrl);
      byHand.order({ reference, amountMinor: readAmount(amount, byHand.currency), webhookUrl });
    } else if (deed === 'pay' && amount !== '') {
      provider.pay?.(reference, { amountMinor: readAmount(amount, currency), currency });
    } else if (deed === 'resend') byHand.resend(reference);
    else byHand.deeds[deed]?.(reference);
  } catch (error) {
    if (!(error instanceof ToppleError)) throw error;
    return refusal(statusOf(error), error.message, error.next);
  }
  const payment = provider.records().payments.find((one) => one.reference === reference);
  const order = byHand.orders().find((one) => one.reference === reference);
  const identity = byHand.issued?.[deed]?.();
  return json(200, { order, ...(payment && { payment }), ...(identity && { identity }) });
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
  if (asked === 'GET deeds') return json(200, { deeds });
  const deed = deeds.find((one) => asked === `POST ${one}`);
  if (byHand !== undefined && deed !== undefined) return act(provider, byHand, deed, call.body);
  const gets = ['mocks', 'deeds', 'orders', 'deliveries', 'records'].map((path) => `GET ${path}`);
  const behaviours = ['GET', 'POST', 'DELETE'].map((method) => `${method} behaviours`);
  const state = ['GET clock', 'POST clock', 'GET snapshot', 'POST restore'];
  const routes = [...gets, ...behaviours, ...state, ...deeds.map((path) => `POST ${path}`)].join(', ');
  const why = byHand === undefined && call.method === 'POST' ? ': it is a cloud, and nobody pays there' : '';
  return refusal(404, `${provider.id} has no route ${asked}${why}.`, `Below /__topple/ there are: ${routes}.`);
};

/**
 * The same provider with routes below `/__topple/`: `GET mocks` (the `description`), `deeds`, `orders`, `deliveries`,
 * `records`; and where buyers pay, `POST` of each deed: `order`, `resend`, and what else can be done to an order. For
 * doors on loopback only.
 */
export const withControl = (provider: OpenProvider, description: object): OpenProvider => ({
  ...provider,
  handle: (call) => (call.path.startsWith('/__topple/') ? control(provider, call, description) : provider.handle(call)),
});
